import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { createLogReading } from "../../../src/action/log/reading.js";
import { systemClock } from "../../../src/base/clock.js";
import type { LogOutcome, LogQuery } from "../../../src/model/log.js";
import { needs } from "../../support/engine/needs.js";
import { pageOf, rawOf } from "../../support/log/files.js";
import { SystemdEngine } from "../../support/systemd/engine.js";
import { until } from "../../support/until.js";

needs("root", "systemd", "dbus");

const KEY = ["-----BEGIN PRIVATE KEY-----", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj", "-----END PRIVATE KEY-----"];

/** Says what a program in trouble says: many lines, words for levels, bytes that are no text, a secret over several lines. */
const SCRIPT = [
  "i=1; while [ $i -le 30 ]; do echo line $i; i=$((i+1)); done",
  "echo 'ERROR upstream refused'",
  "printf '\\\\tat upstream.Pool\\\\n'",
  "echo 'Caused by: a reset'",
  `printf '%%s\\\\n' ${KEY.map((line) => `'${line}'`).join(" ")}`,
  "printf 'bad \\\\377\\\\376 bytes\\\\n'",
  "printf '<3>marked as an error\\\\n'",
  "echo 'password=hunter2-correct-horse'",
  "echo 'the end'",
].join("; ");

const UNITS = {
  "talking.service": `[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/sh -c "${SCRIPT}"\n`,
  "silent.service": "[Service]\nExecStart=/bin/sleep 1000\n",
};

let engine: SystemdEngine;

beforeAll(async () => {
  engine = await SystemdEngine.start(UNITS);
  await engine.systemctl("start", "talking");
  await until("the last line in the journal", async () => rawOf(await pageOf(read({ lines: 5 }))).includes("the end"));
});
afterAll(() => engine.stop());

function read(
  query: Partial<LogQuery> = {},
  unit = "talking.service",
  directory = engine.journalDirectory,
): Promise<LogOutcome> {
  const reading = createLogReading({ clock: systemClock, timezone: () => "UTC", journalDirectory: directory });
  const source = { name: "talking", target: "talking", from: { kind: "journal", unit } } as const;
  return reading.read(source, { lines: 20, ...query }, new AbortController().signal);
}

describe("a unit's journal", () => {
  test("the last lines, with their times, oldest first", async () => {
    const page = await pageOf(read({ lines: 8 }));
    const times = page.lines.map((line) => line.at ?? Number.NaN);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(rawOf(page)).toContain("the end");
    expect(page.older).toBeDefined();
  });

  test("pages backwards by cursor are what journalctl prints, and forwards they come back", async () => {
    const printed = await engine.exec("journalctl", "--unit=talking.service", "-o", "cat", "--no-pager");
    const lines: string[][] = [];
    let page = await pageOf(read({ lines: 7 }));
    for (;;) {
      lines.unshift([...rawOf(page)]);
      if (page.older === undefined) break;
      page = await pageOf(read({ lines: 7, from: { place: page.older, towards: "older" } }));
    }
    const all = lines.flat();
    const shown = printed.stdout.trimEnd().split("\n");
    expect(all.length).toBe(shown.length);
    expect(all.filter((line) => line.startsWith("line "))).toEqual(shown.filter((line) => line.startsWith("line ")));
    if (page.newer === undefined) throw new Error("no way back");
    const onwards = await pageOf(read({ lines: 7, from: { place: page.newer, towards: "newer" } }));
    expect(rawOf(onwards)).toEqual(all.slice(page.lines.length, page.lines.length + 7));
  });

  test("errors: by journald's priority and by the word a program writes, with the lines that belong to them", async () => {
    const page = await pageOf(read({ level: "error" }));
    expect(rawOf(page)).toEqual([
      "ERROR upstream refused",
      "\tat upstream.Pool",
      "Caused by: a reset",
      "marked as an error",
    ]);
    expect(page.lines.every((line) => line.level === "error")).toBe(true);
  });

  test("a text is found however it is written, and one that only a secret holds is not", async () => {
    expect(rawOf(await pageOf(read({ contains: "UPSTREAM Refused" })))).toEqual(["ERROR upstream refused"]);
    expect(rawOf(await pageOf(read({ contains: "line 3" })))).toEqual(["line 3", "line 30"]);
    expect(rawOf(await pageOf(read({ contains: "hunter2" })))).toEqual([]);
  });

  test("secrets are masked, also one over several entries, and counted", async () => {
    const page = await pageOf(read({ lines: 50 }));
    const text = rawOf(page).join("\n");
    expect(text).not.toContain("hunter2");
    expect(text).not.toContain(KEY[1]);
    expect(text).toContain(KEY[0]);
    expect(page.secrets).toBe(2);
  });

  test("bytes that are no text do not hide the rest of the line", async () => {
    expect(rawOf(await pageOf(read({ contains: "bytes" })))).toEqual(["bad \u{FFFD}\u{FFFD} bytes"]);
  });

  test("since and until keep to their span", async () => {
    const all = await pageOf(read({ lines: 100 }));
    const times = all.lines.flatMap((line) => line.at ?? []);
    const [first = 0, last = 0] = [times[0], times.at(-1)];
    expect((await pageOf(read({ lines: 100, since: last + 1 }))).lines).toEqual([]);
    expect((await pageOf(read({ lines: 100, until: first - 1 }))).lines).toEqual([]);
    expect((await pageOf(read({ lines: 100, since: first, until: last }))).lines.length).toBe(all.lines.length);
  });

  test("a unit that said nothing has an empty page", async () => {
    const page = await pageOf(read({}, "silent.service"));
    expect(page.lines).toEqual([]);
    expect(page.older).toBeUndefined();
  });

  test.each(["--version", "-H host", "*", "nosuch.service"])(
    "a name like %s is a name and nothing else",
    async (unit) => {
      const outcome = await read({}, unit);
      const said = outcome.status === "ok" ? rawOf(outcome.page).join("\n") : outcome.failure;
      expect(said).toMatch(/^(?:io)?$/);
    },
  );

  test("no journal is said", async () => {
    const empty = mkdtempSync(join(tmpdir(), "toban-journal-"));
    try {
      const outcome = await read({}, "talking.service", join(empty, "absent"));
      expect(outcome).toMatchObject({ status: "failed", failure: "no_journal" });
      chmodSync(empty, 0o755);
    } finally {
      rmSync(empty, { recursive: true });
    }
  });
});
