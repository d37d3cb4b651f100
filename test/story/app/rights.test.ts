import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { Simulator } from "../../../simulator/index.js";
import type { Control } from "../../../simulator/index.js";
import { BotHome, onDuty } from "../../support/bot-process.js";
import type { BotProcess } from "../../support/bot-process.js";

/** Far from the ten minutes after which a refused channel is tried without word of anything. */
const WAIT = { timeoutMs: 30_000 };

let discord: Simulator;
let home: BotHome;
let web: Server;
let broken: Set<string>;
beforeEach(async () => {
  broken = new Set();
  web = createServer((request, response) => response.writeHead(broken.has(request.url ?? "") ? 503 : 200).end("{}"));
  await new Promise<void>((settle) => web.listen(0, "127.0.0.1", settle));
  discord = await Simulator.start();
  home = new BotHome(discord);
  const { port } = web.address() as AddressInfo;
  home.configure(
    [
      "targets:",
      ...["one", "two"].map(
        (name) => `  - { name: ${name}, kind: http, url: "http://127.0.0.1:${port}/${name}", interval: 5s }`,
      ),
      "",
    ].join("\n"),
  );
});
afterEach(async () => {
  await home[Symbol.asyncDispose]();
  await discord.stop();
  web.close();
});

/** A line of the log from `from` on that says that the channel refuses. */
const refused = (bot: BotProcess, from = 0): Promise<unknown> =>
  bot.waitForLog((line) => line.msg === "sending is in trouble" && line["trouble"] === "receiver_broken", from);

async function posts(control: Control): Promise<number> {
  return (await control.requests({ method: "POST", route: "/channels/:channel/messages" })).length;
}

type Change = (control: Control, channel: string) => Promise<void>;

interface Way {
  readonly take: Change;
  readonly give: Change;
}

const SENDING = ["VIEW_CHANNEL", "SEND_MESSAGES", "EMBED_LINKS", "READ_MESSAGE_HISTORY"];
const denied =
  (who: string, ...deny: readonly string[]): Change =>
  (control, channel) =>
    control.setPermissions(channel, [{ who, deny }]);
const nothingDenied: Change = (control, channel) => control.setPermissions(channel, []);
/** What the bot may do comes of its own roles alone. */
const only =
  (...permissions: readonly string[]): Change =>
  async (control) => {
    await control.setRole("toban", { permissions: [] });
    await control.setRole("@everyone", { permissions });
  };

const WAYS: readonly (readonly [string, Way])[] = [
  ["SEND_MESSAGES of the bot, in the channel", { take: denied("bot", "SEND_MESSAGES"), give: nothingDenied }],
  ["VIEW_CHANNEL of everyone, in the channel", { take: denied("@everyone", "VIEW_CHANNEL"), give: nothingDenied }],
  ["EMBED_LINKS of the bot, in the channel", { take: denied("bot", "EMBED_LINKS"), give: nothingDenied }],
  ["SEND_MESSAGES of @everyone, in the server", { take: only("VIEW_CHANNEL"), give: only(...SENDING) }],
  [
    "everything, by a role that it is given back",
    {
      async take(control) {
        await only()(control, "");
        await control.addRole("speaker", { permissions: SENDING });
      },
      give: (control) => control.setMember("bot", ["toban", "speaker"]),
    },
  ],
  [
    "SEND_MESSAGES, by a role that is deleted",
    {
      async take(control, channel) {
        await control.addRole("silenced");
        await denied("silenced", "SEND_MESSAGES")(control, channel);
        await control.setMember("bot", ["toban", "silenced"]);
      },
      give: (control) => control.deleteRole("silenced"),
    },
  ],
  ["its place in the server", { take: (control) => control.removeBot(), give: (control) => control.addBot() }],
];

describe("a right that is taken away and given back", () => {
  it.each(WAYS)(
    "%s: what was held comes within seconds, once",
    async (_what, { take, give }) => {
      const { control, opsChannelId } = discord;
      const bot = home.start();
      await bot.waitForLog(onDuty);
      await control.gateway.waitForSession();
      await take(control, opsChannelId);
      broken.add("/one");
      await refused(bot);
      const before = await posts(control);
      await give(control, opsChannelId);
      await control.waitForMessage(opsChannelId, { text: /🔴.*one/u }, WAIT);
      const texts = (await control.messages(opsChannelId)).map(({ text }) => text);
      expect(texts.filter((text) => /🔴.*one/u.test(text))).toHaveLength(1);
      // One try, and what it had been held for; the other is that the channel is back.
      expect((await posts(control)) - before).toBeLessThanOrEqual(2);
    },
    90_000,
  );

  it("its place in the server, from before its start: the commands are registered as soon as it is invited", async () => {
    const { control } = discord;
    // A first start would end: whoever sets it up is told to invite it.
    const first = home.start();
    await first.waitForLog(onDuty);
    await first.stop();
    await control.removeBot();
    const bot = home.start();
    await bot.waitForLog((line) => line.msg === "the commands could not be registered yet");
    await control.addBot();
    const names = async (): Promise<readonly unknown[]> => (await control.commands()).map(({ name }) => name);
    await control.waitFor("the commands", async () => (await names()).includes("health"), WAIT);
    expect(bot.lines.filter((line) => line.msg === "the commands could not be registered yet")).toHaveLength(1);
  }, 60_000);

  it("its place in the server: its commands, which went with it, are registered again", async () => {
    const { control } = discord;
    const bot = home.start();
    await bot.waitForLog(onDuty);
    const there = async (): Promise<boolean> => (await control.commands()).some(({ name }) => name === "health");
    await control.waitFor("the commands", there, WAIT);
    await control.removeBot();
    expect(await there()).toBe(false);
    await control.addBot();
    await control.waitFor("the commands again", there, WAIT);
    // And where it was away when that happened.
    await control.gateway.invalidSession(false);
    await control.removeBot();
    await control.addBot();
    await control.waitFor("the commands once more", there, WAIT);
  }, 90_000);

  it("in events that come doubled and out of order: what was held comes within seconds, once", async () => {
    const { control, opsChannelId } = discord;
    await control.switches({ duplicateEvents: 1, reorderedEvents: 0.7 });
    const bot = home.start();
    await bot.waitForLog(onDuty);
    await control.gateway.waitForSession();
    await only()(control, "");
    broken.add("/one");
    await refused(bot);
    await control.addRole("speaker", { permissions: [] });
    await control.setMember("bot", ["toban", "speaker"]);
    await control.setRole("speaker", { permissions: SENDING });
    await control.waitForMessage(opsChannelId, { text: /🔴.*one/u }, WAIT);
    const texts = (await control.messages(opsChannelId)).map(({ text }) => text);
    expect(texts.filter((text) => /🔴.*one/u.test(text))).toHaveLength(1);
  }, 90_000);

  it("while the gateway was away: what was held comes with the session, resumed or new", async () => {
    const { control, opsChannelId } = discord;
    const bot = home.start();
    await bot.waitForLog(onDuty);
    await control.gateway.waitForSession();
    await denied("bot", "SEND_MESSAGES")(control, opsChannelId);
    broken.add("/one");
    await refused(bot);
    await control.gateway.invalidSession(false);
    await nothingDenied(control, opsChannelId);
    await control.waitForMessage(opsChannelId, { text: /🔴.*one/u }, WAIT);

    await denied("bot", "SEND_MESSAGES")(control, opsChannelId);
    const from = bot.lines.length;
    broken.add("/two");
    await refused(bot, from);
    await control.gateway.waitForSession();
    await control.gateway.dropSocket();
    await nothingDenied(control, opsChannelId);
    await control.waitForMessage(opsChannelId, { text: /🔴.*two/u }, WAIT);
    const texts = (await control.messages(opsChannelId)).map(({ text }) => text);
    for (const name of ["one", "two"]) expect(texts.filter((text) => text.includes(`${name}:`)).length).toBeLessThan(2);
  }, 120_000);

  it("is not asked after for what happens elsewhere, and for a burst of words hardly more often than for one", async () => {
    const { control, opsChannelId } = discord;
    const bot = home.start();
    await bot.waitForLog(onDuty);
    await control.gateway.waitForSession();
    await control.switches({ duplicateEvents: 1 });
    const elsewhere = await control.createChannel("elsewhere");
    await denied("bot", "SEND_MESSAGES")(control, opsChannelId);
    broken.add("/one");
    await refused(bot);
    const before = await posts(control);
    for (let round = 0; round < 20; round += 1) {
      await denied("bot", "SEND_MESSAGES")(control, elsewhere);
      await control.setRole("operator", { mentionable: round % 2 === 0 });
      await control.setMember("viewer", round % 2 === 0 ? ["operator"] : []);
      const foreign = { guild_id: discord.foreignGuildId, role: { id: discord.foreignGuildId } };
      await control.gateway.badFrame(JSON.stringify({ op: 0, t: "GUILD_ROLE_UPDATE", d: foreign }));
    }
    // A role of the bot's own, a hundred times. What had come before would have been tried by the time that this is.
    for (let round = 0; round < 100; round += 1) await control.setRole("toban", { mentionable: round % 2 === 0 });
    await control.waitFor("the try for it", async () => (await posts(control)) > before, WAIT);
    await nothingDenied(control, opsChannelId);
    await control.waitForMessage(opsChannelId, { text: /🔴.*one/u }, WAIT);
    const tries = (await control.requests({ method: "POST", route: "/channels/:channel/messages" })).slice(before);
    expect(tries.filter(({ status }) => status === 403)).toHaveLength(1);
  }, 90_000);
});
