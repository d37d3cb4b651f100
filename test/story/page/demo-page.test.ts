import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { resolve } from "node:path";

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { needs } from "../../support/engine/needs.js";
import { launch, openPage, overhang, picture } from "../../support/page/browser.js";

needs("chromium");

const ROOT = resolve(import.meta.dirname, "../../..");
const STARTED_MS = 45_000;

let browser: Browser;
let demo: ChildProcess;
let url = "";
/** Where the demo's first service answers. */
let service = "";

beforeAll(async () => {
  demo = spawn(process.execPath, ["dist/demo/main.js"], { cwd: ROOT, stdio: ["pipe", "pipe", "inherit"] });
  const started = new Promise<string>((found, failed) => {
    let output = "";
    demo.once("exit", () => failed(new Error(`the demo ended:\n${output}`)));
    demo.stdout?.on("data", (chunk: Buffer) => {
      output += chunk.toString("utf8");
      const address = /look at it: (\S+)/.exec(output)?.[1];
      const web = /web \((http:\S+)\)/.exec(output)?.[1];
      if (address === undefined || web === undefined) return;
      service = web;
      found(address);
    });
  });
  [browser, url] = await Promise.all([launch(), started]);
}, STARTED_MS);

afterAll(async () => {
  await browser.close();
  const gone = new Promise((resolved) => demo.once("exit", resolved));
  demo.stdin?.end("quit\n");
  await gone;
}, 30_000);

describe("the demo's page", () => {
  it("answers /health to somebody who has a keyboard only", async () => {
    const { page, complaints } = await openPage(browser, url, { width: 1280, height: 800 });
    await page.keyboard.type("/heal");
    await page.locator(".suggestion", { hasText: "/health" }).waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.locator(".suggestion", { hasText: "web" }).waitFor();
    await page.keyboard.type("we");
    await page.locator('.suggestion[aria-selected="true"]', { hasText: "web" }).waitFor();
    await page.keyboard.press("Enter");
    expect(await page.locator('[data-option="target"]').inputValue()).toBe("web");
    await page.keyboard.press("Enter");
    const answer = page.locator("article", { hasText: "used /health" });
    await answer.locator(".embed").waitFor();
    expect(await answer.locator(".author").innerText()).toBe("toban");
    expect(await answer.innerText()).toContain("web");
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("shows an alert when a service is broken, and the same message green when it is mended", async () => {
    const { page } = await openPage(browser, url, { width: 1280, height: 800 });
    await page.locator('[data-action="break-web"]').click();
    const alert = page.locator("article", { hasText: "web refused the connection" }).filter({ hasText: "incident" });
    await alert.waitFor();
    const id = await alert.getAttribute("data-id");
    await page.keyboard.press("Escape");
    await page.locator("#free").fill("/health");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await page.locator("article", { hasText: "1 critical" }).waitFor();
    await picture(page, "page-alert");
    await page.locator('[data-action="mend-web"]').click();
    const same = page.locator(`article[data-id="${id ?? ""}"]`);
    await same.filter({ hasText: "🟢" }).waitFor();
    expect(await same.locator(".edited").count()).toBe(1);
    await picture(page, "page-mended");
    await page.close();
  }, 60_000);

  it("restarts a service: asked, confirmed, done for real, and said to everybody", async () => {
    const { page, complaints } = await openPage(browser, url, { width: 1280, height: 800 });
    const health = async (): Promise<unknown> => (await fetch(service)).json();
    const before = await health();
    await page.locator("#free").fill("/restart");
    await page.keyboard.press("Enter");
    await page.locator('[data-option="target"]').waitFor();
    await page.keyboard.type("we");
    await page.locator('.suggestion[aria-selected="true"]', { hasText: "web" }).waitFor();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    const plan = page.locator("article.ephemeral", { hasText: "Restart web on demo?" });
    await plan.waitFor();
    await plan.getByRole("button", { name: "Restart", exact: true }).click();
    const result = page.locator("article:not(.ephemeral)", { hasText: "web restarted in" });
    await result.waitFor({ timeout: 60_000 });
    expect(await result.innerText()).toContain("@admin");
    const after = await health();
    expect(after).toMatchObject({ status: "healthy" });
    expect(after).not.toEqual(before);
    expect(await plan.getByRole("button").filter({ hasText: "Restart" }).count()).toBe(0);
    expect(complaints).toEqual([]);
    await picture(page, "page-restart");
    await page.close();
  }, 120_000);

  it("fits a phone: nothing is wider than the window, the channels are in a drawer", async () => {
    const { page, complaints } = await openPage(browser, url, { width: 360, height: 740 });
    await page.locator("article").first().waitFor();
    expect(await overhang(page)).toBe(0);
    await picture(page, "page-phone");
    expect(await page.locator("#sidebar").isVisible()).toBe(false);
    await page.locator("#open-sidebar").click();
    await page.locator("#who").selectOption("viewer");
    await page.locator("#sidebar").waitFor({ state: "hidden" });
    await page.locator("#free").fill("/");
    await page.locator(".suggestion").first().waitFor();
    expect(await overhang(page)).toBe(0);
    await picture(page, "page-phone-commands");
    expect(complaints).toEqual([]);
    await page.close();
  });
});
