import { closeSync, openSync, statSync, writeSync } from "node:fs";
import path from "node:path";

import BetterSqlite3 from "better-sqlite3";
import { expect, test } from "vitest";

import { systemClock } from "../../../src/base/clock.js";
import { STORE_FILE } from "../../../src/store/file.js";
import { anAlert, openTestStore, temporaryDirectory } from "../../support/store.js";
import { until } from "../../support/until.js";

async function largeStore(dataDir: string): Promise<string> {
  const file = path.join(dataDir, STORE_FILE);
  const store = await openTestStore({ dataDir });
  await store.write("alert", ({ alerts }) => alerts.put(anAlert("a")));
  await store.write("fill", ({ meta }) => {
    for (let index = 0; index < 300; index += 1) meta.set(`fill-${index}`, "x".repeat(64 * 1024));
  });
  await store.close();
  expect(statSync(file).size).toBeGreaterThan(16 * 1024 * 1024);
  return file;
}

test("a file too large to be checked at once is open at once; damage found meanwhile sets it aside", async () => {
  using directory = temporaryDirectory();
  const file = await largeStore(directory.path);
  const db = new BetterSqlite3(file, { readonly: true });
  const root =
    db.prepare<[], { page: number }>("SELECT rootpage AS page FROM sqlite_schema WHERE name = 'panel'").get()?.page ??
    0;
  db.close();
  const descriptor = openSync(file, "r+");
  writeSync(descriptor, Buffer.alloc(4_096, 0xa5), 0, 4_096, (root - 1) * 4_096);
  closeSync(descriptor);

  const store = await openTestStore({ dataDir: directory.path, clock: systemClock });
  expect(store.status()).toEqual({ mode: "file" });
  await until("the check to find the damage", () => store.status().trouble === "corrupt");
  await store.upkeep();
  expect(store.status()).toMatchObject({ mode: "file", path: expect.stringContaining("corrupt-") });
  expect(store.read(({ alerts }) => alerts.all())).toEqual([anAlert("a")]);
  await store.close();
});
