import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { Simulator } from "../../../simulator/index.js";
import type { InteractionHandle } from "../../../simulator/control/client.js";
import { BotHome, onDuty } from "../../support/bot-process.js";

const WAIT = { timeoutMs: 60_000 };

let discord: Simulator;
let home: BotHome;
let web: Server;
let port: number;

beforeEach(async () => {
  discord = await Simulator.start();
  home = new BotHome(discord);
  web = createServer((_, response) => response.writeHead(200).end("{}"));
  await new Promise<void>((settle) => web.listen(0, "127.0.0.1", settle));
  ({ port } = web.address() as AddressInfo);
  // What it does leaves a line, so that it can be counted.
  const program = join(home.folder, "act.mjs");
  writeFileSync(program, `import{appendFileSync}from"node:fs";appendFileSync(process.argv[2],process.argv[3]+"\\n");`);
  const run = (name: string): string =>
    `{ name: ${name}, run: [${JSON.stringify(process.execPath)}, ${JSON.stringify(program)}, ${JSON.stringify(record())}, ${name}] }`;
  home.configure(
    [
      "actions: { perHour: 5, watch: 5s }",
      "targets:",
      `  - { name: web, kind: http, url: "http://127.0.0.1:${port}/", interval: 5s, actions: [ ${run("restart")}, ${run("stop")} ] }`,
      `  - { name: plain, kind: http, url: "http://127.0.0.1:${port}/", interval: 5s }`,
      "",
    ].join("\n"),
  );
});

afterEach(async () => {
  await home[Symbol.asyncDispose]();
  web.close();
  await discord.stop();
});

const record = (): string => join(home.folder, "acts.txt");
const acts = (): readonly string[] => (existsSync(record()) ? readFileSync(record(), "utf8").trim().split("\n") : []);
const said = (text: RegExp) => discord.control.waitForMessage(discord.opsChannelId, { text }, WAIT);
const member = (name: string) => discord.control.as(name);

async function onDutyWithCommands(): Promise<void> {
  await home.start().waitForLog(onDuty);
  await discord.control.waitFor("commands", async () => (await discord.control.commands()).length > 0, WAIT);
}

interface Asked {
  readonly messageId: string;
  readonly text: string;
  press(as: string, which: "confirm" | "cancel"): Promise<InteractionHandle>;
}

async function asked(action: string, options: Readonly<Record<string, string>> = {}): Promise<Asked> {
  const answer = await (await member("admin").command(action, { target: "web", ...options })).response(WAIT);
  const { message } = answer;
  if (!message) throw new Error(`no answer: ${answer.error}`);
  const [, id = ""] = new RegExp(`v1:${action}-confirm:(\\w+)`).exec(JSON.stringify(message.components)) ?? [];
  return {
    messageId: message.id,
    text: message.text,
    press: (as, which) => member(as).press(message.id, `v1:${action}-${which}:${id}`, { force: true }),
  };
}

describe("an action from Discord", () => {
  it("is planned for the asker, done once by the word, watched, and told to everybody", async () => {
    await onDutyWithCommands();
    const plan = await asked("restart", { reason: "memory keeps growing" });
    expect(plan.text).toMatch(/Restart `web` on/);
    expect(plan.text).toContain("memory keeps growing");

    const clicks = await Promise.all([plan.press("admin", "confirm"), plan.press("admin", "confirm")]);
    const answers = await Promise.all(clicks.map((click) => click.response(WAIT)));
    expect(answers.every(({ error }) => error === null)).toBe(true);
    const shown = await discord.control.waitFor(
      "the plan says what goes on",
      async () =>
        (await discord.control.messages(discord.opsChannelId, { as: "admin" })).find(
          ({ id, text }) => id === plan.messageId && /watching it for|Already under way/.test(text),
        ),
      WAIT,
    );
    expect(JSON.stringify(shown.components)).not.toContain("restart-confirm");

    // Beside the bot, while it watches.
    const beside = home.start(["restart", "web", "--yes"]);
    expect((await beside.exited).code).toBe(2);
    expect(beside.stderr.join("\n")).toMatch(/restart/);

    const result = await said(/🟢.*web.*restarted in .* by .*memory keeps growing/s);
    expect(result.ephemeralFor).toBeNull();
    expect(result.text).toContain("as Toban's own child process");
    expect(result.mentioned).toMatchObject({ users: [], roles: [], everyone: false });
    expect(acts()).toEqual(["restart"]);
  }, 180_000);

  it("is not for others, nor after no, nor when the right is gone", async () => {
    await onDutyWithCommands();
    const viewer = await (await member("viewer").command("stop", { target: "web" }, { force: true })).response(WAIT);
    expect(viewer.message?.text).toContain("You may not stop");
    expect((await (await member("admin").autocomplete("stop", "target", "")).response(WAIT)).choices).toEqual([
      { name: "web", value: "web" },
    ]);
    expect(
      (await (await member("viewer").autocomplete("stop", "target", "", {}, { force: true })).response(WAIT)).choices,
    ).toEqual([]);

    const unlisted = await (await member("admin").command("stop", { target: "plain" })).response(WAIT);
    expect(unlisted.message?.text).toContain("toban.yaml");

    const plan = await asked("stop");
    await (await plan.press("admin", "cancel")).response(WAIT);
    const late = await (await plan.press("admin", "confirm")).response(WAIT);
    expect(late.message?.text ?? late.error).toMatch(/cancelled/iu);
    expect(acts()).toEqual([]);
  }, 120_000);

  it("that stops a target hushes its alerts, and the command line does the same", async () => {
    await onDutyWithCommands();
    const plan = await asked("stop");
    await (await plan.press("admin", "confirm")).response(WAIT);
    // The program here does not really stop it: what is watched says so.
    await said(/🔴.*web.*but it is not well/s);

    const cli = home.start(["stop", "web", "--yes", "--json", "--reason", "by hand"]);
    expect((await cli.exited).code).toBe(3);
    expect(JSON.parse(cli.lines.map(({ msg }) => msg).join("\n"))).toMatchObject({
      state: "failed",
      reason: "by hand",
      told: true,
      verification: { verdict: "not_verified", faults: ["still_active"] },
    });
    await said(/by hand/);
    expect(acts()).toEqual(["stop", "stop"]);
  }, 120_000);
});
