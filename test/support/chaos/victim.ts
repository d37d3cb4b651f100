/**
 * A program to be killed: the real store, evaluator, sender and Discord receiver, fed with runs and told when to die over its standard
 * input. It stands for the whole bot where every commit and every request is to be met, and starts in a fraction of its time.
 */
import { skip } from "./fast-time.js";

import { createInterface } from "node:readline";

import BetterSqlite3 from "better-sqlite3";
import type { Database, Statement } from "better-sqlite3";

import { systemClock as clock } from "../../../src/base/clock.js";
import { createLogs } from "../../../src/base/log.js";
import { Secret } from "../../../src/base/secret.js";
import { createEvaluator } from "../../../src/evaluate/evaluator.js";
import { catalogueFor } from "../../../src/locale/index.js";
import { ROUTE_DEFAULTS } from "../../../src/model/route.js";
import type { Run } from "../../../src/model/run.js";
import type { Sample } from "../../../src/model/sample.js";
import { createDiscordReceiver } from "../../../src/notify/discord-receiver.js";
import { createRenderer } from "../../../src/notify/render.js";
import { createSender } from "../../../src/notify/sender.js";
import { mergeRules } from "../../../src/rule/merge.js";
import { createIngest } from "../../../src/scrape/ingest.js";
import { openStore } from "../../../src/store/open.js";
import { STORE_FILE } from "../../../src/store/file.js";
import { isSettled, keptIncidents } from "./kept.js";
import type { FedRun, Order, Report, VictimOptions } from "./orders.js";

const HOST = "web-1";

/** Where the next death waits. */
let death: { readonly at: "before" | "after"; nth: number } | undefined;
let commits = 0;

function meet(at: "before" | "after"): void {
  if (at === "after") commits += 1;
  if (death?.at !== at) return;
  death.nth -= 1;
  if (death.nth === 0) process.kill(process.pid, "SIGKILL");
}

/** Every COMMIT of a transaction that writes to the store's file passes through `meet`. */
function watchCommits(): void {
  const prepare = Reflect.get(BetterSqlite3.prototype, "prepare");
  const writing = new WeakSet<Database>();
  BetterSqlite3.prototype.prepare = function watched(this: Database, source: string): Statement {
    const statement = Reflect.apply<Database, [string], Statement>(prepare, this, [source]);
    if (!this.name.endsWith(STORE_FILE)) return statement;
    const run = statement.run.bind(statement);
    if (source === "BEGIN IMMEDIATE") {
      statement.run = (...values) => {
        writing.add(this);
        return run(...values);
      };
    }
    if (source === "COMMIT") {
      statement.run = (...values) => {
        const counts = writing.delete(this);
        if (counts) meet("before");
        const result = run(...values);
        if (counts) meet("after");
        return result;
      };
    }
    return statement;
  } as typeof prepare;
}

const options = JSON.parse(process.argv[2] ?? "") as VictimOptions;
watchCommits();
const logs = createLogs({ level: "info", destination: { write: (line: string) => void process.stderr.write(line) } });
const store = await openStore({ dataDir: options.dataDir, clock, log: logs.for("store") });
const receiver = createDiscordReceiver({ apiUrl: options.apiUrl, token: new Secret(options.token), clock });
const sender = createSender({
  store,
  clock,
  log: logs.for("sender"),
  receiver,
  render: createRenderer({ host: HOST, globalLabels: {}, catalogue: catalogueFor("en") }),
  opsChannel: options.channel,
});
const evaluator = createEvaluator({
  rules: mergeRules([{ name: "HostDisk", forMs: 0 }]).rules,
  routes: [{ ...ROUTE_DEFAULTS, channel: options.channel, groupBy: ["target", "mount"], groupIntervalMs: 5_000 }],
  targets: options.targets.map((name) => ({ name, kind: "host", intervalMs: 15_000 })),
  noticeChannel: options.channel,
  store,
  clock,
  log: logs.for("evaluate"),
  host: HOST,
  onCommitted: () => sender.poke(),
});
const ingest = createIngest({ clock, store, guards: { watchStore: (work) => work } });

function runOf({ target, disks }: FedRun): Run {
  const samples: Sample[] = Object.entries(disks).map(([mount, value]) => ({
    series: "host_disk_used_ratio",
    labels: { mount },
    value,
  }));
  const result = { status: "ok", samples } as const;
  return { target, kind: "host", host: HOST, at: clock.now(), durationMs: 3, result, samples, untrusted: [] };
}

async function take(fed: FedRun): Promise<void> {
  const run = runOf(fed);
  await ingest.ingest(run, true);
  await evaluator.evaluate(run);
}

async function feed(runs: readonly FedRun[], gapMs: number): Promise<void> {
  const taken: Promise<void>[] = [];
  for (const run of runs) {
    taken.push(take(run));
    await clock.sleep(gapMs);
  }
  await Promise.all(taken);
}

function report(line: Report): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function obey(order: Order): Promise<void> {
  switch (order.do) {
    case "die":
      death = { at: order.at, nth: order.nth };
      commits = 0;
      return;
    case "feed":
      await feed(order.runs, order.gapMs);
      return;
    case "wait":
      await clock.sleep(order.ms);
      return;
    case "settle":
      while (!store.read(isSettled)) await clock.sleep(200);
      // Nobody dies of what comes after.
      death = undefined;
      report({ kind: "settled", commits, incidents: store.read((tables) => keptIncidents(tables, order.fromNumber)) });
      return;
    case "skip":
      skip(order.ms);
      sender.poke();
      return;
    default:
      throw new Error(`no such order: ${JSON.stringify(order satisfies never)}`);
  }
}

await evaluator.recover({ lastAliveAt: undefined, now: clock.now() });
sender.start();
evaluator.start();
report({ kind: "ready" });
let obeyed = Promise.resolve();
for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line) as Order;
  obeyed = obeyed.then(() => obey(order));
}
await obeyed;
process.exit(0);
