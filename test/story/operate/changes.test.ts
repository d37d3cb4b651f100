import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { Simulator } from "../../../simulator/index.js";
import { BotHome, onDuty } from "../../support/bot-process.js";
import type { BotProcess } from "../../support/bot-process.js";
import { needs } from "../../support/engine/needs.js";
import { smallDisk } from "../../support/store.js";
import { until } from "../../support/until.js";

const WAIT = { timeoutMs: 60_000 };
const MAY = "may: [view-summary, view, restart, stop]";

let discord: Simulator;
let home: BotHome;
let bot: BotProcess;
let web: Server;

/** A program that says when it has begun, and takes its time. */
const PROGRAM = `import{appendFileSync}from"node:fs";appendFileSync(process.argv[2],"begun\\n");setTimeout(()=>{},Number(process.argv[3]));`;
const record = (): string => join(home.folder, "acts.txt");
const acts = (): number => (existsSync(record()) ? readFileSync(record(), "utf8").trim().split("\n").length : 0);

function configuration(
  options: { readonly ms?: number; readonly actions?: boolean; readonly may?: string } = {},
): string {
  const { ms = 0, actions = true, may = MAY } = options;
  const { port } = web.address() as AddressInfo;
  const run = JSON.stringify([process.execPath, join(home.folder, "act.mjs"), record(), String(ms)]);
  const listed = actions ? `, actions: [ { name: restart, run: ${run} } ]` : "";
  return [
    "actions: { perHour: 5, watch: 5s }",
    "targets:",
    `  - { name: web, kind: http, url: "http://127.0.0.1:${port}/", interval: 5s${listed} }`,
    `permissions: [ { user: "${userId}", ${may} } ]`,
    "",
  ].join("\n");
}

let userId: string;

beforeEach(async () => {
  discord = await Simulator.start();
  home = new BotHome(discord);
  userId = await discord.control.addMember("night-shift");
  web = createServer((_, response) => response.writeHead(200).end("{}"));
  await new Promise<void>((settle) => web.listen(0, "127.0.0.1", settle));
  writeFileSync(join(home.folder, "act.mjs"), PROGRAM);
});

afterEach(async () => {
  await home[Symbol.asyncDispose]();
  web.close();
  await discord.stop();
});

const person = () => discord.control.as("night-shift");
const said = async (text: RegExp): Promise<string> =>
  (await discord.control.waitForMessage(discord.opsChannelId, { text }, WAIT)).text;

async function onDutyWith(yaml: string): Promise<void> {
  home.configure(yaml);
  bot = home.start();
  await bot.waitForLog(onDuty);
  const commands = async (): Promise<boolean> => (await discord.control.commands()).length > 0;
  await until("the commands are there", commands, WAIT.timeoutMs);
}

async function reloaded(yaml: string): Promise<void> {
  home.configure(yaml);
  const from = bot.lines.length;
  bot.signal("SIGHUP");
  await bot.waitForLog(({ msg }) => msg === "the configuration was read again", from);
}

interface Planned {
  readonly text: string;
  /** Gives the word; resolves with what is said of it. */
  readonly confirm: () => Promise<string>;
}

async function planned(options: Readonly<Record<string, string>> = {}): Promise<Planned> {
  const { message, error } = await (await person().command("restart", { target: "web", ...options })).response(WAIT);
  const [button] = /v1:restart-confirm:\w+/.exec(JSON.stringify(message?.components)) ?? [];
  if (!message || button === undefined) throw new Error(`no plan: ${message?.text ?? error ?? ""}`);
  const confirm = async (): Promise<string> => {
    const answer = await (await person().press(message.id, button, { force: true })).response(WAIT);
    // A refusal is an answer of its own; anything else takes the place of the plan.
    if (answer.message && answer.message.id !== message.id) return answer.message.text;
    const shown = async () =>
      (await discord.control.messages(discord.opsChannelId, { as: "night-shift" })).find(({ id }) => id === message.id);
    await until("the plan gives way", async () => !/only you can confirm/.test((await shown())?.text ?? ""), 60_000);
    return (await shown())?.text ?? "";
  };
  return { text: message.text, confirm };
}

describe("between the plan and the word", () => {
  it("what is no longer permitted, listed or the same is not done, and a person is told why", async () => {
    await onDutyWith(configuration());
    const [forbidden, other, unlisted] = [await planned(), await planned(), await planned()];
    await reloaded(configuration({ may: "may: [view-summary, view, stop]" }));
    expect(await forbidden.confirm()).toContain("You may not restart");
    await reloaded(configuration({ ms: 1 }));
    expect(await other.confirm()).toContain("expired");
    await reloaded(configuration({ actions: false }));
    expect(await unlisted.confirm()).toContain("toban.yaml");
    expect(acts()).toBe(0);
    expect((await home.start(["audit", "--verb", "restart"]).exited).code).toBe(0);
  }, 120_000);
});

describe("whoever gives the word at once", () => {
  it("of two plans in Discord and one in a terminal one is carried out, and the others hear of it", async () => {
    await onDutyWith(configuration({ ms: 3_000 }));
    const [first, second] = [await planned(), await planned()];
    const terminal = home.start(["restart", "web", "--yes"]);
    const told = await Promise.all([first.confirm(), second.confirm(), first.confirm(), terminal.exited]);
    for (const text of told.slice(0, 3)) expect(text).toMatch(/Restarting|watching|is just doing|Already/);
    await said(/🟢.*web.* restarted in/);
    expect(acts()).toBe(1);
    expect((await home.start(["audit", "verify"]).exited).code).toBe(0);
  }, 120_000);
});

/** Takes whatever room is left. */
function fill(folder: string): void {
  for (const bytes of [65_536, 4_096, 1]) {
    try {
      for (;;) appendFileSync(join(folder, "ballast"), Buffer.alloc(bytes));
    } catch {
      // Full for pieces of this size.
    }
  }
}

describe("with a disk that is full", () => {
  it("nothing is planned or done, and a person is told why", async () => {
    needs("root", "mount");
    using disk = smallDisk(16 * 1_024);
    home.env["TOBAN_DATA_DIR"] = join(disk.path, "data");
    await onDutyWith(configuration());
    const plan = await planned();
    fill(disk.path);
    const asked = async (): Promise<string> =>
      (await (await person().command("restart", { target: "web" })).response(WAIT)).message?.text ?? "";
    // The file may have some room of its own left.
    await until("it is refused", async () => (await asked()).includes("cannot write its database"), WAIT.timeoutMs);
    expect(await plan.confirm()).toContain("nothing was done");
    expect(acts()).toBe(0);
  }, 120_000);
});

describe("a reason", () => {
  it("is shown disarmed, masked and cut, to the asker and to everybody", async () => {
    await onDutyWith(configuration());
    const reason = `@everyone <@&1> **x** \u202e password=hunter2hunter2 ${"y".repeat(400)}`;
    const plan = await planned({ reason });
    await plan.confirm();
    const result = await discord.control.waitForMessage(discord.opsChannelId, { text: /🟢.*web.* restarted in/ }, WAIT);
    expect(result.mentioned).toMatchObject({ users: [], roles: [], everyone: false });
    for (const text of [plan.text, result.text]) {
      expect(text).not.toContain("hunter2hunter2");
      expect(text).toMatch(/secrets? masked/);
      expect(text).not.toContain("\u202e");
      expect(text).not.toContain("y".repeat(201));
    }
    const long = await (
      await person().command("restart", { target: "web", reason: "z".repeat(4_000) }, { force: true })
    ).response(WAIT);
    expect(long.message?.text ?? long.error).toMatch(/reason/);
    expect(acts()).toBe(1);
  }, 120_000);
});

describe("killed while it acts", () => {
  it("says after the next start that nobody saw the end; nothing is done twice, and the log of actions is whole", async () => {
    await onDutyWith(configuration({ ms: 20_000 }));
    const plan = await planned();
    // Nobody answers it any more.
    plan.confirm().catch(() => undefined);
    await until("it acts", () => acts() === 1, WAIT.timeoutMs);
    bot.signal("SIGKILL");
    await bot.exited;
    bot = home.start();
    await said(/nobody saw how its restart ended/);
    expect(acts()).toBe(1);
    const verify = home.start(["audit", "verify"]);
    expect((await verify.exited).code).toBe(0);
    expect(verify.lines.map(({ msg }) => msg).join("\n")).toContain("is whole");
  }, 120_000);
});
