import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { createAuditReading } from "../../../src/answer/audit.js";
import { AuditHead } from "../../../src/app/audit-head.js";
import { catalogueFor } from "../../../src/locale/index.js";
import { renderNotice } from "../../../src/message/notice.js";
import { toPlain } from "../../../src/message/to-plain.js";
import type { OutboxRow } from "../../../src/model/incident.js";
import type { Store } from "../../../src/store/contract.js";
import { FakeClock } from "../../support/fake-clock.js";
import { openTestStore, storeLog } from "../../support/store.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** 20:00 on 5 January in Tokyo. */
const EVENING = Date.UTC(2026, 0, 5, 11);

let clock: FakeClock;
let store: Store;
let pokes: number;

beforeEach(async () => {
  clock = new FakeClock(EVENING);
  store = await openTestStore({ clock });
  pokes = 0;
});
afterEach(() => store.close());

const headOf = (): AuditHead =>
  new AuditHead({
    store,
    clock,
    log: storeLog,
    timezone: () => "Asia/Tokyo",
    opsChannel: () => "111",
    onCommitted: () => {
      pokes += 1;
    },
  });

async function act(count: number = 1): Promise<void> {
  const row = {
    id: "a",
    at: clock.now(),
    principal: "local:0",
    verb: "restart",
    target: "web",
    reason: "",
    detail: "",
  };
  await store.write("audit", ({ audit }) => {
    for (let each = 0; each < count; each += 1) audit.append({ ...row, state: "done" });
  });
}

/** What waits to be said. */
const said = (): readonly OutboxRow[] => store.read(({ outbox }) => outbox.due(clock.now(), 100));
const heads = (): readonly unknown[] => said().map((row) => row.notice?.values["head"]);
const head = (): string | undefined => store.read(({ audit }) => audit.head()?.hash);

describe("the daily head of the log of actions", () => {
  it("is posted at the first chance of a new day there, with what is new, and only then", async () => {
    const daily = headOf();
    await daily.runOnce();
    await act(3);
    await daily.runOnce();
    clock.jump(4 * HOUR - 1);
    await daily.runOnce();
    expect(said()).toEqual([]);
    clock.jump(1);
    await daily.runOnce();
    await daily.runOnce();
    expect(said()).toMatchObject([
      { channel: "111", severity: "info", notice: { key: "audit_head", values: { head: head(), rows: 3, number: 3 } } },
    ]);
    expect(pokes).toBe(1);
    await act(1);
    clock.jump(3 * DAY);
    await daily.runOnce();
    expect(heads()).toHaveLength(2);
    expect(heads()[1]).toBe(head());
  });

  it("says nothing on days without an action", async () => {
    const daily = headOf();
    await act();
    await daily.runOnce();
    for (let day = 0; day < 5; day += 1) {
      clock.jump(DAY);
      await daily.runOnce();
    }
    expect(said()).toEqual([]);
  });

  it("is not repeated by a restart, nor by a clock that is set to and fro", async () => {
    await headOf().runOnce();
    await act();
    clock.jump(DAY);
    await headOf().runOnce();
    await headOf().runOnce();
    clock.jump(-30 * DAY);
    await headOf().runOnce();
    clock.jump(400 * DAY);
    await headOf().runOnce();
    expect(heads()).toEqual([head()]);
  });

  it("is what the check of the log then looks for", async () => {
    await headOf().runOnce();
    await act(2);
    clock.jump(DAY);
    await headOf().runOnce();
    const reading = createAuditReading({ store, clock, timezone: () => "UTC" });
    expect(await reading.verify({ head: String(heads()[0]) })).toMatchObject({ ok: true, rows: 2 });
  });

  it("looks each minute, until it is stopped", async () => {
    const daily = headOf();
    daily.start();
    await clock.settle();
    await act();
    await clock.advance(5 * HOUR);
    expect(heads()).toHaveLength(1);
    await daily.stop();
    expect(clock.pending).toBe(0);
  });

  it("reads in one line, with the head below it", async () => {
    await headOf().runOnce();
    await act(2);
    clock.jump(DAY);
    await headOf().runOnce();
    const [row] = said();
    if (!row) throw new Error("nothing was said");
    const message = renderNotice({ announcement: row, host: "web-1", globalLabels: {} }, catalogueFor("en"));
    expect(toPlain(message, { width: 200 }).split("\n").slice(0, 2)).toEqual([
      "🔵 info · web-1: the log of actions ends with row 2, 2 new",
      `┃ head ${String(head())}`,
    ]);
  });
});
