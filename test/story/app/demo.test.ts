import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "../../..");

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "toban-demo-test-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function demo(script: string): Promise<{ readonly code: number | null; readonly output: string }> {
  const file = join(folder, "script.txt");
  writeFileSync(file, script);
  const child = spawn(process.execPath, ["dist/demo/main.js", "--script", file], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString("utf8");
  });
  child.stderr.on("data", (chunk: Buffer) => {
    output += chunk.toString("utf8");
  });
  return new Promise((settle) => child.once("close", (code) => settle({ code, output })));
}

describe("the demo", () => {
  it("shows an alert when a service breaks and turns it green when it is mended", async () => {
    const { code, output } = await demo(
      [
        "/ping",
        "break web",
        "wait 🔴 demo: web 60",
        "as viewer",
        "/health",
        "as admin",
        "/health web",
        "mend web",
        "wait 🟢 demo: web 60",
        "quit",
      ].join("\n"),
    );
    expect(output).toMatch(/new {5}🔴 demo: web refused the connection/);
    expect(output).toMatch(/edited {2}🟢 demo: web/);
    expect(code).toBe(0);
  }, 180_000);

  it("says in which line a script cannot be done, and ends with 1", async () => {
    const { code, output } = await demo("break everything\n");
    expect(output).toContain("there is no service “everything”");
    expect(code).toBe(1);
  }, 90_000);
});
