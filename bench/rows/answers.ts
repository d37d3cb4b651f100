import type { Row, RowResult } from "../row.js";
import { firstResponseMs, startConstantBot, startToban } from "../support/answering.js";
import type { Answering } from "../support/answering.js";
import { p, round } from "../support/measure.js";
import { WebService } from "../support/web-service.js";

const WARM_UP = 20;
const ROUNDS = 200;
const STORM_TARGETS = 60;

/** Asks both bots in turn, so that the machine's mood meets both. */
async function inTurn(
  constant: Answering,
  toban: Answering,
  command: string,
): Promise<{ readonly constant: number[]; readonly toban: number[] }> {
  const times = { constant: [] as number[], toban: [] as number[] };
  for (let turn = -WARM_UP; turn < ROUNDS; turn += 1) {
    const pair = { constant: await firstResponseMs(constant, "ping"), toban: await firstResponseMs(toban, command) };
    if (turn < 0) continue;
    times.constant.push(pair.constant);
    times.toban.push(pair.toban);
  }
  return times;
}

function judge(times: { readonly constant: number[]; readonly toban: number[] }, allowedMs: number): RowResult {
  const [constant, toban] = [p(times.constant, 0.99), p(times.toban, 0.99)];
  return {
    figures: {
      constant_p50_ms: p(times.constant, 0.5),
      toban_p50_ms: p(times.toban, 0.5),
      constant_p99_ms: constant,
      toban_p99_ms: toban,
      difference_ms: round(toban - constant),
      ratio: round(toban / constant),
    },
    kept: toban <= constant + allowedMs,
  };
}

async function beside(command: string, allowedMs: number): Promise<RowResult> {
  const [constant, toban] = [await startConstantBot(), await startToban("targets: []\n")];
  try {
    return judge(await inTurn(constant, toban, command), allowedMs);
  } finally {
    await constant.stop();
    await toban.stop();
  }
}

export const ping: Row = {
  name: "ping",
  promise: "first response to `/ping`: p99 ≤ a constant-answer discord.js bot + 5 ms",
  run: () => beside("ping", 5),
};

export const health: Row = {
  name: "health",
  promise: "first response to `/health`: p99 ≤ the same + 50 ms",
  run: () => beside("health", 50),
};

export const pingInStorm: Row = {
  name: "ping-in-storm",
  promise: "first response to `/ping` while 60 targets fail: p99 ≤ a constant-answer discord.js bot + 5 ms",
  async run() {
    const web = new WebService();
    await web.start();
    const targets = Array.from(
      { length: STORM_TARGETS },
      (_, index) => `  - { name: web-${index}, kind: http, url: "${web.url(`${index}`)}", interval: 5s }`,
    );
    const [constant, toban] = [await startConstantBot(), await startToban(`targets:\n${targets.join("\n")}\n`)];
    try {
      web.status = 503;
      return judge(await inTurn(constant, toban, "ping"), 5);
    } finally {
      await constant.stop();
      await toban.stop();
      await web.stop();
    }
  },
};
