import { expect, it } from "vitest";

import { lastAliveAt } from "../../../src/app/housekeeping.js";
import { NOON } from "../../support/alerts.js";
import { aRun, aTarget } from "../../support/runs.js";
import { openTestStore } from "../../support/store.js";

it("the last process lived at least until its newest run, however old its last note is", async () => {
  const store = await openTestStore();
  expect(lastAliveAt(store)).toBeUndefined();
  await store.write("test", (tables) => tables.meta.set("alive_at", NOON - 12_000));
  expect(lastAliveAt(store)).toBe(NOON - 12_000);
  const web = aTarget("web", "http");
  await store.write("test", (tables) => tables.runs.put(aRun(web, {}, undefined, { at: NOON - 20_000 })));
  expect(lastAliveAt(store)).toBe(NOON - 12_000);
  await store.write("test", (tables) => tables.runs.put(aRun(web, {}, undefined, { at: NOON - 4_000 })));
  expect(lastAliveAt(store)).toBe(NOON - 4_000);
  await store.close();
});
