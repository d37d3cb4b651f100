import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { createDenials } from "../../../src/app/denials.js";
import type { Denials } from "../../../src/app/denials.js";
import type { AuditRow, Store } from "../../../src/store/contract.js";
import { FakeClock } from "../../support/fake-clock.js";
import { openTestStore, storeLog } from "../../support/store.js";

let clock: FakeClock;
let store: Store;
let denials: Denials;

beforeEach(async () => {
  clock = new FakeClock();
  store = await openTestStore({ clock });
  denials = createDenials({ store, clock, log: storeLog });
});
afterEach(() => store.close());

function attempt(person: number, target: string = "web"): void {
  const id = `130000000000000${String(person).padStart(4, "0")}`;
  const principal = { kind: "member", id, name: `p${person}`, guild: "1", roles: [], permissions: 0n } as const;
  denials.note({ principal, verb: "restart", target, denial: "not_granted" });
}
const rows = (): readonly AuditRow[] => store.read(({ audit }) => audit.newest(1_000)).toReversed();

describe("refused attempts", () => {
  it("stand in the log of actions: who, what, on what, why not", async () => {
    attempt(1, "token=abcdefabcdef1234567890");
    await denials.stop();
    expect(rows()).toMatchObject([
      {
        principal: "member:1300000000000000001 p1",
        verb: "restart",
        target: "token=<secret>",
        state: "refused",
        detail: "not_granted",
        at: clock.now(),
      },
    ]);
  });

  it("of one person: five in a minute, the rest counted when it is over", async () => {
    for (let each = 0; each < 100; each += 1) attempt(1);
    attempt(2);
    await clock.advance(59_999);
    expect(rows()).toHaveLength(6);
    await clock.advance(1);
    expect(rows().slice(6)).toMatchObject([{ principal: "toban", detail: "95 more refused within a minute" }]);
    attempt(1);
    await denials.stop();
    expect(rows()).toHaveLength(8);
  });

  it("of a crowd: thirty in a minute", async () => {
    for (let person = 0; person < 200; person += 1) attempt(person);
    await denials.stop();
    expect(rows()).toHaveLength(31);
    expect(rows().at(-1)?.detail).toBe("170 more refused within a minute");
    expect(clock.pending).toBe(0);
  });

  it("are part of the chain", async () => {
    attempt(1);
    await denials.stop();
    expect(store.read(({ audit }) => audit.verify())).toMatchObject({ ok: true, rows: 1 });
  });
});
