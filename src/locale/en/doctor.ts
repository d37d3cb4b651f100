interface Said {
  readonly found: string;
  /** The one thing to do. */
  readonly remedy: string;
}

const listed = (what: string, entries: readonly string[]): readonly string[] =>
  entries.length === 0 ? [] : [`${what}: ${entries.join(", ")}`];

const mib = (value: number): string => `${Math.round(value)} MiB`;

/** What the check of the set-up says. Plain text: it is read in a terminal. */
export const doctor = {
  cli: {
    summary: "look at token, server, channels, permissions, clock, systemd, files, and say what to do",
    more: ["Ends with 0 when all is well, 1 when something is not, 4 when Discord refuses the bot."],
  },
  states: { well: "well", warning: "warning", failed: "wrong", skipped: "skipped" },
  remedy: (what: string): string => `do: ${what}`,
  total: (failed: number, warnings: number): string =>
    failed + warnings === 0 ? "All well." : `${failed} wrong, ${warnings} ${warnings === 1 ? "warning" : "warnings"}.`,
  broken: (detail: string): Said => ({
    found: `this could not be looked at: ${detail}`,
    remedy: "run the check again; if it stays so, report it with this line",
  }),
  needsToken: "cannot be asked without a token that Discord takes",
  needsGuild: "cannot be asked while the bot is not in the server",
  discordAway: (url: string, detail: string): Said => ({
    found: `Discord did not answer as it should at ${url} (${detail})`,
    remedy: "see whether this machine reaches it (network, proxy, firewall), and discordstatus.com",
  }),
  discordOdd: (status: number, detail: string): Said => ({
    found: `Discord answered ${status}: ${detail}`,
    remedy: "run the check again in a minute",
  }),
  token: {
    good: (name: string): string => `Discord knows the bot as ${name}`,
    refused: {
      found: "Discord refuses the token",
      remedy: "make a new one (developer portal → Bot → Reset Token) and put it into DISCORD_TOKEN",
    },
  },
  guild: {
    good: (name: string): string => `the bot is in the server “${name}”`,
    absent: (id: string, link: string): Said => ({
      found: `the bot is not in the server ${id} (DISCORD_GUILD_ID)`,
      remedy: `invite it: ${link}, or correct the id`,
    }),
  },
  channels: {
    good: (name: string): string => `#${name} has all permissions that are needed`,
    gone: (id: string, key: string): Said => ({
      found: `there is no channel ${id}`,
      remedy: `put the id of one that exists into ${key} (right-click the channel → Copy Channel ID)`,
    }),
    hidden: (id: string): Said => ({
      found: `the bot may not see the channel ${id}`,
      remedy: "give its role “View Channel” there (channel settings → Permissions)",
    }),
    elsewhere: (name: string, key: string): Said => ({
      found: `#${name} is in another server`,
      remedy: `put the id of a channel of DISCORD_GUILD_ID's server into ${key}`,
    }),
    notText: (name: string, key: string): Said => ({
      found: `#${name} is no text channel`,
      remedy: `put the id of a text channel into ${key}`,
    }),
    missing: (name: string, permission: string, why: string): Said => ({
      found: `the bot lacks ${permission} in #${name}, which it needs to ${why}`,
      remedy: `allow ${permission} for the bot's role (channel settings → Permissions)`,
    }),
  },
  mentions: {
    none: "no route mentions a role",
    good: (name: string): string => `@${name} can be mentioned`,
    gone: (id: string): Said => ({
      found: `a route mentions the role ${id}, which is not in the server`,
      remedy: "put the id of a role that exists into the route's mention",
    }),
    mute: (name: string): Said => ({
      found: `a route mentions @${name}, and the bot may not ping that role`,
      remedy: `switch on “Allow anyone to @mention this role” for @${name} (server settings → Roles)`,
    }),
  },
  gateway: {
    good: (remaining: number, total: number): string => `${remaining} of ${total} connections left today`,
    few: (remaining: number, total: number, minutes: number): Said => ({
      found: `only ${remaining} of ${total} connections left; new ones in ${minutes} min`,
      remedy: "find out what restarts this bot, or which other program uses its token",
    }),
  },
  clock: {
    unknown: "Discord said no time",
    good: "this machine's clock goes as Discord's do",
    off: (seconds: number): Said => ({
      found: `this machine's clock is ${Math.abs(Math.round(seconds))} s ${seconds > 0 ? "ahead of" : "behind"} Discord's`,
      remedy: "let it be set from the network: timedatectl set-ntp true",
    }),
  },
  node: {
    good: (version: string): string => `Node.js ${version}`,
    old: (version: string, least: string): Said => ({
      found: `Node.js ${version} is too old`,
      remedy: `install Node.js ${least} or newer`,
    }),
  },
  data: {
    good: (directory: string, free: number): string => `${directory} can be written, ${mib(free)} free`,
    absent: (directory: string): Said => ({
      found: `${directory} does not exist`,
      remedy: `make it (mkdir -m 0750 ${directory}), or name another one in TOBAN_DATA_DIR`,
    }),
    noDirectory: (directory: string): Said => ({
      found: `${directory} is no directory`,
      remedy: "name a directory in TOBAN_DATA_DIR",
    }),
    forbidden: (directory: string): Said => ({
      found: `${directory} cannot be read and written by this user`,
      remedy: `give it to the user that Toban runs as (chown), or run this check as that user`,
    }),
    full: (directory: string, free: number): Said => ({
      found: `${directory} has ${mib(free)} left: the store is about to fail`,
      remedy: "free some space there",
    }),
    tight: (directory: string, free: number): Said => ({
      found: `${directory} has ${mib(free)} left, and the store may grow to 512 MiB`,
      remedy: "free some space there",
    }),
    network: (directory: string, name: string): Said => ({
      found: `${directory} lies on ${name}, where SQLite's locks cannot be relied on`,
      remedy: "keep it on a local disk (TOBAN_DATA_DIR)",
    }),
    gone: (directory: string, name: string): Said => ({
      found: `${directory} lies on ${name}, and is gone with the next restart of machine or container`,
      remedy: "keep it on a disk or a volume (TOBAN_DATA_DIR)",
    }),
  },
  secrets: {
    none: "no file holds a secret here",
    good: (file: string): string => `${file} is closed to others`,
    open: (file: string): Said => ({
      found: `${file} can be used by every user of this machine`,
      remedy: `chmod o-rwx ${file}`,
    }),
  },
  systemd: {
    unneeded: "no unit is watched and no action is configured",
    good: (version: string): string => `systemd ${version} answers`,
    away: (detail: string): Said => ({
      found: `systemd cannot be asked (${detail})`,
      remedy: "run Toban where the system bus is (in a container: mount /run/dbus/system_bus_socket)",
    }),
  },
  polkit: {
    unneeded: "no action is configured",
    good: (version: string): string => `polkit ${version} answers`,
    away: (detail: string): Said => ({
      found: `polkit cannot be asked (${detail}): only root may restart units then`,
      remedy: "install polkit (package polkitd)",
    }),
    old: (version: string, least: string): Said => ({
      found: `polkit ${version} cannot tell one unit from another`,
      remedy: `upgrade it to ${least} or newer`,
    }),
  },
  grants: {
    good: "nothing is known to differ between “actions” and what the installer had permitted",
    parted: (missing: readonly string[], surplus: readonly string[], changed: readonly string[]): Said => ({
      found: [
        ...listed("not permitted yet", missing),
        ...listed("still permitted, but no longer listed", surplus),
        ...listed("written for other arguments", changed),
      ].join("; "),
      remedy: "run install.sh --refresh as root: it permits what is listed under “actions”, and nothing else",
    }),
  },
  actions: {
    none: "no action is configured",
    good: (target: string, action: string, unit: string): string => `${action} of ${target}: by ${unit}`,
    goodAs: (target: string, action: string, unit: string, user: string): string =>
      `${action} of ${target}: by ${unit}, as ${user}`,
    rootUnnamed: (target: string, action: string, unit: string): Said => ({
      found: `${action} of ${target}: by ${unit}, as root, which toban.yaml does not say`,
      remedy:
        "write “user: root” into the action to keep that, or “user: toban”; then run install.sh --refresh as root",
    }),
    otherUser: (target: string, action: string, user: string, unit: string): Said => ({
      found: `${action} of ${target}: runs as ${user}, for which ${unit} must be installed, and it is not`,
      remedy: "run install.sh --refresh as root: it writes the unit",
    }),
    child: (target: string, action: string): string =>
      `${action} of ${target}: by Toban's own user (no action unit is installed)`,
    noProgram: (target: string, action: string, program: string): Said => ({
      found: `${action} of ${target}: ${program} is no program that this user may run`,
      remedy: "correct “run” in toban.yaml, or install the program",
    }),
    noUnit: (target: string, action: string, unit: string, state: string): Said => ({
      found: `${action} of ${target}: systemd says ${unit} is ${state}`,
      remedy: `correct the unit's name in toban.yaml, or install the unit (systemctl status ${unit})`,
    }),
    unknown: (target: string, action: string): Said => ({
      found: `${action} of ${target}: systemd cannot be asked`,
      remedy: "see “systemd” above",
    }),
  },
  logs: {
    none: "no log may be read",
    good: (name: string): string => `${name} can be read`,
    absent: (name: string, file: string): Said => ({
      found: `${name}: ${file} is not there (yet)`,
      remedy: "correct the path in toban.yaml if it is not about to appear",
    }),
    forbidden: (name: string, file: string): Said => ({
      found: `${name}: ${file} cannot be read by this user`,
      remedy: `let Toban's user read it: setfacl -m u:toban:r ${file}`,
    }),
    noFile: (name: string, file: string): Said => ({
      found: `${name}: ${file} is no file`,
      remedy: "correct the path in toban.yaml",
    }),
    journal: "the journal can be read",
    noJournal: {
      found: "the journal's files cannot be read by this user: other users' entries stay hidden",
      remedy: "put Toban's user into the group: usermod -aG systemd-journal toban",
    },
  },
} as const;
