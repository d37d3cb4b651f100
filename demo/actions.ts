import type { PageAction } from "../simulator/index.js";

import type { DemoService } from "./service.js";
import type { DemoWorld } from "./world.js";

/** One thing to break or to mend, the same for the page's button and for the prompt. */
export interface DemoAction {
  /** What is typed at the prompt for it: `burn cpu`. */
  readonly typed: string;
  readonly group: string;
  readonly label: string;
  /** What a person should expect to see, in one sentence. */
  readonly hint: string;
  /** `real`: it happens to this machine or its processes; `simulated`: only the local Discord pretends. */
  readonly nature: PageAction["nature"];
  /** How long it lasts unless something else is typed; absent where nothing lasts. */
  readonly seconds?: number;
  /** Why it cannot be done here. */
  readonly unavailable?: string;
  /** Does it; resolves with what came of it, in words. */
  readonly run: (seconds: number) => Promise<string>;
}

const ERRORS_WRITTEN = 60;
const MIB = 1_024 * 1_024;

function serviceActions(service: DemoService): readonly DemoAction[] {
  const { name } = service;
  const group = "Services";
  return [
    {
      typed: `break ${name}`,
      group,
      label: `Break ${name}`,
      hint: "kill -9 of its process; the alert comes within two checks",
      nature: "real",
      run: async () => {
        if (!service.running) return `${name} does not run`;
        await service.kill();
        return `${name} is killed`;
      },
    },
    {
      typed: `mend ${name}`,
      group,
      label: `Mend ${name}`,
      hint: "starts it again; the same message turns green",
      nature: "real",
      run: async () => {
        if (service.running) return `${name} runs already`;
        await service.start();
        return `${name} runs again`;
      },
    },
    {
      typed: `errors ${name}`,
      group,
      label: `Write ${ERRORS_WRITTEN} errors to the log of ${name}`,
      hint: `lines for /logs ${name}/app, with a password that must not be shown`,
      nature: "real",
      run: async () => {
        if (!service.running) return `${name} does not run: nobody writes its log`;
        await service.fail(ERRORS_WRITTEN);
        return `${name} wrote ${ERRORS_WRITTEN} errors to ${service.logFile}`;
      },
    },
  ];
}

function cpuActions({ burner }: DemoWorld): readonly DemoAction[] {
  const group = "This machine";
  return [
    {
      typed: "burn cpu",
      group,
      label: "Burn every core for 60 s",
      hint: "HostCpu fires when it has lasted for 10 s",
      nature: "real",
      seconds: 60,
      run: async (seconds) => {
        burner.start(seconds);
        return `every core is at work for ${seconds} s`;
      },
    },
    {
      typed: "cool cpu",
      group,
      label: "Stop burning",
      hint: "the alert ends after its clear limit is met",
      nature: "real",
      run: async () => {
        burner.stop();
        return "the cores rest";
      },
    },
  ];
}

function memoryActions({ leak }: DemoWorld): readonly DemoAction[] {
  const group = "This machine";
  const size = `${Math.round(leak.bytes / MIB)} MiB`;
  return [
    {
      typed: "leak memory",
      group,
      label: `Leak ${size} of memory for 60 s`,
      hint: "a process grows to that and no further; HostMemory fires when it has lasted for 10 s",
      nature: "real",
      seconds: 60,
      run: async (seconds) => {
        if (leak.running) return "a process leaks already";
        await leak.start(seconds);
        return `a process grows to ${size} and ends after ${seconds} s`;
      },
    },
    {
      typed: "free memory",
      group,
      label: "Stop leaking",
      hint: "the process ends, and the alert with it",
      nature: "real",
      run: async () => {
        if (!leak.running) return "nothing leaks";
        await leak.stop();
        return "the memory is free again";
      },
    },
  ];
}

function diskActions({ disk }: DemoWorld): readonly DemoAction[] {
  const group = "This machine";
  const unavailable = disk.unavailable === undefined ? {} : { unavailable: disk.unavailable };
  return [
    {
      typed: "fill disk",
      group,
      label: "Fill a small disk",
      hint: `an image mounted at ${disk.path}; HostDisk fires when it has lasted for 5 s`,
      nature: "real",
      ...unavailable,
      run: async () => {
        disk.fill();
        return `${disk.path} is full`;
      },
    },
    {
      typed: "empty disk",
      group,
      label: "Empty the small disk",
      hint: "the same message turns green",
      nature: "real",
      ...unavailable,
      run: async () => {
        disk.empty();
        return `${disk.path} is empty again`;
      },
    },
  ];
}

function discordActions({ discord }: DemoWorld): readonly DemoAction[] {
  const { control } = discord;
  const group = "Discord";
  return [
    {
      typed: "outage",
      group,
      label: "Cut Discord off for 60 s",
      hint: "what happens meanwhile is told late, once, and says so",
      nature: "simulated",
      seconds: 60,
      run: async (seconds) => {
        await control.outage(seconds * 1_000);
        return `Discord is out of reach for ${seconds} s`;
      },
    },
    {
      typed: "limit",
      group,
      label: "Answer 429 for 30 s",
      hint: "every message of the bot has to wait; none is lost",
      nature: "simulated",
      seconds: 30,
      run: async (seconds) => {
        const limited = await control.fault({
          match: { route: /\/messages/, routeClass: "bot", times: "always" },
          kind: "rate-limit",
          retryAfterMs: 5_000,
          scope: "shared",
        });
        setTimeout(() => void limited.remove().catch(() => undefined), seconds * 1_000).unref();
        return `messages are answered with 429 for ${seconds} s`;
      },
    },
    {
      typed: "drop",
      group,
      label: "Drop the gateway connection",
      hint: "the bot resumes its session; nothing is missed",
      nature: "simulated",
      run: async () => {
        await control.gateway.dropSocket();
        return "the gateway connection is cut";
      },
    },
  ];
}

function storeActions({ store }: DemoWorld): readonly DemoAction[] {
  const group = "The bot";
  return [
    {
      typed: "lock store",
      group,
      label: "Lock its database for 30 s",
      hint: "another process holds the lock; alerts go on in memory, and it is said",
      nature: "real",
      seconds: 30,
      run: async (seconds) => {
        if (store.locked) return "the database is locked already";
        await store.lock(seconds);
        return `the database is locked for ${seconds} s`;
      },
    },
    {
      typed: "corrupt store",
      group,
      label: "Overwrite its database",
      hint: "the bot notices, sets the file aside, says so and goes on with a new one",
      nature: "real",
      run: async () => {
        const pages = store.corrupt();
        return pages === 0 ? "there is no database yet" : `${pages} pages of the database are overwritten`;
      },
    },
  ];
}

function botActions({ bot }: DemoWorld): readonly DemoAction[] {
  const group = "The bot";
  return [
    {
      typed: "kill bot",
      group,
      label: "kill -9 the bot",
      hint: "it starts again at once, and nothing is said twice",
      nature: "real",
      run: async () => {
        await bot.stop("SIGKILL");
        bot.start();
        return "the bot was killed and starts again";
      },
    },
    {
      typed: "stop bot",
      group,
      label: "Stop the bot",
      hint: "commands are then answered by “The application did not respond”",
      nature: "real",
      run: async () => {
        await bot.stop();
        return "the bot has stopped";
      },
    },
    {
      typed: "start bot",
      group,
      label: "Start the bot",
      hint: "it takes up what it had in hand",
      nature: "real",
      run: async () => {
        if (bot.pid !== undefined) return "the bot runs already";
        bot.start();
        return "the bot starts";
      },
    },
  ];
}

/** Everything that can be made to happen in the demo. */
export function demoActions(world: DemoWorld): readonly DemoAction[] {
  return [
    ...[...world.services.values()].flatMap(serviceActions),
    ...cpuActions(world),
    ...memoryActions(world),
    ...diskActions(world),
    ...discordActions(world),
    ...storeActions(world),
    ...botActions(world),
  ];
}

/** The same as the page offers it. */
export function pageActions(world: DemoWorld): readonly PageAction[] {
  return demoActions(world).map(({ typed, group, label, hint, nature, seconds = 0, unavailable, run }) => ({
    id: typed.replaceAll(" ", "-"),
    group,
    label,
    hint,
    nature,
    ...(unavailable === undefined ? {} : { unavailable }),
    run: () => run(seconds),
  }));
}
