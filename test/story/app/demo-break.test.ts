import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { needs } from "../../support/engine/needs.js";

const ROOT = resolve(import.meta.dirname, "../../..");
const LONG_MS = 300_000;

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "toban-demo-test-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Types the lines, each `wait` bounded by its own seconds; the first that cannot be done ends the demo with 1. */
async function typed(name: string, lines: readonly string[]): Promise<string> {
  const file = join(folder, `${name}.txt`);
  writeFileSync(file, [...lines, "quit"].join("\n"));
  const child = spawn(process.execPath, ["dist/demo/main.js", "--script", file], { cwd: ROOT, stdio: "pipe" });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString("utf8");
    });
  }
  const tooLong = setTimeout(() => child.kill("SIGABRT"), LONG_MS - 20_000);
  const code = await new Promise((settle) => child.once("close", settle));
  clearTimeout(tooLong);
  expect({ code, output }).toMatchObject({ code: 0 });
  return output;
}

describe("what can be broken in the demo", () => {
  describe("what belongs to the machine", () => {
    needs("root", "mount");

    it.concurrent(
      "a small disk, the memory and a log, for real",
      async () => {
        const output = await typed("things", [
          "log",
          "fill disk",
          "wait /disk 97 % (limit 90 %) 60",
          "empty disk",
          "wait % · was 97 % 60",
          "leak memory",
          "wait memory 60",
          "free memory",
          "errors web",
          "mend web",
        ]);
        expect(output).toContain("web wrote 60 errors to");
        expect(output).toContain("web runs already");
        const [log = ""] = /\/\S*toban\.log/.exec(output) ?? [];
        // The disk is taken away again: its mount point could not be removed otherwise.
        expect(existsSync(dirname(log))).toBe(false);
      },
      LONG_MS,
    );
  });

  it.concurrent(
    "its database, by a lock and by damage, while alerts go on",
    async () => {
      const output = await typed("database", [
        "lock store 10",
        "break web",
        "wait another process holds its file 60",
        "wait web refused 60",
        "wait writable again 90",
        "corrupt store",
        "wait store was damaged 90",
        "break queue",
        "wait queue refused 60",
      ]);
      expect(output).toMatch(/\d+ pages of the database are overwritten/);
    },
    LONG_MS,
  );

  it.concurrent(
    "Discord's answers, the gateway and the bot itself, and what is broken meanwhile is told once",
    async () => {
      const output = await typed("discord", [
        "limit 3",
        "break web",
        "wait web refused 60",
        "drop",
        "kill bot",
        "outage 5",
        "break queue",
        "wait queue refused 90",
        "burn cpu 1",
        "cool cpu",
        "stop bot",
        "start bot",
      ]);
      expect(output.match(/new {5}🔴 demo: web refused/g)).toHaveLength(1);
      expect(output.match(/new {5}🔴 demo: queue refused/g)).toHaveLength(1);
    },
    LONG_MS,
  );
});
