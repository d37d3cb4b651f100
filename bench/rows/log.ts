import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";

import { createLogReading } from "../../src/action/log/reading.js";
import { systemClock } from "../../src/base/clock.js";
import type { LogQuery } from "../../src/model/log.js";
import type { Row } from "../row.js";
import { firstResponseMs, startConstantBot, startToban } from "../support/answering.js";
import type { Answering } from "../support/answering.js";
import { forget, grepMs, LogFiles } from "../support/log-file.js";
import { MIB, p, round } from "../support/measure.js";

const NEEDLE = "needle-that-is-absent";
const ROUNDS = 5;
const TAILS = 50;
const PINGS = 200;
const GIB = 1_024 * MIB;

async function readMs(path: string, query: LogQuery): Promise<number> {
  const reading = createLogReading({ clock: systemClock, timezone: () => "UTC", limits: { searchMs: 120_000 } });
  const source = { name: "bench", target: "bench", from: { kind: "file", path } } as const;
  const began = performance.now();
  const outcome = await reading.read(source, query, new AbortController().signal);
  const ms = performance.now() - began;
  if (outcome.status !== "ok" || outcome.page.stopped !== undefined) throw new Error(JSON.stringify(outcome));
  return ms;
}

const search = (path: string): Promise<number> => readMs(path, { lines: 20, contains: NEEDLE });

/** p99 of the delay of this process's event loop while something runs, in milliseconds beyond the monitor's own step. */
async function loopDelayMs(work: () => Promise<unknown>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await work();
  delay.disable();
  return round(delay.percentile(99) / 1e6 - 1);
}

/** Each round, grep and search in turn, so that the machine's mood meets both. */
async function besideGrep(path: string, before: () => void): Promise<{ grep: number[]; toban: number[] }> {
  const times = { grep: [] as number[], toban: [] as number[] };
  for (let turn = 0; turn < ROUNDS; turn += 1) {
    before();
    times.grep.push(grepMs(path, NEEDLE));
    before();
    times.toban.push(await search(path));
  }
  return times;
}

export const logSearch: Row = {
  name: "log-search",
  promise:
    "search in 1 GiB, needle absent: warm ≤ 2.5 × `LC_ALL=C grep -F`, cold ≤ 1.2 ×, loop delay p99 ≤ 5 ms (beyond what it is at rest)",
  async run() {
    using files = new LogFiles();
    const path = files.make(GIB);
    await search(path);
    const warm = await besideGrep(path, () => undefined);
    const atRest = await loopDelayMs(() => sleep(1_500));
    const delay = await loopDelayMs(() => search(path));
    const cold = await besideGrep(path, () => forget(path));
    const warmRatio = round(p(warm.toban, 0.5) / p(warm.grep, 0.5));
    const coldRatio = round(p(cold.toban, 0.5) / p(cold.grep, 0.5));
    return {
      figures: {
        grep_warm_ms: p(warm.grep, 0.5),
        toban_warm_ms: p(warm.toban, 0.5),
        warm_ratio: warmRatio,
        grep_cold_ms: p(cold.grep, 0.5),
        toban_cold_ms: p(cold.toban, 0.5),
        cold_ratio: coldRatio,
        loop_delay_p99_ms: delay,
        loop_delay_at_rest_p99_ms: atRest,
      },
      kept: warmRatio <= 2.5 && coldRatio <= 1.2 && delay <= Math.max(0, atRest) + 5,
    };
  },
};

export const logTail: Row = {
  name: "log-tail",
  promise: "the last 100 lines of 1 GiB cost what those of 1 MiB cost (≤ 1.5 ×, or 1 ms more)",
  async run() {
    using files = new LogFiles();
    const paths = [1_024, MIB, GIB].map((size) => files.make(size));
    const times: number[][] = paths.map(() => []);
    for (let turn = -5; turn < TAILS; turn += 1) {
      for (const [index, path] of paths.entries()) {
        const ms = await readMs(path, { lines: 100 });
        if (turn >= 0) times[index]?.push(ms);
      }
    }
    const [kib, mib, gib] = times.map((values) => p(values, 0.5));
    return {
      figures: { kib_ms: kib ?? 0, mib_ms: mib ?? 0, gib_ms: gib ?? 0, ratio: round((gib ?? 0) / (mib ?? 1)) },
      kept: (gib ?? Infinity) <= Math.max((mib ?? 0) * 1.5, (mib ?? 0) + 1),
    };
  },
};

/** Asks for a restart and confirms it; it takes a second, and what it does is watched for half a minute. */
async function restart({ discord }: Answering): Promise<void> {
  // By default nobody but the owner may.
  const owner = discord.control.as("owner");
  const { message } = await (await owner.command("restart", { target: "host" })).response({ timeoutMs: 20_000 });
  const [confirm] = /v1:restart-confirm:\w+/.exec(JSON.stringify(message?.components)) ?? [];
  if (message === null || confirm === undefined) throw new Error(`/restart shows no plan: ${JSON.stringify(message)}`);
  await owner.press(message.id, confirm);
}

export const pingInSearch: Row = {
  name: "ping-in-search",
  promise:
    "first response to `/ping` while 1 GiB is searched again and again and a restart runs: p99 ≤ a constant-answer discord.js bot beside it + 5 ms",
  async run() {
    using files = new LogFiles();
    const path = files.make(GIB);
    const target = `{ name: host, kind: host, logs: [{ name: big, file: "${path}" }], actions: [{ name: restart, run: [/bin/sleep, "1"] }] }`;
    const yaml = `targets:\n  - ${target}\n`;
    const [constant, toban] = [await startConstantBot(), await startToban(yaml)];
    const times = { constant: [] as number[], toban: [] as number[] };
    let searches = 0;
    const done = new AbortController();
    const searching = (async () => {
      while (!done.signal.aborted) {
        const asked = await toban.discord.control.as("admin").command("logs", { source: "host/big", contains: NEEDLE });
        await asked.response({ timeoutMs: 60_000 });
        searches += 1;
      }
    })();
    try {
      for (let turn = -20; turn < PINGS; turn += 1) {
        if (turn === 0) await restart(toban);
        const pair = { constant: await firstResponseMs(constant, "ping"), toban: await firstResponseMs(toban, "ping") };
        if (turn < 0) continue;
        times.constant.push(pair.constant);
        times.toban.push(pair.toban);
      }
    } finally {
      done.abort();
      await searching;
      await constant.stop();
      await toban.stop();
    }
    const [beside, own] = [p(times.constant, 0.99), p(times.toban, 0.99)];
    return {
      figures: {
        searches,
        constant_p50_ms: p(times.constant, 0.5),
        toban_p50_ms: p(times.toban, 0.5),
        constant_p99_ms: beside,
        toban_p99_ms: own,
        difference_ms: round(own - beside),
      },
      kept: own <= beside + 5,
    };
  },
};
