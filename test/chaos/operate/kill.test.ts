import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { expect, it } from "vitest";

import type { ActionLife } from "../../../src/model/action-record.js";
import { FakeClock } from "../../support/fake-clock.js";
import { bench } from "../../support/operate/bench.js";
import { openTestStore, temporaryDirectory } from "../../support/store.js";

const VICTIM = fileURLToPath(new URL("../../support/operate/victim.ts", import.meta.url));

interface Left {
  /** How often the order was given. */
  readonly acts: number;
  /** How the action stands after the next start; undefined: nobody ever knew of it. */
  readonly state: ActionLife | undefined;
  /** What the channel is told, once; undefined: nothing. */
  readonly said?: RegExp;
}

const NOT_BEGUN: Left = { acts: 0, state: "cancelled", said: /was not restarted: Toban ended before it began/u };
const WAITS: Left = { acts: 0, state: "planned" };
const UNWATCHED: Left = { acts: 1, state: "done", said: /restarted in 3\.2 s.*before it could watch it/su };

/** Every moment at which the process can end, and what must be left. */
const MOMENTS: Readonly<Record<string, Left>> = {
  "action.plan:before": { acts: 0, state: undefined },
  "action.plan:after": WAITS,
  "action.approve:before": WAITS,
  "action.approve:after": NOT_BEGUN,
  "action.begin:before": NOT_BEGUN,
  "action.begin:after": { acts: 0, state: "unknown", said: /nobody saw how its restart ended/u },
  act: { acts: 1, state: "unknown", said: /nobody saw how its restart ended/u },
  "action.acted:before": { acts: 1, state: "unknown", said: /it is now active/u },
  "action.acted:after": UNWATCHED,
  watch: UNWATCHED,
  "action.verified:before": UNWATCHED,
  "action.verified:after": { acts: 1, state: "done", said: /🟢.*restarted in 3\.2 s.*PID 4711 → 8123/su },
};

function killedAt(moment: string, dataDir: string, acts: string): Promise<NodeJS.Signals | null> {
  const child = spawn(process.execPath, ["--import", "tsx", VICTIM, dataDir, acts, moment], { stdio: "inherit" });
  return new Promise((settle) => child.once("exit", (_code, signal) => settle(signal)));
}

it.concurrent.each(Object.entries(MOMENTS))(
  "killed at %s: the next start knows, says it once, and nothing is done twice",
  async (moment, left) => {
    using directory = temporaryDirectory();
    const dataDir = path.join(directory.path, "data");
    const acts = path.join(directory.path, "acts.txt");
    expect(await killedAt(moment, dataDir, acts)).toBe("SIGKILL");

    const clock = new FakeClock();
    const store = await openTestStore({ dataDir, clock });
    const next = await bench({ store, clock, holder: { pid: 1, ticks: 7 }, isAlive: () => false });
    next.operate.start();
    await clock.advance(1);
    const id = store.read((tables) => tables.audit.newest(1)[0]?.id) ?? "";
    expect(next.operate.get(id)?.state).toBe(left.state);
    await clock.advance(60_000);
    const texts = next.said().map(({ text }) => text);
    expect(texts.length).toBe(left.said ? 1 : 0);
    expect(texts[0] ?? "").toMatch(left.said ?? /^$/u);
    expect(next.actor.acts).toEqual([]);
    const lines = existsSync(acts) ? readFileSync(acts, "utf8").trim().split("\n") : [];
    expect(lines.length).toBe(left.acts);
    expect(store.read((tables) => tables.audit.verify()).ok).toBe(true);
    await next.operate.stop();
    await store.close();
  },
  120_000,
);
