import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { MANAGE_SERVER } from "../../../src/permit/authorize.js";
import type { Simulator } from "../../../simulator/index.js";
import { startReady } from "../../support/discord/bot.js";
import type { TestBot } from "../../support/discord/bot.js";

let simulator: Simulator;
let bot: TestBot;
let end: () => Promise<void>;

beforeAll(async () => {
  const started = await startReady();
  ({ simulator, bot } = started);
  end = async () => started[Symbol.asyncDispose]();
});
afterAll(() => end());

async function roleId(name: string): Promise<string> {
  const answer = await fetch(`${simulator.apiUrl}/v10/guilds/${simulator.guildId}/roles`, {
    headers: { authorization: `Bot ${simulator.token}`, "user-agent": "DiscordBot (https://example.invalid, 1)" },
  });
  const roles = (await answer.json()) as { id: string; name: string }[];
  return roles.find((role) => role.name === name)?.id ?? "";
}

describe("an answer", () => {
  it("is given at once where everybody sees it", async () => {
    const asked = await (await simulator.control.as("viewer").command("quick")).response();
    expect(asked).toMatchObject({ error: null, deferred: false, ephemeral: false });
    expect(asked.message?.text).toContain("at once");
  });

  it("is the asker's alone where the command says so", async () => {
    const asked = await (await simulator.control.as("viewer").command("secret")).response();
    expect(asked).toMatchObject({ error: null, ephemeral: true });
    expect(asked.message?.text).toContain("for you");
  });

  it("is in the person's language when it is theirs, and the command knows that language", async () => {
    const asked = await (await simulator.control.as("admin").command("look", {}, { locale: "ja" })).response();
    expect(asked.message?.text).toContain("looked at all in ja");
  });

  it("that is an attachment arrives as one", async () => {
    const asked = await (await simulator.control.as("viewer").command("huge")).response();
    expect(asked.message?.attachments.map((file) => file.filename)).toEqual(["all.txt"]);
  });
});

describe("the gate, over the wire", () => {
  it("lets Manage Server do everything and others see the summary", async () => {
    const refused = await (await simulator.control.as("viewer").command("look", { target: "web" })).response();
    expect(refused.ephemeral).toBe(true);
    expect(refused.message?.text).toMatch(
      /You may not see the details of `web`\. That needs .*Manage Server.*\(ref [0-9a-f]{6}\)/,
    );
    const allowed = await (await simulator.control.as("admin").command("look", { target: "web" })).response();
    expect(allowed.message?.text).toContain("looked at web");
  });

  it("names the role that a grant asks for, and lets in who has it", async () => {
    const before = bot.policy;
    bot.policy = {
      guild: simulator.guildId,
      grants: [{ role: await roleId("operator"), may: ["restart"], on: ["web"] }],
    };
    const refused = await simulator.control.as("admin").command("mend", { target: "web" }, { force: true });
    expect((await refused.response()).message?.text).toMatch(
      /You may not restart `web`\. That needs the role .operator.\. \(ref [0-9a-f]{6}\)/,
    );
    const allowed = await simulator.control.as("operator").command("mend", { target: "web" }, { force: true });
    expect((await allowed.response()).message?.text).toContain("mended web");
    const other = await simulator.control.as("operator").command("mend", { target: "shop-db" }, { force: true });
    expect((await other.response()).message?.text).toContain("Nobody may");
    bot.policy = before;
  });

  it("hides in the menu what only Manage Server may use, and nothing else", async () => {
    const commands = await simulator.control.commands();
    const needs = Object.fromEntries(
      commands.map((command) => [command["name"], command["default_member_permissions"]]),
    );
    expect(needs).toMatchObject({
      quick: null,
      look: null,
      mend: String(MANAGE_SERVER),
      config: String(MANAGE_SERVER),
    });
  });

  it("refuses what a client would not have let through, and does nothing", async () => {
    const before = bot.services.executed.length;
    const asked = await simulator.control.as("viewer").command("mend", { target: "web" }, { force: true });
    expect((await asked.response()).message?.text).toContain("You may not restart `web`");
    expect(bot.services.executed.length).toBe(before);
  });

  it("refuses a direct message and another server, whoever asks", async () => {
    const direct = await simulator.control.as("owner").command("quick", {}, { direct: true, force: true });
    expect((await direct.response()).message?.text).toMatch(/Not in private messages/);
    const foreign = await simulator.control
      .as("owner")
      .command("quick", {}, { guildId: simulator.foreignGuildId, force: true });
    expect((await foreign.response()).message?.text).toMatch(/serves one server alone/);
  });
});

describe("autocomplete", () => {
  it("lists for who may, and nothing for who may not", async () => {
    const admin = await (await simulator.control.as("admin").autocomplete("look", "target", "web")).response();
    expect(admin.choices?.map((choice) => choice["value"])).toEqual(["web", "web-2"]);
    const viewer = await (await simulator.control.as("viewer").autocomplete("look", "target", "web")).response();
    expect(viewer.choices).toEqual([]);
  });

  it("lists only what one may touch", async () => {
    const before = bot.policy;
    bot.policy = {
      guild: simulator.guildId,
      grants: [{ user: (await simulator.control.identity()).people["viewer"] ?? "", may: ["view"], on: ["shop-*"] }],
    };
    const viewer = await (await simulator.control.as("viewer").autocomplete("look", "target", "")).response();
    expect(viewer.choices?.map((choice) => choice["value"])).toEqual(["shop-bot", "shop-db"]);
    const admin = await (await simulator.control.as("admin").autocomplete("look", "target", "")).response();
    expect(admin.choices).toEqual([]);
    bot.policy = before;
  });

  it("is empty in another server and for an unknown command", async () => {
    const foreign = await simulator.control
      .as("owner")
      .autocomplete("look", "target", "", {}, { guildId: simulator.foreignGuildId, force: true });
    expect((await foreign.response()).choices).toEqual([]);
  });
});

describe("a button", () => {
  async function panel(): Promise<string> {
    const asked = await (await simulator.control.as("viewer").command("panel")).response();
    return asked.message?.id ?? "";
  }

  it("changes its message in place", async () => {
    const id = await panel();
    const pressed = await (await simulator.control.as("viewer").press(id, "v1:refresh:web")).response();
    expect(pressed.error).toBeNull();
    expect(pressed.callbackType).toBe(7);
    const [message] = (await simulator.control.messages(simulator.opsChannelId)).filter((each) => each.id === id);
    expect(message?.text).toContain("refresh web");
  });

  it("goes through the same gate at the moment it is pressed", async () => {
    const id = await panel();
    const refused = await (await simulator.control.as("viewer").press(id, "v1:details:web")).response();
    expect(refused.ephemeral).toBe(true);
    expect(refused.message?.text).toContain("You may not see the details of `web`");
    const allowed = await (await simulator.control.as("admin").press(id, "v1:details:web")).response();
    expect(allowed.message?.text).toContain("details web");
  });

  it("that changes something is heard first and acted on then", async () => {
    const id = await panel();
    const pressed = await (await simulator.control.as("admin").press(id, "v1:restart:web")).response();
    expect(pressed).toMatchObject({ deferred: true, ephemeral: true, error: null });
    expect(pressed.message?.text).toContain("restart web");
  });

  it.each(["v1:unheard-of:web", "v1:aged:web"])("%s is answered kindly and changes nothing", async (customId) => {
    const id = await panel();
    const pressed = await (await simulator.control.as("viewer").press(id, customId)).response();
    expect(pressed.ephemeral).toBe(true);
    expect(pressed.message?.text).toContain("This button has expired");
    const [message] = (await simulator.control.messages(simulator.opsChannelId)).filter((each) => each.id === id);
    expect(message?.text).toContain("with buttons");
  });
});

describe("what goes wrong", () => {
  it("a refusal by the command itself is told the asker alone, in a sentence", async () => {
    const asked = await (await simulator.control.as("viewer").command("shy")).response();
    expect(asked.ephemeral).toBe(true);
    expect(asked.message?.text).toContain("Nothing called `nothing` is watched");
  });

  it("a bug is answered with a reference alone; the log has the rest under it", async () => {
    const asked = await (await simulator.control.as("viewer").command("broken")).response();
    expect(asked.ephemeral).toBe(true);
    const reference = /`([0-9a-f]{6})`/.exec(asked.message?.text ?? "")?.[1];
    expect(reference).toBeDefined();
    expect(asked.message?.text).not.toContain("planted-secret-value");
    expect(bot.logLines).toContainEqual(expect.objectContaining({ msg: "a command failed", reference }));
  });

  it("a value that does not fit is named, with what was expected", async () => {
    const asked = await simulator.control.as("admin").command("look", { lines: 1_000 }, { force: true });
    expect((await asked.response()).message?.text).toMatch(
      /`lines` was `1000`, which does not fit\. Expected: at most 100\./,
    );
    const long = await simulator.control.as("admin").command("look", { target: "x".repeat(4_000) }, { force: true });
    expect((await long.response()).message?.text).toContain("at most 64 characters");
  });

  it("an unknown command says so", async () => {
    const asked = await simulator.control.as("admin").command("gone", {}, { force: true });
    expect((await asked.response()).message?.text).toContain("no command `/gone`");
  });

  it("a message command, which Toban has none of, is answered", async () => {
    const message = await simulator.control.as("viewer").say(simulator.opsChannelId, "hello");
    const asked = await simulator.control.as("admin").messageCommand("Quote", message.id, { force: true });
    expect((await asked.response()).error).toBeNull();
  });

  it("sub-commands go by their whole name", async () => {
    const asked = await simulator.control.as("admin").command("config reload", {}, { force: true });
    expect((await asked.response()).message?.text).toContain("reloaded");
  });
});

describe("the first request", () => {
  it("of a quick command is its answer: nothing is asked of Discord before", async () => {
    await simulator.control.clearRequests();
    await (await simulator.control.as("viewer").command("quick")).response();
    const requests = await simulator.control.requests();
    expect(requests.map((request) => request.route)).toEqual(["/interactions/:interaction/:token/callback"]);
  });

  it("has its token neither in the log nor with the numbers", async () => {
    expect(bot.log()).not.toMatch(/\/interactions\/\d+\//);
    expect(bot.log()).not.toContain(simulator.token);
    expect(bot.discord.numbers()).toMatchObject({ gateway: "ready", invalidTotal: 0 });
    expect(bot.discord.numbers().commandsPerMinute).toBeGreaterThan(0);
    expect(bot.discord.numbers().commandsP95Seconds).toBeGreaterThan(0);
  });
});
