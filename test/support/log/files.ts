import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createLogReading } from "../../../src/action/log/reading.js";
import type { LogReadingOptions } from "../../../src/action/log/reading.js";
import { systemClock } from "../../../src/base/clock.js";
import type { LogOutcome, LogPage, LogPlace, LogQuery, LogSource } from "../../../src/model/log.js";

/** A folder with log files that goes away with the test. */
export class LogFolder implements Disposable {
  readonly path: string = mkdtempSync(join(tmpdir(), "toban-log-"));

  write(name: string, content: string | Uint8Array): string {
    const path = join(this.path, name);
    writeFileSync(path, content);
    return path;
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** How the lines of a file are written, as its configuration says. */
type Hints = Pick<Extract<LogSource["from"], { kind: "file" }>, "stamp" | "level">;

export const fileSource = (path: string, hints: Hints = {}): LogSource => ({
  name: "shop/error",
  target: "shop",
  from: { kind: "file", path, ...hints },
});

/** Reads a file with the product's defaults, but for what is said. */
export function readFile(
  path: string,
  query: Partial<LogQuery> = {},
  options: Partial<LogReadingOptions> = {},
  hints: Hints = {},
): Promise<LogOutcome> {
  const reading = createLogReading({ clock: systemClock, timezone: () => "UTC", ...options });
  return reading.read(fileSource(path, hints), { lines: 20, ...query }, new AbortController().signal);
}

/** The page, or an error that says why there is none. */
export async function pageOf(outcome: LogOutcome | Promise<LogOutcome>): Promise<LogPage> {
  const settled = await outcome;
  if (settled.status === "ok") return settled.page;
  throw new Error(`no page: ${settled.failure} ${settled.detail}`);
}

export const rawOf = (page: LogPage): readonly string[] => page.lines.map((line) => line.raw);

/** Everything there is towards one side, page by page, in the order of the log. */
export async function readThrough(
  path: string,
  query: Partial<LogQuery>,
  start: LogPage,
  towards: "older" | "newer",
  options: Partial<LogReadingOptions> = {},
): Promise<readonly string[]> {
  const all: string[][] = [];
  let place: LogPlace | undefined = start[towards];
  for (let turn = 0; place !== undefined && turn < 1_000; turn += 1) {
    const page = await pageOf(readFile(path, { ...query, from: { place, towards } }, options));
    if (towards === "newer" && page.lines.length === 0) break;
    all.push([...rawOf(page)]);
    place = page[towards];
  }
  return (towards === "older" ? all.toReversed() : all).flat();
}
