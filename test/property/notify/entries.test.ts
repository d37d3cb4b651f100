import { describe, expect, it } from "vitest";

import { en } from "../../../src/locale/en/index.js";
import { renderAnnouncement } from "../../../src/message/announcement.js";
import { renderIncident } from "../../../src/message/incident.js";
import { fileLine } from "../../../src/message/storm.js";
import type { FiledEntry } from "../../../src/message/storm.js";
import type { IncidentAlert } from "../../../src/model/incident.js";
import { SEVERITIES } from "../../../src/model/rule.js";
import { Entries } from "../../../src/notify/entries.js";
import { systemClock } from "../../../src/base/clock.js";
import type { Store } from "../../../src/store/contract.js";
import { NOON, anAlert, anAnnouncement, anIncident, openTestStore } from "../../support/store.js";
import { fc } from "../../support/fast-check.js";

const ID = "inc-1";
/** More than an incident has that is read anew each time, and more than one page. */
const MANY = 230;

const put = fc.record({
  do: fc.constant("put" as const),
  which: fc.nat(MANY + 20),
  severity: fc.constantFrom(...SEVERITIES),
  value: fc.double({ min: 0, max: 1, noNaN: true }),
  ended: fc.boolean(),
  /** A value alone may change without the incident's revision. */
  raises: fc.boolean(),
});
const act = fc.oneof(
  { weight: 6, arbitrary: put },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("prepare" as const), meanwhile: fc.array(put, { maxLength: 4 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("look" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("clear" as const) }) },
);

type Put = typeof put extends fc.Arbitrary<infer T> ? T : never;

function anEntryOf({ which, severity, value, ended }: Omit<Put, "do" | "raises">): IncidentAlert {
  const alert = anAlert(`a${which}`, {
    severity,
    value,
    target: `web-${which % 7}`,
    rule: which % 3 === 0 ? "HostDisk" : "TargetDown",
    detail: "not shown",
    ...(ended ? { state: "resolved", endedAt: NOON + which } : {}),
  });
  return {
    incident: ID,
    episode: alert.episode ?? "",
    joinedAt: NOON + which,
    alert,
    ...(ended ? { endedAt: NOON + which } : {}),
  };
}

class Scene {
  readonly store: Store;
  readonly entries: Entries;
  #revision = 1;

  constructor(store: Store) {
    this.store = store;
    this.entries = new Entries({ store, clock: systemClock, fileLine: (entry) => fileLine(entry, en) });
  }

  async begin(): Promise<void> {
    await this.store.write("begin", ({ incidents }) => {
      incidents.put(anIncident(ID, 1, { revision: this.#revision }));
      for (let which = 0; which < MANY; which += 1) {
        incidents.putEntry(anEntryOf({ which, severity: "warning", value: 0.9, ended: false }));
      }
    });
  }

  put(one: Put): Promise<void> {
    if (one.raises) this.#revision += 1;
    return this.store.write("put", ({ incidents }) => {
      incidents.put(anIncident(ID, 1, { revision: this.#revision }));
      incidents.putEntry(anEntryOf(one));
    });
  }

  /** What a message says of the entries as they are kept, and of those that stand in the store. */
  said(): { readonly kept: unknown; readonly stored: unknown } {
    return this.store.read((tables) => ({
      kept: words(this.entries.of(tables, ID)),
      stored: words(tables.incidents.entries(ID)),
    }));
  }
}

function words(entries: readonly FiledEntry[]): unknown {
  const view = { incident: anIncident(ID, 1), entries, host: "alpha", globalLabels: {}, now: NOON + 1_000 };
  const episodes = ["a3:nowhere", `a5:${NOON}`];
  const announcement = anAnnouncement("row", { kind: "joined", incident: ID, episodes });
  return [renderIncident(view, en), renderAnnouncement({ ...view, announcement }, en)];
}

describe("entries that are kept", () => {
  it("say what those in the store say, whatever was put when", () =>
    fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 25 }), async (acts) => {
        const store = await openTestStore();
        const scene = new Scene(store);
        const said: ReturnType<Scene["said"]>[] = [];
        await scene.begin();
        for (const one of acts) {
          if (one.do === "put") await scene.put(one);
          if (one.do === "clear") scene.entries.clear();
          if (one.do === "prepare") {
            const prepared = scene.entries.prepare(ID);
            for (const other of one.meanwhile) await scene.put(other);
            await prepared;
          }
          if (one.do === "look") said.push(scene.said());
        }
        await scene.entries.prepare(ID);
        said.push(scene.said());
        await store.close();
        expect(said.map(({ kept }) => kept)).toEqual(said.map(({ stored }) => stored));
      }),
      { numRuns: 30 },
    ));

  it("are read again only as far as they have changed", async () => {
    const store = await openTestStore();
    const scene = new Scene(store);
    await scene.begin();
    await scene.put({ do: "put", which: 3, severity: "critical", value: 1, ended: false, raises: true });
    await scene.entries.prepare(ID);
    const before = store.read((tables) => [...scene.entries.of(tables, ID)]);
    await scene.put({ do: "put", which: 9, severity: "critical", value: 1, ended: true, raises: true });
    await scene.entries.prepare(ID);
    const after = store.read((tables) => scene.entries.of(tables, ID));
    // Read anew are the one that changed, and the one of the newest revision that was known.
    const anew = after.filter((entry, index) => entry !== before[index]).map(({ alert }) => alert.fingerprint);
    expect(anew.toSorted()).toEqual(["a3", "a9"]);
    await store.close();
  });
});
