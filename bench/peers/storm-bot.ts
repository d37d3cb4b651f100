/**
 * Toban's half that decides and speaks (ingest, rules, incidents, outbox, sender), as a process of its own, fed with alerts at a given pace. Says
 * at its end, as one line of JSON on standard output, when each alert was handed in and what all of it cost.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";

import { systemClock } from "../../src/base/clock.js";
import { suitLongLife } from "../../src/base/engine.js";
import { silentLogs } from "../../src/base/log.js";
import { Secret } from "../../src/base/secret.js";
import { createEvaluator } from "../../src/evaluate/evaluator.js";
import { catalogueFor } from "../../src/locale/index.js";
import { ROUTE_DEFAULTS } from "../../src/model/route.js";
import type { Run } from "../../src/model/run.js";
import { createDiscordReceiver } from "../../src/notify/discord-receiver.js";
import { createRenderer } from "../../src/notify/render.js";
import { createSender } from "../../src/notify/sender.js";
import { mergeRules } from "../../src/rule/merge.js";
import { ClockWatch } from "../../src/scrape/clock-watch.js";
import { Guards } from "../../src/scrape/guard.js";
import { createIngest } from "../../src/scrape/ingest.js";
import { createLoopLag } from "../../src/scrape/loop-lag.js";
import { createUplink } from "../../src/scrape/uplink.js";
import { openStore } from "../../src/store/open.js";

const env = (key: string): string => process.env[key] ?? "";
const ALERTS = Number(env("ALERTS"));
const GROUPS = Number(env("GROUPS"));
const SPAN_MS = Number(env("SPAN_MS"));
const SETTLE_MS = Number(env("SETTLE_MS"));

suitLongLife();
const clock = systemClock;
const log = silentLogs.for("app");
const channel = env("OPS_CHANNEL_ID");
const store = await openStore({ dataDir: env("DATA_DIR"), clock, log });
const receiver = createDiscordReceiver({
  apiUrl: env("DISCORD_API_URL"),
  token: new Secret(env("DISCORD_TOKEN")),
  clock,
});
const sender = createSender({
  store,
  clock,
  log,
  receiver,
  render: createRenderer({ host: "bench", globalLabels: {}, catalogue: catalogueFor("en") }),
});
const names = Array.from({ length: ALERTS }, (_, index) => `unit-${String(index).padStart(5, "0")}`);
const targets = names.map((name) => ({ name, kind: "unit", intervalMs: 15_000 }));
const evaluator = createEvaluator({
  store,
  clock,
  log,
  host: "bench",
  rules: mergeRules([]).rules,
  routes: [{ ...ROUTE_DEFAULTS, channel, groupBy: ["group"] }],
  targets,
  noticeChannel: channel,
  onCommitted: () => sender.poke(),
});
const guards = new Guards({
  clock,
  lag: createLoopLag(clock),
  clockWatch: new ClockWatch(clock),
  uplink: createUplink(clock, []),
});
const ingest = createIngest({ clock, store, guards });

function failedRun(index: number): Run {
  const labels = { group: `group-${index % GROUPS}` };
  const samples = [{ series: "unit_failed", labels, value: 1 }];
  return {
    target: names[index] ?? "",
    kind: "unit",
    host: "bench",
    at: clock.now(),
    durationMs: 1,
    result: { status: "ok", samples },
    samples,
    untrusted: [],
  };
}

await evaluator.recover({ lastAliveAt: undefined, now: clock.now() });
evaluator.start();
sender.start();
// Every bot has asked Discord something before its first alert; a process's first request costs what no later one does (undici, TLS, llhttp).
await receiver.find(channel, "0".repeat(25), clock.now());
await clock.sleep(500);
/** Bytes; from here on the kernel keeps the most there has been (proc(5), clear_refs). */
const residentBefore = process.memoryUsage.rss();
writeFileSync("/proc/self/clear_refs", "5");
const residentMost = (): number =>
  Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? Number.NaN) * 1024;
const handedAt = new Float64Array(ALERTS);
const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();
const usedBefore = process.cpuUsage();
const began = clock.monotonic();
const running = new Set<Promise<void>>();
for (let index = 0; index < ALERTS;) {
  const due = Math.min(ALERTS, Math.floor(((clock.monotonic() - began) / SPAN_MS) * ALERTS) + 1);
  for (; index < due; index += 1) {
    const run = failedRun(index);
    handedAt[index] = run.at;
    const work = ingest.ingest(run, false).then(() => evaluator.evaluate(run));
    running.add(work);
    void work.finally(() => running.delete(work));
  }
  await clock.sleep(5);
}
await Promise.all(running);
await clock.sleep(SETTLE_MS);
delay.disable();
const { user, system } = process.cpuUsage(usedBefore);
const cost = {
  loopDelayP99Ms: delay.percentile(99) / 1e6 - 5,
  moreMib: (residentMost() - residentBefore) / 1024 / 1024,
  cpuSeconds: (user + system) / 1e6,
};
const handed = names.map((name, index) => ({ name, at: handedAt[index] ?? 0 }));
process.stdout.write(`${JSON.stringify({ handed, cost })}\n`);
await sender.stop();
await evaluator.stop();
guards.stop();
receiver.stop();
await store.close();
