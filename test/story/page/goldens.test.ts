import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { REST } from "@discordjs/rest";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { PageServer, Simulator } from "../../../simulator/index.js";
import { toDiscord } from "../../../src/message/to-discord.js";
import { needs } from "../../support/engine/needs.js";
import { launch, openPage, overhang } from "../../support/page/browser.js";
import type { Exhibit } from "../../support/page/exhibit.js";
import { CHANNEL, gallery } from "../../support/page/gallery.js";

needs("chromium");

/** Everything is shown as of this moment, so that the words are the same in every year. */
const MOMENT = Date.UTC(2030, 0, 7, 12);
const PHONE = { width: 360, height: 740 };
const DESKTOP = { width: 1_280, height: 800 };
const CODE_COLUMNS = 42;
const ID = "0123456789abcdefghijklmno";

/** Stands for the role's id, which is not known before the server is there. */
const ROLE = "000000000000000001";
const exhibits = gallery(MOMENT, ROLE);
let browser: Browser;
let discord: Simulator;
let server: PageServer;

/** A channel for each, so that every one stands alone. Time passes between them as it would. */
async function hang(rest: REST, role: string, { name, message, form }: Exhibit): Promise<void> {
  const { control } = discord;
  const channel = await control.createChannel(name);
  await control.clock.advance(1_000);
  const { files, ...written } = toDiscord(message, form === "alert" ? { form, id: ID } : { form });
  const ids = JSON.stringify(written).replaceAll(ROLE, role).replaceAll(`<#${CHANNEL}>`, `<#${discord.opsChannelId}>`);
  const body: unknown = JSON.parse(ids);
  const attached = files.map((file) => ({ name: file.name, data: Buffer.from(file.content) }));
  await rest.post(`/channels/${channel}/messages`, { body, files: attached });
}

beforeAll(async () => {
  browser = await launch();
  discord = await Simulator.start({ seed: 3, guildName: "Demo", switches: { missingHeaders: 0 } });
  const { control } = discord;
  const now = await control.clock.freeze();
  await control.clock.advance(MOMENT - now - exhibits.length * 1_000);
  const rest = new REST({ api: discord.apiUrl, version: "10" }).setToken(discord.token);
  const onCall = (await control.operations.guild()).roles.find(({ name }) => name === "on-call")?.id ?? "";
  for (const exhibit of exhibits) await hang(rest, onCall, exhibit);
  server = await PageServer.start(control);
}, 60_000);
afterAll(async () => {
  await browser.close();
  await server.stop();
  await discord.stop();
});

/** What stands in a message, part by part, whatever the window's width: the text, and in brackets what can be pressed. */
const OUTLINE = `(article) => {
  const out = [];
  const words = (element) => element.innerText.replaceAll("\\u00a0", " ").trimEnd();
  for (const part of article.querySelector(".body").children) {
    if (part.matches(".head")) continue;
    if (part.matches(".row")) out.push([...part.querySelectorAll("button, a, select")].map((each) => "[" + each.innerText + "]").join(" "));
    else if (part.matches(".embed")) out.push(...words(part).split(/\\n+/).map((line) => "┃ " + line));
    else if (part.matches(".file")) out.push("📎 " + part.querySelector(".file-name").innerText, ...[...part.querySelectorAll("pre")].flatMap((pre) => pre.innerText.split("\\n").map((line) => "  " + line)));
    else out.push(...words(part).split(/\\n+/));
  }
  return out.join("\\n");
}`;

/** How the browser has laid it out. Pixels, and columns of the widest line of code. */
interface Layout {
  readonly height: number;
  readonly buttonRows: number;
  readonly codeColumns: number;
  /** Lines of code that the window has broken once more. */
  readonly brokenLines: number;
  readonly scrolling: number;
}

const LAYOUT = `(article) => {
  const blocks = [...article.querySelectorAll(".body > :not(.file) pre, .embed pre")];
  const wide = (line) => [...line].reduce((sum, letter) => sum + (/[\\u1100-\\u115f\\u2e80-\\ua4cf\\uac00-\\ud7a3\\uff00-\\uff60]|\\p{Extended_Pictographic}/u.test(letter) ? 2 : 1), 0);
  const rows = (pre) => Math.round((pre.clientHeight - 2 * parseFloat(getComputedStyle(pre).paddingTop)) / parseFloat(getComputedStyle(pre).lineHeight));
  const tops = [...article.querySelectorAll(".row button, .row a")].map((button) => Math.round(button.getBoundingClientRect().top));
  return {
    height: article.getBoundingClientRect().height,
    buttonRows: new Set(tops).size,
    codeColumns: Math.max(0, ...blocks.flatMap((pre) => pre.innerText.split("\\n").map(wide))),
    brokenLines: blocks.reduce((sum, pre) => sum + rows(pre) - pre.innerText.split("\\n").length, 0),
    scrolling: [...article.querySelectorAll("*")].filter((each) => each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).overflowX !== "visible" && !each.matches("pre, .preview *")).length,
  };
}`;

/** What a function of the page says of the one message that stands there. */
function inPage(page: Page, source: string): Promise<unknown> {
  return page.evaluate(`(${source})(document.querySelector("article"))`);
}

async function show(page: Page, name: string): Promise<Locator> {
  // By the element itself: on a phone the list of channels is in a drawer.
  await page.evaluate(
    `[...document.querySelectorAll(".channel")].find((row) => row.textContent.split(" ")[1] === ${JSON.stringify(name)}).click()`,
  );
  await page.locator("#channel-name", { hasText: new RegExp(`^# ${name}$`) }).waitFor();
  const article = page.locator("article");
  await article.first().waitFor();
  await page.locator(".preview code", { hasText: /^…$/ }).waitFor({ state: "hidden" });
  expect(await article.count()).toBe(1);
  return article;
}

async function keepPicture(article: Locator, name: string): Promise<void> {
  const folder = process.env["TOBAN_GALLERY"];
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await article.screenshot({ path: join(folder, `${name}.png`) });
}

describe.each([
  ["a phone", PHONE],
  ["a desktop", DESKTOP],
] as const)("every kind of message on %s", (_what, size) => {
  let page: Page;
  let complaints: readonly string[];
  beforeAll(async () => {
    ({ page, complaints } = await openPage(browser, server.url, size));
  });
  afterAll(() => page.close());

  it.each(exhibits.map((exhibit) => [exhibit.name, exhibit] as const))("%s", async (name, { form, message }) => {
    const article = await show(page, name);
    await expect(`${String(await inPage(page, OUTLINE))}\n`).toMatchFileSnapshot(`goldens/${name}.txt`);
    const layout = (await inPage(page, LAYOUT)) as Layout;
    await keepPicture(article, `${name}-${size.width}`);
    expect(await overhang(page)).toBe(0);
    expect(layout).toMatchObject({ scrolling: 0, brokenLines: 0 });
    expect(layout.codeColumns).toBeLessThanOrEqual(CODE_COLUMNS);
    expect(layout.buttonRows).toBeLessThanOrEqual(2);
    // What arrives by itself is read at one glance, unless it is a storm with a list; an answer may take two screens.
    const screens = form === "alert" && message.files.length === 0 ? 1 : 2;
    expect(layout.height).toBeLessThanOrEqual(PHONE.height * screens);
    expect(complaints).toEqual([]);
  });
});
