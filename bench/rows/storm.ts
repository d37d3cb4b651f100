import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";

import { Simulator } from "../../simulator/index.js";
import type { Row, RowResult } from "../row.js";
import { runAlertmanager } from "../support/alertmanager.js";
import { p, round } from "../support/measure.js";
import { built } from "../support/peer.js";
import { Readable } from "../support/readable.js";

const ROOT = resolve(import.meta.dirname, "../..");
/** Bucket sizes differ from seed to seed. */
const SEED = Number(process.env["SEED"] ?? 1);
const NAMES = /unit-\d{5}/g;

interface Storm {
  readonly alerts: number;
  readonly groups: number;
  readonly spanMs: number;
  readonly settleMs: number;
}

interface Handed {
  readonly at: ReadonlyMap<string, number>;
  readonly loopDelayP99Ms: number;
  readonly moreMib: number;
  readonly cpuSeconds: number;
}

function handedOf(line: string): Handed {
  const { handed, cost } = JSON.parse(line) as {
    readonly handed: readonly { readonly name: string; readonly at: number }[];
    readonly cost: Omit<Handed, "at">;
  };
  return { at: new Map(handed.map(({ name, at }) => [name, at])), ...cost };
}

/** Lets the deciding and speaking half run as a process of its own; resolves when it has ended. */
function runStormBot(discord: Simulator, storm: Storm, dataDir: string): Promise<Handed> {
  const child = spawn(process.execPath, [built("storm-bot")], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      PATH: process.env["PATH"] ?? "",
      DISCORD_API_URL: discord.apiUrl,
      DISCORD_TOKEN: discord.token,
      OPS_CHANNEL_ID: discord.opsChannelId,
      DATA_DIR: dataDir,
      ALERTS: String(storm.alerts),
      GROUPS: String(storm.groups),
      SPAN_MS: String(storm.spanMs),
      SETTLE_MS: String(storm.settleMs),
    },
  });
  const said = text(child.stdout);
  return new Promise((settle, reject) => {
    child.once("close", (code) => {
      if (code === 0) void said.then((line) => settle(handedOf(line)), reject);
      else reject(new Error(`the storm bot ended with ${code}`));
    });
  });
}

async function measure(storm: Storm): Promise<
  RowResult["figures"] & {
    readonly worst_unreadable_s: number;
    readonly requests: number;
    readonly twice: number;
    readonly missing: number;
    readonly avoidable_429: number;
    readonly loop_delay_p99_ms: number;
    readonly more_mib: number;
  }
> {
  const discord = await Simulator.start({ seed: SEED });
  const dataDir = mkdtempSync(join(tmpdir(), "toban-bench-"));
  const readable = new Readable(discord.control, discord.opsChannelId, NAMES);
  readable.start();
  try {
    const handed = await runStormBot(discord, storm, dataDir);
    await readable.stop();
    const waits = [...handed.at].map(
      ([name, at]) => ((readable.firstAt.get(name) ?? Number.POSITIVE_INFINITY) - at) / 1_000,
    );
    const entries = await readable.entries();
    const requests = await discord.control.requests({ routeClass: "bot" });
    const toChannel = requests.filter((request) => request.path.includes("/messages") && request.method !== "GET");
    return {
      alerts: handed.at.size,
      groups: storm.groups,
      median_unreadable_s: p(waits, 0.5),
      worst_unreadable_s: round(Math.max(...waits)),
      requests: toChannel.length,
      messages: (await discord.control.messages(discord.opsChannelId)).length,
      missing: [...handed.at.keys()].filter((name) => !readable.firstAt.has(name)).length,
      twice: [...entries.values()].filter((count) => count > 1).length,
      avoidable_429: requests.filter((request) => request.avoidable429).length,
      loop_delay_p99_ms: round(handed.loopDelayP99Ms),
      more_mib: round(handed.moreMib),
      cpu_seconds: round(handed.cpuSeconds),
    };
  } finally {
    await discord.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

export const storms: readonly Row[] = [1, 20, 500].map((groups) => ({
  name: `storm-${groups}`,
  promise: `500 alerts in 10 s, as ${groups} ${groups === 1 ? "group" : "groups"}: none unreadable for more than 5 s, ≤ 20 requests per channel, none twice, no avoidable 429`,
  async run() {
    const figures = await measure({ alerts: 500, groups, spanMs: 10_000, settleMs: 15_000 });
    const { worst_unreadable_s: worst, requests, twice, missing, avoidable_429: avoidable } = figures;
    return { figures, kept: worst <= 5 && requests <= 20 && twice === 0 && missing === 0 && avoidable === 0 };
  },
}));

export const tenThousand: Row = {
  name: "storm-10000",
  promise:
    "10,000 alerts in 60 s: ≤ 60 requests per channel, none unreadable for more than 10 s, + ≤ 25 MiB, loop delay p99 ≤ 20 ms",
  async run() {
    const figures = await measure({ alerts: 10_000, groups: 100, spanMs: 60_000, settleMs: 20_000 });
    const { worst_unreadable_s: worst, requests, loop_delay_p99_ms: delay, more_mib: more, missing } = figures;
    return { figures, kept: worst <= 10 && requests <= 60 && missing === 0 && delay <= 20 && more <= 25 };
  },
};

export const alertmanager: Row = {
  name: "storm-alertmanager",
  promise: "Alertmanager with the same 500 alerts as 500 groups, under the same limits (for comparison)",
  async run() {
    const discord = await Simulator.start({ seed: 1 });
    const readable = new Readable(discord.control, discord.opsChannelId, NAMES);
    readable.start();
    try {
      const outcome = await runAlertmanager(discord, { alerts: 500, groups: 500, spanMs: 10_000, settleMs: 60_000 });
      await readable.stop();
      if (outcome === undefined)
        return { figures: { note: "prometheus-alertmanager is not installed" }, kept: undefined };
      const requests = await discord.control.requests({ routeClass: "webhook" });
      return {
        figures: {
          alerts: 500,
          readable_after_70_s: readable.firstAt.size,
          requests: requests.length,
          answers_429: requests.filter((request) => request.status === 429).length,
        },
        kept: undefined,
      };
    } finally {
      await discord.stop();
    }
  },
};
