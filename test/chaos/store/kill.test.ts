import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { expect, test } from "vitest";

import { STORE_FILE } from "../../../src/store/file.js";
import { acquireInstanceLock } from "../../../src/store/instance-lock.js";
import { openTestStore, seriesOf, temporaryDirectory } from "../../support/store.js";
import { until } from "../../support/until.js";

const WRITER = fileURLToPath(new URL("../../support/store-writer.ts", import.meta.url));
const SEED = 20_260_105;
const KILLS = 5;
const FREEZES = 20;

/** Mulberry32: the same moments in every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Starts the writer and kills it `afterMs` after its first acknowledgement; returns the last number that it acknowledged. */
async function writeUntilKilled(dataDir: string, from: number, afterMs: number): Promise<number> {
  const child = spawn(process.execPath, ["--import", "tsx", WRITER, dataDir, String(from)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let last = from - 1;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === "ready") continue;
    if (Number(line) === from) setTimeout(() => child.kill("SIGKILL"), afterMs);
    last = Number(line);
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  expect(child.signalCode).toBe("SIGKILL");
  return last;
}

/** Opens what a kill left behind: everything acknowledged is there, whole, and nothing beyond `written`, which is returned. */
async function checked(dataDir: string): Promise<number> {
  const store = await openTestStore({ dataDir });
  expect(store.status()).toEqual({ mode: "file" });
  const written = store.read(({ alerts }) => alerts.all()[0]?.value ?? 0);
  store.read(({ incidents, outbox, samples }) => {
    expect(incidents.open().map(({ number }) => number)).toEqual(
      Array.from({ length: written }, (_, index) => index + 1),
    );
    for (let number = 1; number <= written; number += 1) expect(outbox.get(`post-${number}`)).toBeDefined();
    expect(outbox.get(`post-${written + 1}`)).toBeUndefined();
    if (written === 0) return;
    expect(samples.newest(seriesOf("host", "cpu"), 1)[0]?.value).toBe(written);
    expect(samples.newest(seriesOf("host", "memory"), 1)[0]?.value).toBe(-written);
    const hours = samples.range(seriesOf("host", "cpu"), 0, Number.MAX_SAFE_INTEGER, "1h");
    expect([hours[0]?.min, hours.at(-1)?.max]).toEqual([1, written]);
  });
  await store.close();
  return written;
}

test(`killed with -9 ${KILLS} times and started again (seed ${SEED}): what was acknowledged is there, whole`, async () => {
  using directory = temporaryDirectory();
  const dataDir = path.join(directory.path, "data");
  const draw = random(SEED);
  let next = 1;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const acknowledged = await writeUntilKilled(dataDir, next, draw() * 60);
    const written = await checked(dataDir);
    // The one that was being acknowledged when the kill came may be there, whole; no more than that.
    expect(written - acknowledged).toBeOneOf([0, 1]);
    next = written + 1;
  }
}, 60_000);

test(`frozen at ${FREEZES} moments (seed ${SEED}): the files, as a kill would leave them there, hold what was acknowledged`, async () => {
  using directory = temporaryDirectory();
  const dataDir = path.join(directory.path, "data");
  const draw = random(SEED + 1);
  const child = spawn(process.execPath, ["--import", "tsx", WRITER, dataDir, "1"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    let acknowledged = 0;
    const lines = createInterface({ input: child.stdout });
    lines.on("line", (line) => {
      acknowledged = line === "ready" ? 0 : Number(line);
    });
    await once(lines, "line");
    for (let freeze = 0; freeze < FREEZES; freeze += 1) {
      const aim = draw() * 20;
      await new Promise((resolve) => setTimeout(resolve, aim));
      child.kill("SIGSTOP");
      await until("the writer stands still", () => readFileSync(`/proc/${child.pid}/stat`, "utf8").includes(") T "));
      const image = path.join(directory.path, `image-${freeze}`);
      mkdirSync(image);
      for (const suffix of ["", "-wal"]) {
        copyFileSync(path.join(dataDir, STORE_FILE + suffix), path.join(image, STORE_FILE + suffix));
      }
      const said = acknowledged;
      child.kill("SIGCONT");
      expect(await checked(image)).toBeGreaterThanOrEqual(said);
    }
    expect(acknowledged).toBeGreaterThan(FREEZES);
  } finally {
    child.kill("SIGKILL");
  }
}, 60_000);

test("a lock is gone with the process that held it, however it ended", async () => {
  using directory = temporaryDirectory();
  const lock = fileURLToPath(new URL("../../../src/store/instance-lock.ts", import.meta.url));
  const script = `
    const { acquireInstanceLock } = await import(${JSON.stringify(lock)});
    const held = acquireInstanceLock(${JSON.stringify(directory.path)}, { pid: process.pid, since: 7 });
    process.stdout.write(held.status);
    process.stdin.resume();`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [said] = (await once(child.stdout, "data")) as [Buffer];
  expect(said.toString()).toBe("held");
  expect(acquireInstanceLock(directory.path, { pid: 1, since: 1 })).toEqual({
    status: "taken",
    pid: child.pid,
    since: 7,
  });
  child.kill("SIGKILL");
  await once(child, "exit");
  const mine = acquireInstanceLock(directory.path, { pid: 1, since: 1 });
  expect(mine.status).toBe("held");
  if (mine.status === "held") mine.release();
});
