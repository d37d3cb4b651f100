import { spawn } from "node:child_process";
import { chmodSync } from "node:fs";
import path from "node:path";

import BetterSqlite3 from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { Simulator } from "../../../simulator/index.js";
import { BotHome, onDuty } from "../../support/bot-process.js";

const WAIT = { timeoutMs: 30_000 };
const MAIN = path.resolve(import.meta.dirname, "../../../dist/src/main.js");

let discord: Simulator;
let home: BotHome;
beforeEach(async () => {
  discord = await Simulator.start();
  home = new BotHome(discord);
  chmodSync(home.folder, 0o750);
});
afterEach(async () => {
  await home[Symbol.asyncDispose]();
  await discord.stop();
});

/** One call of the command line, to its end. */
async function toban(...args: readonly string[]) {
  const call = home.start(args);
  const { code } = await call.exited;
  return { code, out: call.lines.map((line) => line.msg).join("\n"), err: call.stderr.join("\n") };
}

describe("the command line beside a running bot", () => {
  it("shows the log of actions, checks it, and tells when it was changed", async () => {
    home.configure(`permissions: [ { role: "999999999999999999", may: [view] } ]\n`);
    const bot = home.start();
    await bot.waitForLog(onDuty);
    await discord.control.waitFor("commands", async () => (await discord.control.commands()).length > 0, WAIT);
    const refused = await (await discord.control.as("viewer").command("audit")).response(WAIT);
    expect(refused.message?.text).toMatch(/may not/);
    const shown = await toban("audit");
    expect(shown).toMatchObject({ code: 0, err: "" });
    expect(shown.out).toMatch(/🔕 .* admin · refused · @/);
    expect((await toban("audit", "--verb", "restart")).out).toContain("no action in the log");
    const whole = await toban("audit", "verify", "--json");
    expect(whole.code).toBe(0);
    await bot.stop();
    const db = new BetterSqlite3(path.join(home.folder, "data", "toban.db"));
    db.exec("UPDATE audit SET detail = 'not so'");
    db.close();
    const changed = await toban("audit", "verify");
    expect(changed).toMatchObject({ code: 3, out: "", err: expect.stringContaining("row 1 (action") });
  }, 90_000);

  it("explains a right in Discord, with what Discord says of somebody else", async () => {
    const bot = home.start();
    await bot.waitForLog(onDuty);
    await discord.control.waitFor("commands", async () => (await discord.control.commands()).length > 0, WAIT);
    const own = await (
      await discord.control.as("viewer").command("permissions check", { verb: "restart" })
    ).response(WAIT);
    expect(own.message?.text).toMatch(/you may not .*restart/);
    expect(own.ephemeral).toBe(true);
    const operator = discord.identity.people["operator"] ?? "";
    const options = { user: operator, verb: "view-summary" };
    const other = await (await discord.control.as("admin").command("permissions check", options)).response(WAIT);
    expect(other.message?.text).toMatch(/may .*view-summary/);
    const nosy = await (await discord.control.as("viewer").command("permissions check", options)).response(WAIT);
    expect(nosy.message?.text).toMatch(/You may not/);
  }, 90_000);

  it("registers by difference, and says so", async () => {
    const first = await toban("register");
    expect(first).toMatchObject({ code: 0, err: "" });
    expect(first.out).toMatch(/\+ health: /);
    expect((await toban("register")).out).toContain("nothing was changed");
    await discord.control.revokeToken();
    expect(await toban("register")).toMatchObject({ code: 4, out: "" });
  }, 60_000);

  it("looks at the set-up, and ends with what it found", async () => {
    const before = await toban("doctor");
    expect(before.code).toBe(1);
    expect(before.out).toMatch(/data-directory: .* does not exist\n *do: make it/);
    await discord.control.revokeToken();
    const refused = await toban("doctor", "--json");
    expect(refused.code).toBe(4);
    expect(JSON.parse(refused.out)).toMatchObject({
      findings: expect.arrayContaining([expect.objectContaining({ check: "token", state: "failed", refused: true })]),
    });
  }, 60_000);

  it("does not mind a reader that has seen enough", async () => {
    const child = spawn("bash", ["-c", `"${process.execPath}" "${MAIN}" help | head -n 1; echo "\${PIPESTATUS[0]}"`], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => void chunks.push(chunk));
    await new Promise((settle) => child.once("close", settle));
    expect(Buffer.concat(chunks).toString("utf8").split("\n").slice(0, 2)).toEqual(["Usage: toban <command>", "0"]);
  }, 30_000);
});
