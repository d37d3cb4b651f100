import {
  ApplicationCommandOptionType,
  Client,
  Events,
  GatewayIntentBits,
  LabelBuilder,
  MessageFlags,
  ModalBuilder,
  TextInputBuilder,
  TextInputStyle,
} from "discord.js";
import type { Interaction } from "discord.js";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { PageServer, Simulator } from "../../../simulator/index.js";
import { needs } from "../../support/engine/needs.js";
import { launch, openPage, overhang, picture } from "../../support/page/browser.js";

needs("chromium");

const DESKTOP = { width: 1280, height: 800 };
const MANY = 2_000;

let browser: Browser;
let discord: Simulator;
let server: PageServer;
let client: Client;
const ran: string[] = [];

/** A bot that answers each command in its own way; “silent” is never answered. */
async function answer(interaction: Interaction): Promise<void> {
  if (interaction.isChatInputCommand() && interaction.commandName === "language") {
    await interaction.reply({ content: `you read ${interaction.locale}`, flags: MessageFlags.Ephemeral });
  }
  if (interaction.isChatInputCommand() && interaction.commandName === "note") {
    const field = new TextInputBuilder().setCustomId("words").setStyle(TextInputStyle.Paragraph);
    const label = new LabelBuilder().setLabel("Words").setTextInputComponent(field);
    await interaction.showModal(new ModalBuilder().setCustomId("note").setTitle("A note").addLabelComponents(label));
  }
  if (interaction.isModalSubmit()) await interaction.reply(`noted: ${interaction.fields.getTextInputValue("words")}`);
  if (interaction.isButton()) await interaction.update({ content: "pressed", components: [] });
}

async function post(body: object): Promise<void> {
  await client.rest.post(`/channels/${discord.opsChannelId}/messages`, { body });
}

beforeAll(async () => {
  browser = await launch();
}, 30_000);
afterAll(() => browser.close());

beforeEach(async () => {
  ran.length = 0;
  discord = await Simulator.start({ seed: 3 });
  server = await PageServer.start(discord.control, {
    actions: [
      {
        id: "count",
        group: "Tests",
        label: "Count",
        hint: "counts",
        nature: "simulated",
        run: async () => `run ${ran.push("count")}`,
      },
    ],
  });
  client = new Client({ intents: [GatewayIntentBits.Guilds], rest: { api: discord.apiUrl } });
  const ready = new Promise<void>((resolve) => {
    client.once(Events.ClientReady, () => resolve());
  });
  client.on(Events.InteractionCreate, (interaction) => void answer(interaction));
  await client.login(discord.token);
  await ready;
  await client.application?.commands.set(
    [
      { name: "language", description: "Which language", descriptionLocalizations: { ja: "言語を返す" } },
      { name: "note", description: "Write a note" },
      {
        name: "silent",
        description: "Nobody answers",
        options: [
          { type: ApplicationCommandOptionType.Integer, name: "times", description: "How often", required: true },
        ],
      },
      { name: "secret", description: "For those who manage", defaultMemberPermissions: "32" },
    ],
    discord.guildId,
  );
});

afterEach(async () => {
  await client.destroy();
  await server.stop();
  await discord.stop();
});

describe("the page", () => {
  it("tells the bot the reader's language, and shows commands in it", async () => {
    const { page, complaints } = await openPage(browser, server.url, DESKTOP);
    await page.locator("#locale").selectOption("ja");
    await page.locator("#free").fill("/lang");
    expect(await page.locator(".suggestion-note").innerText()).toBe("言語を返す");
    await page.locator("#free").press("Enter");
    await page.keyboard.press("Enter");
    const reply = page.locator("article.ephemeral");
    await reply.waitFor();
    expect(await reply.innerText()).toContain("you read ja");
    expect(await reply.innerText()).toContain("Only you can see this");
    await reply.getByText("Dismiss message").click();
    await reply.waitFor({ state: "detached" });
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("fills in a form, and says when the application did not respond", async () => {
    const { page } = await openPage(browser, server.url, DESKTOP);
    await page.keyboard.type("/note ");
    await page.keyboard.press("Enter");
    await page.locator("dialog[open] textarea").fill("rotating logs");
    await page.locator("dialog[open] [type=submit]").click();
    await page.locator("article", { hasText: "noted: rotating logs" }).waitFor();
    await page.locator("#free").fill("/silent");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    expect(await page.locator("#composer .composer-error").innerText()).toBe("Please fill in: times");
    await page.keyboard.type("3");
    await page.keyboard.press("Enter");
    await page.locator(".pending-row .failed", { hasText: "The application did not respond" }).waitFor();
    await page.close();
  });

  it("offers a person only the commands that this person may use", async () => {
    const { page } = await openPage(browser, server.url, DESKTOP);
    await page.locator("#free").fill("/");
    await page.locator(".suggestion", { hasText: "/secret" }).waitFor();
    await page.locator("#who").selectOption("viewer");
    await page.locator("#free").fill("/se");
    await page.locator("#free").fill("/");
    await page.locator(".suggestion", { hasText: "/note" }).waitFor();
    expect(await page.locator(".suggestion", { hasText: "/secret" }).count()).toBe(0);
    await page.close();
  });

  it("shows embeds and components as they are, and text from outside as text", async () => {
    await post({
      content: "<img src=x onerror=alert(1)> **bold** <t:1700000000:D> ||hidden||",
      embeds: [
        {
          title: "Disk",
          description: "`93 %`",
          color: 0xff0000,
          fields: [{ name: "host", value: "web-1" }],
          footer: { text: "incident 42" },
        },
      ],
      components: [{ type: 1, components: [{ type: 2, style: 4, label: "Press", custom_id: "v1:press" }] }],
    });
    await post({
      flags: 32_768,
      components: [
        {
          type: 17,
          accent_color: 0x00ff00,
          components: [
            { type: 10, content: "# Heading\n```ansi\n\u001B[31mred\u001B[0m\n```" },
            { type: 14, divider: true, spacing: 1 },
            {
              type: 9,
              components: [{ type: 10, content: "a section" }],
              accessory: { type: 2, style: 2, label: "Aside", custom_id: "v1:aside" },
            },
          ],
        },
      ],
    });
    const { page, complaints } = await openPage(browser, server.url, DESKTOP);
    const first = page.locator("article").first();
    await first.waitFor();
    expect(await first.locator("img").count()).toBe(0);
    expect(await first.innerText()).toContain("<img src=x onerror=alert(1)>");
    expect(await first.locator("strong").innerText()).toBe("bold");
    const bar = await page.evaluate(`document.querySelector(".embed").style.borderInlineStartColor`);
    expect(bar).toBe("rgb(255, 0, 0)");
    expect(await first.locator(".embed-footer").innerText()).toBe("incident 42");
    const second = page.locator("article").nth(1);
    expect(await second.locator(".container .heading-1").innerText()).toBe("Heading");
    expect(await second.locator(".ansi-31").innerText()).toBe("red");
    expect(await second.locator(".section .accessory button").innerText()).toBe("Aside");
    await first.getByRole("button", { name: "Press" }).click();
    await first.filter({ hasText: "pressed" }).waitFor();
    await first.locator(".edited").waitFor();
    expect(await overhang(page)).toBe(0);
    expect(complaints).toEqual([]);
    await picture(page, "page-components");
    await page.close();
  });

  it("offers people, roles and channels in the menus of such, and what was chosen reaches the bot", async () => {
    await post({
      content: "who takes over?",
      components: [5, 6, 8].map((type) => ({ type: 1, components: [{ type, custom_id: `v1:pick:${type}` }] })),
    });
    const { page, complaints } = await openPage(browser, server.url, DESKTOP);
    const menus = page.locator("article select.menu");
    await menus.nth(2).waitFor();
    const labels = await Promise.all([0, 1, 2].map((at) => menus.nth(at).innerText()));
    expect(labels[0]).toContain("operator");
    expect(labels[0]).not.toContain("@");
    expect(labels[1]).toContain("@on-call");
    expect(labels[2]).toContain("#ops");
    const chosen = new Promise<readonly string[]>((resolve) => {
      client.once(Events.InteractionCreate, (asked) => {
        if (asked.isUserSelectMenu())
          void asked.update({ content: "taken", components: [] }).then(() => resolve(asked.values));
      });
    });
    await menus.nth(0).selectOption({ label: "operator" });
    await page.locator("article", { hasText: "taken" }).waitFor();
    const operator = (await discord.control.operations.guild()).members.find(({ name }) => name === "operator");
    expect(await chosen).toEqual([operator?.id]);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("keeps a channel of 2,000 messages in at most 200 elements, wherever one scrolls", async () => {
    const viewer = discord.control.as("viewer");
    for (let at = 0; at < MANY; at += 1)
      await viewer.say(discord.opsChannelId, `message ${at}\n${"line\n".repeat(at % 4)}`);
    const { page } = await openPage(browser, server.url, DESKTOP);
    const shown = page.locator("article");
    await page.getByText(`message ${MANY - 1}`).waitFor();
    const counts = [await shown.count()];
    for (const share of [0.75, 0.5, 0.1, 0]) {
      await page.evaluate(
        `document.querySelector("#messages").scrollTop = document.querySelector("#messages").scrollHeight * ${share}`,
      );
      await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
      counts.push(await shown.count());
    }
    await page.getByText("message 0", { exact: false }).first().waitFor();
    expect(Math.max(...counts)).toBeLessThanOrEqual(200);
    expect(Math.min(...counts)).toBeGreaterThan(5);
    await page.close();
  });

  it("does what the panel offers and says what came of it", async () => {
    const { page } = await openPage(browser, server.url, DESKTOP);
    await page.locator('[data-action="count"]').click();
    await page.locator("#outcome", { hasText: "run 1" }).waitFor();
    expect(ran).toEqual(["count"]);
    await page.close();
  });
});

describe("the page's server", () => {
  const ask = (path: string, init: RequestInit): Promise<Response> => fetch(`${server.url}${path}`, init);
  const json = { "content-type": "application/json" };

  it("does nothing for a page of another origin, nor for a form", async () => {
    const body = JSON.stringify({ id: "count" });
    const foreign = await ask("/api/run", { method: "POST", body, headers: { ...json, origin: "http://example.org" } });
    const form = await ask("/api/run", { method: "POST", body, headers: { "content-type": "text/plain" } });
    expect([foreign.status, form.status]).toEqual([403, 403]);
    expect(foreign.headers.get("access-control-allow-origin")).toBeNull();
    expect(ran).toEqual([]);
  });

  it("serves its own files and nothing beside them", async () => {
    const { status, headers } = await ask("/", {});
    expect(status).toBe(200);
    expect(headers.get("content-security-policy")).toContain("default-src 'none'");
    const paths = [
      "/package.json",
      "/..%2f..%2fpackage.json",
      "/simulator/page/client/../server.js",
      "/simulator/page/client/main.ts",
    ];
    const answers = await Promise.all(paths.map((path) => ask(path, {})));
    expect(answers.map((each) => each.status)).toEqual([404, 404, 404, 404]);
  });

  it("refuses what it does not understand in words", async () => {
    const bad = await ask("/api/act", { method: "POST", body: '{"act":{"kind":"fly"}}', headers: json });
    expect(bad.status).toBe(400);
    expect(await bad.json()).toEqual({ error: expect.stringContaining("command | autocomplete") });
  });
});
