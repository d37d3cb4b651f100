type Labels = Readonly<Record<string, string>>;

const mount = (labels: Labels): string => labels["mount"] ?? "";

/** How one rule's alerts are explained. What it means is never said without what to do. */
interface RuleWords {
  readonly title: (labels: Labels) => string;
  readonly means: string;
  readonly do: string;
}

/** What each built-in rule is called in a message, what it means and what to do: one sentence each. */
export const rules = {
  HostMemory: {
    title: () => "memory",
    means: "When memory runs out the kernel kills a process of its own choice.",
    do: "Look at the biggest processes, then restart or limit the one that grew.",
  },
  HostSwapping: {
    title: () => "memory pressure",
    means: "Processes stand still because they wait for memory.",
    do: "Stop or limit what uses the most memory, or give the host more.",
  },
  HostCpu: {
    title: () => "CPU",
    means: "All cores are busy, so everything on the host answers late.",
    do: "Look at the busiest processes and stop what should not run.",
  },
  HostDisk: {
    title: (labels: Labels) => `disk ${mount(labels)}`,
    means: "Writes fail when the disk is full: logs, databases and uploads stop.",
    do: "Remove old logs, packages and images, or enlarge the disk.",
  },
  HostInodes: {
    title: (labels: Labels) => `inodes ${mount(labels)}`,
    means: "No file can be created when the inodes are used up, although there is space left.",
    do: "Find the directory with very many small files (caches, sessions, mail) and empty it.",
  },
  HostDiskReadOnly: {
    title: (labels: Labels) => `disk ${mount(labels)} became read-only`,
    means: "The kernel stopped all writing, which it does when the disk reports errors.",
    do: "Read the kernel log for disk errors, save what matters, then check the file system.",
  },
  HostOom: {
    title: () => "process killed for want of memory",
    means: "The kernel killed a process to free memory, and what it did is undone or interrupted.",
    do: "See which process it was, check that it is back, and find what used the memory.",
  },
  TargetDown: {
    title: () => "down",
    means: "It did not answer as it should, twice in a row.",
    do: "Check that it runs and read its log.",
  },
  ProbeFailed: {
    title: () => "cannot be measured",
    means: "Toban could not measure it, so nothing is known about its state.",
    do: "Mend what keeps Toban from measuring; the target itself may be well.",
  },
  UnitFailed: {
    title: () => "failed",
    means: "The unit ended with an error and systemd does not start it again by itself.",
    do: "Read its log for the error, mend it, then restart the unit.",
  },
  UnitRestarted: {
    title: () => "restarted by itself",
    means: "The unit ended unexpectedly and systemd started it again.",
    do: "Read its log from just before the restart; many restarts mean that it crashes at once.",
  },
  UnitInactive: {
    title: () => "not in the state it should be in",
    means: "The unit is not as the configuration expects, and what depends on it does not work.",
    do: "Start it, or remove it from the configuration if it was stopped for good.",
  },
  UnitStuck: {
    title: () => "stuck between two states",
    means:
      "It has been starting, reloading or stopping for longer than its own timeout, or than 5 minutes if it has none.",
    do: "Read its log for what it waits for, then restart or stop it; for a job that may take longer, raise the limit.",
  },
  HttpSlow: {
    title: () => "slow answers",
    means: "Nearly every twentieth answer takes longer than the limit, and people notice.",
    do: "Check its load, its database and what it waits for.",
  },
  HttpCertificate: {
    title: () => "certificate ends soon",
    means:
      "Browsers and clients refuse the address once the certificate, or one of the chain that vouches for it, has ended.",
    do: "Renew the certificate and check why it was not renewed by itself; for one of the chain, install the authority's new one.",
  },
  DiscordSlow: {
    title: () => "Discord answers slowly",
    means: "Messages and answers of Toban arrive later than usual.",
    do: "Check the host's network; if that is well, see discordstatus.com and wait.",
  },
  DiscordRateLimited: {
    title: () => "Discord holds Toban back",
    means: "Toban, or another program with its token, sends more than Discord allows.",
    do: "Look for a second program with this token and for targets that alert all the time.",
  },
  DiscordInvalid: {
    title: () => "Discord refuses many requests",
    means: "Discord locks an address out at 10,000 refused requests in 10 minutes.",
    do: "Check the bot's permissions in its channels and whether another program uses this address or token.",
  },
  TobanLag: {
    title: () => "Toban is slow",
    means: "Toban's own work waits, so measurements and answers come late.",
    do: "Check the host's load; if that is well, send the log to the maintainers.",
  },
  TobanStore: {
    title: () => "Toban's database is slow",
    means: "Writing to Toban's own database takes long, mostly because the disk is busy.",
    do: "Check the disk under the data directory.",
  },
  OutboxOld: {
    title: () => "messages wait to be sent",
    means: "Discord has not accepted messages for some time; they are kept and sent later.",
    do: "Check the network and the bot's permissions in the channel.",
  },
  ClockJumped: {
    title: () => "clock jumped",
    means: "The host's clock was set, so times before and after do not fit together.",
    do: "Check the time synchronisation (timedatectl).",
  },
} satisfies Readonly<Record<string, RuleWords>>;
