import { readdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { Simulator } from "../../../simulator/index.js";
import { BotHome, onDuty } from "../../support/bot-process.js";
import type { BotProcess } from "../../support/bot-process.js";

const WAIT = { timeoutMs: 60_000 };

let discord: Simulator;
let home: BotHome;
let failing: Server;
beforeEach(async () => {
  discord = await Simulator.start();
  home = new BotHome(discord);
  failing = createServer((_, response) => response.writeHead(503).end("{}"));
  await new Promise<void>((settle) => failing.listen(0, "127.0.0.1", settle));
  const { port } = failing.address() as AddressInfo;
  home.configure(`targets:\n  - { name: web, kind: http, url: "http://127.0.0.1:${port}/", interval: 5s }\n`);
});
afterEach(async () => {
  await home[Symbol.asyncDispose]();
  failing.close();
  await discord.stop();
});

const said = (text: RegExp) => discord.control.waitForMessage(discord.opsChannelId, { text }, WAIT);
const dataDir = (): string => join(home.folder, "data");

async function started(): Promise<BotProcess> {
  const bot = home.start();
  await bot.waitForLog(onDuty);
  return bot;
}

describe("the whole bot on a store in trouble", () => {
  it("tells of a damaged file at the start, keeps it, and sends alerts", async () => {
    await (await started()).stop();
    const file = join(dataDir(), "toban.db");
    writeFileSync(file, Buffer.alloc(statSync(file).size, 7));
    await discord.control.clock.advance(5_000);
    const bot = await started();
    const notice = await said(/store was damaged/);
    const kept = readdirSync(dataDir()).find((name) => name.includes(".corrupt-"));
    expect(notice.text).toContain(kept);
    await said(/🔴.*web/);
    expect((await bot.stop()).code).toBe(0);
  }, 120_000);

  it("goes on while its directory is away, and takes up data and lock when it is back", async () => {
    const bot = await started();
    const alert = await said(/🔴.*web/);
    renameSync(dataDir(), `${dataDir()}-away`);
    await said(/its directory is gone/);
    // By itself it makes the directory anew; the one that comes back takes its place.
    await said(/writable again/);
    renameSync(dataDir(), `${dataDir()}-new`);
    renameSync(`${dataDir()}-away`, dataDir());
    const from = bot.lines.length;
    await bot.waitForLog((line) => line.msg.startsWith("the store uses its file again"), from);
    const second = home.start();
    expect((await second.exited).code).toBe(2);
    expect(second.stderr.join("\n")).toContain(`process ${bot.pid}`);
    expect((await bot.stop()).code).toBe(0);
    const alerts = (await discord.control.messages(discord.opsChannelId)).filter((one) =>
      one.text.includes("web HTTP"),
    );
    expect(alerts.map(({ id }) => id)).toEqual([alert.id]);
  }, 180_000);
});
