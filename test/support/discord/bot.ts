import { createLogs } from "../../../src/base/log.js";
import { Secret } from "../../../src/base/secret.js";
import { systemClock } from "../../../src/base/clock.js";
import type { Clock } from "../../../src/base/clock.js";
import type { EdgeBlock } from "../../../src/model/contract/edge-block.js";
import { createDiscord } from "./wired.js";
import type { Discord, DiscordDeps } from "./wired.js";
import type { IdentifyLedger } from "../../../src/discord/gateway/gateway.js";
import { catalogueFor } from "../../../src/locale/index.js";
import { toDiscord } from "../../../src/message/to-discord.js";
import type { Message } from "../../../src/model/message.js";
import type { PermissionPolicy } from "../../../src/model/principal.js";
import { Simulator } from "../../../simulator/index.js";
import type { SimulatorOptions } from "../../../simulator/index.js";

import { until } from "../until.js";
import { TEST_COMMANDS } from "./commands.js";
import type { TestServices } from "./commands.js";

export type LogLine = Readonly<Record<string, unknown>>;

export interface TestBot extends AsyncDisposable {
  readonly discord: Discord;
  readonly services: TestServices;
  readonly posted: { readonly channel: string; readonly message: Message }[];
  readonly logLines: LogLine[];
  readonly log: () => string;
  policy: PermissionPolicy;
  /** Resolves when the state fits. */
  until(fits: (state: ReturnType<Discord["state"]>) => boolean): Promise<void>;
  /** Lets slow commands end. */
  release(): void;
  stop(): Promise<void>;
}

/** A ledger as the store keeps it, so that a second bot can be given what the first one left. */
export function memoryLedger(): IdentifyLedger & { readonly rows: { kind: string; at: number }[] } {
  const rows: { kind: string; at: number }[] = [];
  return {
    rows,
    add: (kind, at) => void rows.push({ kind, at }),
    since: (kind, at) => rows.filter((row) => row.kind === kind && row.at >= at).map((row) => row.at),
  };
}

/** An edge block that lasts as long as it was asked for, and what was asked. */
export function memoryEdge(clock: Clock): EdgeBlock & { readonly asked: (number | undefined)[] } {
  const asked: (number | undefined)[] = [];
  let blockedUntil = 0;
  return {
    asked,
    remainingMs: () => Math.max(0, blockedUntil - clock.monotonic()),
    refused(_detail, _startedAt, askedMs) {
      asked.push(askedMs);
      blockedUntil = clock.monotonic() + (askedMs ?? 600_000);
    },
  };
}

export type BotOptions = Partial<
  Pick<DiscordDeps<TestServices>, "ledger" | "clock" | "commands" | "token" | "apiUrl" | "edge">
> & {
  readonly policy?: PermissionPolicy;
};

/** A bot with the test commands, at the simulator. It is started, not awaited. */
export function startBot(simulator: Simulator, options: BotOptions = {}): TestBot {
  const lines: LogLine[] = [];
  const raw: string[] = [];
  const logs = createLogs({
    level: "debug",
    destination: {
      write: (line) => {
        raw.push(line);
        lines.push(JSON.parse(line) as LogLine);
      },
    },
  });
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const services: TestServices = {
    executed: [],
    targets: ["web", "web-2", "shop-bot", "shop-db"],
    gate: () => released,
  };
  const posted: TestBot["posted"] = [];
  const holder = { policy: options.policy ?? { guild: simulator.guildId } };
  const discord = createDiscord<TestServices>({
    token: options.token ?? new Secret(simulator.token),
    apiUrl: options.apiUrl ?? simulator.apiUrl,
    clock: options.clock ?? systemClock,
    log: logs.for("discord"),
    dispatchLog: logs.for("dispatch"),
    random: () => 0.5,
    ledger: options.ledger ?? memoryLedger(),
    edge: options.edge,
    commands: options.commands ?? TEST_COMMANDS,
    services,
    policy: () => holder.policy,
    catalogue: catalogueFor,
    locale: () => "en",
    lower: (message, reduced) => toDiscord(message, { form: "answer", reduced }),
    postToChannel: async (channel, message) => void posted.push({ channel, message }),
  });
  discord.start();
  return {
    discord,
    services,
    posted,
    logLines: lines,
    log: () => raw.join(""),
    get policy() {
      return holder.policy;
    },
    set policy(policy: PermissionPolicy) {
      holder.policy = policy;
    },
    release,
    until: (fits) => {
      const { promise, resolve } = deferred();
      const off = discord.onState((state) => fits(state) && resolve());
      if (fits(discord.state())) resolve();
      return promise.finally(off);
    },
    stop: () => discord.stop(),
    async [Symbol.asyncDispose]() {
      release();
      await discord.stop();
    },
  };
}

/** A simulator and a bot whose commands are registered. */
export async function startReady(
  options: BotOptions & { readonly simulator?: SimulatorOptions } = {},
): Promise<{ simulator: Simulator; bot: TestBot } & AsyncDisposable> {
  const simulator = await Simulator.start({ seed: 11, ...options.simulator });
  const bot = startBot(simulator, options);
  await registered(bot);
  return {
    simulator,
    bot,
    async [Symbol.asyncDispose]() {
      await bot[Symbol.asyncDispose]();
      await simulator.stop();
    },
  };
}

export async function registered(bot: TestBot): Promise<void> {
  await until("the commands to be registered", () => bot.discord.registration().kind === "registered");
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
