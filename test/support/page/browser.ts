import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { chromium } from "playwright-core";
import type { Browser, Page } from "playwright-core";

import { engineStarted } from "../engine/starts.js";
import { requireEngines } from "../engine/list.js";

/** Debian's browser; nothing is looked up outside. Each start has a fresh profile. */
export function launch(): Promise<Browser> {
  requireEngines(["chromium"]);
  engineStarted("chromium");
  return chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

export interface OpenedPage {
  readonly page: Page;
  /** What the page itself complained about; a sound run has none. */
  readonly complaints: readonly string[];
}

export async function openPage(
  browser: Browser,
  url: string,
  size: { readonly width: number; readonly height: number },
): Promise<OpenedPage> {
  const page = await browser.newPage({ viewport: size, colorScheme: "dark", reducedMotion: "reduce" });
  page.setDefaultTimeout(20_000);
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  await page.goto(url);
  await page.locator(".channel").first().waitFor({ state: "attached" });
  return { page, complaints };
}

/** Keeps a picture (below 150 kB at these sizes) when TOBAN_PICTURES names a folder. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env["TOBAN_PICTURES"];
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.jpg`), type: "jpeg", quality: 80 });
}

/** Pixels by which something is wider than the window; 0 when nothing has to be scrolled sideways. */
export async function overhang(page: Page): Promise<number> {
  const wide = await page.evaluate(
    `Math.max(document.documentElement.scrollWidth, ...[...document.querySelectorAll("#messages, .message, .body")].map((each) => each.scrollWidth + each.getBoundingClientRect().left)) - innerWidth`,
  );
  return Math.max(0, Number(wide));
}
