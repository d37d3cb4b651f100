import { describe, expect, test } from "vitest";

import { createNotices, watchStore } from "../../../src/app/notices.js";
import type { Notices } from "../../../src/app/notices.js";
import { catalogueFor } from "../../../src/locale/index.js";
import { renderAnnouncement } from "../../../src/message/announcement.js";
import type { Message } from "../../../src/model/message.js";
import type { Store, StoreStatus } from "../../../src/store/contract.js";
import { FakeClock } from "../../support/fake-clock.js";
import { openTestStore, storeLog } from "../../support/store.js";

class Saying implements Notices {
  readonly said: unknown[] = [];
  say(...notice: Parameters<Notices["say"]>): void {
    this.said.push(notice);
  }
  answer(): Promise<void> {
    return Promise.resolve();
  }
}

/** The part of a store that says where it works. */
function statusOf(first: StoreStatus) {
  let status = first;
  const listeners = new Set<(status: StoreStatus) => void>();
  return {
    status: () => status,
    onStatus: (listener: (status: StoreStatus) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    become(next: StoreStatus) {
      status = next;
      for (const listener of listeners) listener(next);
    },
  } satisfies Pick<Store, "status" | "onStatus"> & { become: (next: StoreStatus) => void };
}

describe("what is said of the store", () => {
  test("a file that was set aside before anybody watched is told once", () => {
    const store = statusOf({ mode: "file", path: "/data/toban.db.corrupt-1" });
    const notices = new Saying();
    watchStore(store, new FakeClock(), notices);
    store.become({ mode: "file", path: "/data/toban.db.corrupt-1" });
    expect(notices.said).toEqual([["store_replaced", "critical", { path: "/data/toban.db.corrupt-1" }]]);
  });

  test("a damaged file that is replaced within moments is one notice; one that is not is told", async () => {
    const clock = new FakeClock();
    const store = statusOf({ mode: "file" });
    const notices = new Saying();
    watchStore(store, clock, notices);
    store.become({ mode: "memory", trouble: "corrupt", since: clock.now() });
    await clock.advance(2_000);
    store.become({ mode: "file", path: "/data/toban.db.corrupt-1" });
    await clock.advance(60_000);
    expect(notices.said).toEqual([["store_replaced", "critical", { path: "/data/toban.db.corrupt-1" }]]);
    store.become({ mode: "memory", trouble: "corrupt", since: clock.now(), path: "/data/toban.db.corrupt-2" });
    await clock.advance(60_000);
    expect(notices.said[1]).toEqual([
      "store_trouble",
      "critical",
      { trouble: "corrupt", path: "/data/toban.db.corrupt-2" },
    ]);
  });

  test("trouble is told when it begins, and when it is over with how long it lasted", async () => {
    const clock = new FakeClock();
    const store = statusOf({ mode: "file" });
    const notices = new Saying();
    watchStore(store, clock, notices);
    store.become({ mode: "memory", trouble: "full", since: clock.now() });
    store.become({ mode: "memory", trouble: "io", since: clock.now() });
    await clock.advance(90_000);
    store.become({ mode: "file" });
    expect(notices.said).toEqual([
      ["store_trouble", "critical", { trouble: "full" }],
      ["store_back", "info", { seconds: 90 }],
    ]);
  });
});

test("an answer that missed its place waits in the outbox, with its files, and is posted as it was", async () => {
  const store = await openTestStore();
  let woken = 0;
  const clock = new FakeClock();
  const notices = createNotices({
    store,
    clock,
    log: storeLog,
    opsChannel: () => "1",
    onCommitted: () => {
      woken += 1;
    },
  });
  const late: Message = {
    tone: "well",
    summary: ["all is well"],
    mentions: [],
    lines: [[{ code: "web" }]],
    actions: [],
    files: [
      { name: "a.txt", content: "text" },
      { name: "b.png", content: new Uint8Array([0, 255, 7]) },
    ],
  };
  await notices.answer("42", late);
  const [row] = store.read((tables) => tables.outbox.due(clock.now(), 10));
  expect(row).toMatchObject({ channel: "42", kind: "answer", severity: "info", state: "pending" });
  expect(woken).toBe(1);
  if (!row) throw new Error("no row");
  const view = { announcement: row, entries: [], host: "alpha", globalLabels: {}, now: clock.now() };
  expect(renderAnnouncement(view, catalogueFor("en"))).toEqual(late);
  await store.close();
});
