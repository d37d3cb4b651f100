import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

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
    expect(output).toContain("there is no “everything” to break");
    expect(code).toBe(1);
  }, 90_000);

  it("says what is wrong with what was typed, and goes on", async () => {
    const bad = ["as nobody", "break", "burn disk", "kill web", "outage soon", "/nothing", "/ping loud", "fnord"];
    const { output, code } = await typed([...bad, "as viewer", "quit"]);
    for (const answer of [
      "there is nobody called “nobody”",
      "break what? there are web and queue",
      "there is no “disk” to burn",
      "there is no “web” to kill",
      "“soon” is no number of seconds",
      "the bot has no command /nothing",
      "“loud” is no option of /ping",
      "“fnord” is not understood",
      "you are viewer",
    ])
      expect(output).toContain(answer);
    expect(code).toBe(0);
  }, 90_000);

  it("leaves nothing behind when it is told to end", async () => {
    const { output, code } = await typed(["log"], "SIGTERM");
    expect(code).toBe(143);
    const [log = ""] = /\/\S*toban\.log/.exec(output) ?? [];
    expect(log).not.toBe("");
    expect(existsSync(dirname(log))).toBe(false);
    const [service = ""] = /http:\S+(?=\))/.exec(output) ?? [];
    await expect(fetch(service)).rejects.toThrow("fetch failed");
  }, 90_000);
});

/** The demo as a person has it: lines typed once it is ready; then it ends by itself, or by a signal when the last line is answered. */
function typed(
  lines: readonly string[],
  signal?: NodeJS.Signals,
): Promise<{ readonly code: number | null; readonly output: string }> {
  const child = spawn(process.execPath, ["dist/demo/main.js"], { cwd: ROOT, stdio: "pipe" });
  let output = "";
  let typedAll = false;
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString("utf8");
    if (!typedAll && output.includes("Watching this host")) {
      typedAll = true;
      child.stdin.write(`${lines.join("\n")}\n`);
    }
    if (signal && output.includes("toban.log\n")) child.kill(signal);
  });
  return new Promise((settle) => child.once("close", (code) => settle({ code, output })));
}
