import { rmSync } from "node:fs";
import path from "node:path";

import { expect, test } from "vitest";

import type { Alert } from "../../../src/model/alert.js";
import { OUTBOX_STATES } from "../../../src/model/incident.js";
import type { OutboxRow } from "../../../src/model/incident.js";
import { SEVERITIES, SEVERITY_RANK } from "../../../src/model/rule.js";
import type { Store, Tables } from "../../../src/store/contract.js";
import { FakeClock } from "../../support/fake-clock.js";
import { NOON, anAlert, anAnnouncement, finishUpkeep, openTestStore, temporaryDirectory } from "../../support/store.js";
import { fc } from "../../support/fast-check.js";

/** What the tables must amount to, in plain objects. */
interface Model {
  readonly alerts: Map<string, Alert>;
  readonly outbox: Map<string, OutboxRow>;
}

type Step =
  | { readonly do: "alert"; readonly name: string; readonly at: number }
  | { readonly do: "no-alert"; readonly name: string }
  | {
      readonly do: "say";
      readonly id: string;
      readonly severity: OutboxRow["severity"];
      readonly createdAt: number;
      readonly dueAt: number;
    }
  | { readonly do: "settle"; readonly id: string; readonly state: OutboxRow["state"] }
  | { readonly do: "fail" }
  | { readonly do: "restart" }
  | { readonly do: "lose-file" }
  | { readonly do: "recover" };

const name = fc.constantFrom("a", "b", "c", "d");
const moment = fc.integer({ min: 0, max: 5 }).map((second) => NOON + second * 1_000);
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("alert" as const), name, at: moment }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("no-alert" as const), name }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("say" as const),
      id: name,
      severity: fc.constantFrom(...SEVERITIES),
      createdAt: moment,
      dueAt: moment,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("settle" as const), id: name, state: fc.constantFrom(...OUTBOX_STATES) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom("fail" as const, "restart" as const, "lose-file" as const, "recover" as const),
    }),
  },
);

const nothing = (): void => undefined;

/** The same change on the tables and on the model; the model moves only if the store took it. */
function change(step: Step, model: Model): (tables: Tables) => void {
  switch (step.do) {
    case "alert": {
      const alert = anAlert(step.name, { lastSampleAt: step.at });
      model.alerts.set(step.name, alert);
      return ({ alerts }) => alerts.put(alert);
    }
    case "no-alert":
      model.alerts.delete(step.name);
      return ({ alerts }) => alerts.remove(step.name);
    case "say": {
      if (model.outbox.has(step.id)) return nothing;
      const { do: _do, ...fields } = step;
      const row = anAnnouncement(step.id, fields);
      model.outbox.set(step.id, row);
      return ({ outbox }) => outbox.add(row);
    }
    case "settle": {
      const row = model.outbox.get(step.id);
      if (!row) return nothing;
      const settled = { ...row, state: step.state };
      model.outbox.set(step.id, settled);
      return ({ outbox }) => outbox.put(settled);
    }
    default:
      return nothing;
  }
}

function compare(store: Store, model: Model): void {
  const order = (one: OutboxRow, other: OutboxRow): number =>
    SEVERITY_RANK[other.severity] - SEVERITY_RANK[one.severity] ||
    one.createdAt - other.createdAt ||
    (one.id < other.id ? -1 : 1);
  store.read(({ alerts, outbox }) => {
    expect(alerts.all()).toEqual([...model.alerts.values()].sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1)));
    const waiting = [...model.outbox.values()].filter(({ state }) => state === "pending" || state === "sending");
    for (const now of [NOON, NOON + 3_000, NOON + 9_000]) {
      const due = waiting.filter(({ dueAt }) => dueAt <= now).sort(order);
      expect(outbox.due(now, 3)).toEqual(due.slice(0, 3));
    }
    for (const [id, row] of model.outbox) expect(outbox.get(id)).toEqual(row);
    expect(outbox.nextDueAt()).toBe(waiting.length === 0 ? undefined : Math.min(...waiting.map(({ dueAt }) => dueAt)));
    expect(outbox.depth().pending).toBe(waiting.length);
  });
}

/** A store that can be restarted, lose its file and get it back, between changes. */
class Subject {
  readonly #clock = new FakeClock();
  readonly #dataDir: string;
  #store: Store | undefined;

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
  }

  get store(): Store {
    if (!this.#store) throw new Error("not opened");
    return this.#store;
  }

  async open(): Promise<void> {
    this.#store = await openTestStore({ dataDir: this.#dataDir, clock: this.#clock });
  }

  async take(step: Step, work: (tables: Tables) => void): Promise<void> {
    await this.store.write(step.do, work);
    if (step.do === "fail") await this.#fail();
    if (step.do === "restart") {
      await this.store.close();
      await this.open();
    }
    if (step.do === "lose-file") {
      rmSync(this.#dataDir, { recursive: true, force: true });
      // The loss shows at the next write at the latest; a restart before it would find an empty directory.
      await this.store.write("notice", () => undefined);
    }
    if (step.do === "recover") {
      await this.#clock.advance(61_000);
      await finishUpkeep(this.store);
    }
  }

  async #fail(): Promise<void> {
    const failing = this.store.write("fail", (tables) => {
      tables.alerts.put(anAlert("never"));
      tables.outbox.add(anAnnouncement("never"));
      throw new Error("on purpose");
    });
    await failing.catch(() => undefined);
  }
}

test("whatever happens, restarts and the loss of the file included, the tables hold what was acknowledged", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { maxLength: 40 }), async (steps) => {
      using directory = temporaryDirectory();
      const model: Model = { alerts: new Map(), outbox: new Map() };
      const subject = new Subject(path.join(directory.path, "data"));
      await subject.open();
      for (const step of steps) {
        await subject.take(step, change(step, model));
        compare(subject.store, model);
      }
      await subject.take({ do: "recover" }, nothing);
      expect(subject.store.status().mode).toBe("file");
      compare(subject.store, model);
      await subject.store.close();
    }),
    { numRuns: 30 },
  );
});
