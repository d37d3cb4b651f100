import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { Simulator } from "../../../simulator/index.js";
import { BotHome, onDuty } from "../../support/bot-process.js";

const WAIT = { timeoutMs: 30_000 };

let discord: Simulator;
let home: BotHome;
beforeEach(async () => {
  discord = await Simulator.start();
  home = new BotHome(discord);
});
afterEach(async () => {
  await home[Symbol.asyncDispose]();
  await discord.stop();
});

/** A web service that can be made to answer 503. */
async function webService(): Promise<{ readonly url: string; status: number; readonly server: Server }> {
  const service = {
    url: "",
    status: 200,
    server: createServer((_, response) => response.writeHead(service.status).end("{}")),
  };
  await new Promise<void>((settle) => service.server.listen(0, "127.0.0.1", settle));
  service.url = `http://127.0.0.1:${(service.server.address() as AddressInfo).port}/`;
  return service;
}

describe("the process", () => {
  it("answers a command, and ends well on SIGTERM", async () => {
    const bot = home.start();
    await bot.waitForLog(onDuty);
    await discord.control.waitFor("commands", async () => (await discord.control.commands()).length > 0, WAIT);
    const answer = await (await discord.control.as("viewer").command("ping")).response(WAIT);
    expect(answer.error).toBeNull();
    expect(answer.message?.text).toMatch(/API .*database/s);
    expect(await bot.stop()).toEqual({ code: 0, signal: null });
  }, 60_000);

  it("tells a failure, edits the same message when it is over, and a reload takes the target off", async () => {
    const web = await webService();
    try {
      home.configure(`targets:\n  - { name: web, kind: http, url: "${web.url}", interval: 5s }\n`);
      const bot = home.start();
      await bot.waitForLog(onDuty);
      web.status = 503;
      const alert = await discord.control.waitForMessage(discord.opsChannelId, { text: /🔴.*web/ }, WAIT);
      web.status = 200;
      const fixed = await discord.control.waitForMessage(discord.opsChannelId, { text: /🟢.*web/ }, WAIT);
      expect(fixed.id).toBe(alert.id);
      web.status = 503;
      await discord.control.waitForMessage(
        discord.opsChannelId,
        (message) => message.id === alert.id && message.text.includes("🔴") && message.editedAt !== null,
        WAIT,
      );
      home.configure("targets: []\n");
      bot.signal("SIGHUP");
      const gone = await discord.control.waitForMessage(discord.opsChannelId, { text: /⚪.*web/ }, WAIT);
      expect(gone.id).toBe(alert.id);
      expect(gone.text).toMatch(/no longer watched/);
    } finally {
      web.server.close();
    }
  }, 120_000);

  it("keeps its last good configuration when the new one is wrong, and says so in the channel", async () => {
    home.configure("host: first\n");
    const bot = home.start();
    await bot.waitForLog(onDuty);
    home.configure("host: second\nlables: {}\n");
    bot.signal("SIGHUP");
    const refused = await bot.waitForLog((line) => line.room === "config" && line.level === "error");
    expect(JSON.stringify(refused)).toContain("lables");
    const said = await discord.control.waitForMessage(discord.opsChannelId, { text: /configuration refused/ }, WAIT);
    expect(said.text).toContain("first");
  }, 60_000);

  it("answers on the command line while the bot runs, and says so when it does not", async () => {
    const web = await webService();
    try {
      home.configure(`targets:\n  - { name: web, kind: http, url: "${web.url}", interval: 5s }\n`);
      const early = home.start(["ping"]);
      expect((await early.exited).code).toBe(3);
      expect(early.stderr.join()).toContain("no readings");

      web.status = 503;
      const bot = home.start();
      await discord.control.waitForMessage(discord.opsChannelId, { text: /🔴.*web/ }, WAIT);
      const health = home.start(["health", "web", "--json"]);
      expect((await health.exited).code).toBe(1);
      expect(health.stderr).toEqual([]);
      const view: unknown = JSON.parse(health.lines.map((line) => line.msg).join("\n"));
      expect(view).toMatchObject({ name: "web", tone: "critical" });
      const unknown = home.start(["health", "wbe"]);
      expect((await unknown.exited).code).toBe(2);
      expect(unknown.stderr.join()).toContain("wbe");

      await bot.stop();
      const late = home.start(["health", "web"]);
      expect((await late.exited).code).toBe(3);
      expect(late.stderr.join()).toContain("Toban does not run");
      expect(late.lines.map((line) => line.msg).join("\n")).toContain("web");
    } finally {
      web.server.close();
    }
  }, 90_000);

  it("refuses to start beside another on the same data, and names it", async () => {
    const first = home.start();
    await first.waitForLog(onDuty);
    const second = home.start();
    expect((await second.exited).code).toBe(2);
    expect(second.stderr.join("\n")).toContain(`process ${first.pid}`);
  }, 60_000);

  it("refuses a wrong configuration with everything that is wrong, and exit code 2", async () => {
    home.configure("targets:\n  - { name: web, kind: http }\nrules:\n  - { name: HostMemorry }\n");
    const bot = home.start(["check-config"], { LOG_LEVEL: "loud" });
    expect((await bot.exited).code).toBe(2);
    const said = bot.stderr.join("\n");
    expect(said).toContain("LOG_LEVEL");
    expect(said).toContain("toban.yaml:2: targets[0].url");
    expect(said).toContain("toban.yaml:4: rules[0].name");
  });

  it("ends with exit code 4 when Discord refuses the token and there is nothing else to speak through", async () => {
    await discord.control.revokeToken();
    const bot = home.start();
    expect((await bot.exited).code).toBe(4);
  }, 60_000);

  it("switches to debug and back on SIGUSR1", async () => {
    const bot = home.start();
    await bot.waitForLog(onDuty);
    bot.signal("SIGUSR1");
    await bot.waitForLog((line) => line["log_level"] === "debug");
    const from = bot.lines.length;
    bot.signal("SIGUSR1");
    await bot.waitForLog((line) => line["log_level"] === "info", from);
    expect((await bot.stop()).code).toBe(0);
  }, 60_000);

  it("never lets its token reach a log line or a message, whatever fails", async () => {
    const bot = home.start(["run"], { LOG_LEVEL: "trace" });
    await bot.waitForLog(onDuty);
    await discord.control.outage(true, "reset");
    await bot.waitForLog((line) => line.room === "discord" && line.level === "warn");
    await discord.control.outage(false);
    await discord.control.revokeToken();
    expect((await bot.exited).code).toBe(4);
    const everything = JSON.stringify([bot.lines, bot.stderr, await discord.control.messages(discord.opsChannelId)]);
    expect(everything).not.toContain(discord.token);
    expect(everything).not.toContain(discord.token.split(".")[2]);
  }, 90_000);
});
