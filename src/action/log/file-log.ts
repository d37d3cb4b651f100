import { Buffer } from "node:buffer";

import type { Clock } from "../../base/clock.js";
import type { LogEvent, LogExtent, LogLine, LogOutcome, LogPage, LogPlace, LogQuery } from "../../model/log.js";
import { spanOf } from "./bisect.js";
import { Chain, placeAt } from "./chain.js";
import type { FilePlace, LineHints, LogFile } from "./chain.js";
import { beginsEntry, factsOf, headOf, linesOf } from "./entries.js";
import { maskLines } from "./mask-lines.js";
import { REGION_DEFAULTS, regionsBackwards, regionsForwards } from "./regions.js";
import type { Region, RegionOptions } from "./regions.js";
import { KEY_CONTEXT_BYTES, Selector } from "./select.js";
import type { PickedLine } from "./select.js";
import { shownLine } from "./shown-line.js";
import { STEP_MS } from "./step-back.js";

/** What one reading may cost. */
export interface Limits {
  /** Longest time of a search. What was found by then is the page. */
  readonly searchMs: number;
  readonly searchBytes: number;
  /** All lines of a page together. */
  readonly pageBytes: number;
}

export interface FileLogOptions {
  readonly clock: Clock;
  readonly hints: LineHints;
  readonly limits: Limits;
  readonly blocks?: Partial<Pick<RegionOptions, "blockBytes" | "ahead" | "longestLine">>;
}

/** Lines found in one file. */
interface Found {
  readonly file: LogFile;
  readonly lines: readonly PickedLine[];
}

interface Walk {
  /** In the order of the log. */
  readonly found: Found[];
  /** Where the walk ended: beyond it nothing was looked at. Absent: there is nothing beyond. */
  end?: { readonly file: LogFile; readonly offset: number };
  stopped?: NonNullable<LogPage["stopped"]>;
  readonly events: Set<LogEvent>;
  bytes: number;
}

/**
 * A page of a file of any size: its end is found by reading backwards, a time by bisection, a text by searching backwards from where
 * one stands. What is over the limits is said, with the place to go on from.
 */
export async function readFileLog(
  path: string,
  directory: string,
  query: LogQuery,
  signal: AbortSignal,
  options: FileLogOptions,
): Promise<LogOutcome> {
  await using chain = new Chain(path, directory, options.hints);
  const newest = await chain.newest();
  if (!("handle" in newest)) return { status: "failed", ...newest };
  const walk = await new Walker(chain, query, signal, options).walk(newest);
  const page = await pageOf(walk.walk, walk.near, options);
  if (page.lines.length > 0 || page.stopped !== undefined) return { status: "ok", page };
  return { status: "ok", page: { ...page, extent: await extentOf(newest) } };
}

class Walker {
  readonly #chain: Chain;
  readonly #query: LogQuery;
  readonly #signal: AbortSignal;
  readonly #options: FileLogOptions;
  readonly #until: number;
  readonly #walk: Walk = { found: [], events: new Set(), bytes: 0 };
  #left: number;
  #pageBytes = 0;

  constructor(chain: Chain, query: LogQuery, signal: AbortSignal, options: FileLogOptions) {
    this.#chain = chain;
    this.#query = query;
    this.#signal = signal;
    this.#options = options;
    this.#until = options.clock.monotonic() + options.limits.searchMs;
    this.#left = query.lines;
  }

  /** `near`: the side of the page from which the walk set out. */
  async walk(newest: LogFile): Promise<{ walk: Walk; near: Near }> {
    const from = this.#query.from;
    const place = from?.place.kind === "file" ? from.place : undefined;
    const file = place === undefined ? undefined : await this.#chain.find(place);
    const offset = place === undefined ? undefined : file?.source.fromFile(place.offset);
    if (place !== undefined && file === undefined) this.#walk.events.add("truncated");
    if (file === undefined || offset === undefined) {
      const end = await lastLineEnd(newest);
      await this.#older(newest, newest.size);
      return { walk: this.#walk, near: { towards: "older", file: newest, offset: end } };
    }
    const towards = from?.towards ?? "older";
    if (towards === "older") await this.#older(file, offset);
    else await this.#newer(file, offset);
    return { walk: this.#walk, near: { towards, file, offset } };
  }

  async #older(first: LogFile, from: number): Promise<void> {
    let high = from;
    for (let file: LogFile | undefined = first; file !== undefined;) {
      const { since, until } = file.format.stamped ? this.#query : {};
      const isTimed = this.#query.since !== undefined || this.#query.until !== undefined;
      if (isTimed && !file.format.stamped && file.size > 0) this.#walk.events.add("unstamped");
      const isOver = (): boolean => this.#signal.aborted || this.#options.clock.monotonic() >= this.#until;
      const span = await spanOf(file.source, file.size, definedSpan(since, until), file.format, isOver);
      if (span.steppedBackAt !== undefined) this.#walk.events.add("stepped_back");
      const top = Math.min(high, span.high);
      if (span.low < top) {
        const regions = regionsBackwards(file.source, span.low, top, this.#regions(file));
        await this.#through(file, regions, "last", span.steppedBackAt);
      }
      if (this.#walk.end !== undefined) break;
      // What is older than the span stands in this very file: the one before it can have nothing.
      if (span.low > 0) return;
      const before: LogFile | undefined = await this.#chain.before(file);
      if (before === undefined) return;
      if (before.index > 0 && this.#left > 0) this.#walk.events.add("rotated");
      file = before;
      high = before.size;
    }
    const { end } = this.#walk;
    if (end?.offset === 0) {
      const before = await this.#chain.before(end.file);
      if (before === undefined) delete this.#walk.end;
      else this.#walk.end = { file: before, offset: before.size };
    }
  }

  async #newer(first: LogFile, from: number): Promise<void> {
    let low = from;
    for (let file: LogFile | undefined = first; file !== undefined;) {
      const high = file.index === 0 ? await lastLineEnd(file) : file.size;
      if (low < high) await this.#through(file, regionsForwards(file.source, low, high, this.#regions(file)), "first");
      if (this.#walk.end !== undefined) return;
      const after: LogFile | undefined = await this.#chain.after(file);
      if (after === undefined) {
        this.#walk.end = { file, offset: Math.max(low, high) };
        return;
      }
      this.#walk.events.add("rotated");
      file = after;
      low = 0;
    }
  }

  async #through(
    file: LogFile,
    regions: AsyncGenerator<Region, void, void>,
    side: "last" | "first",
    steppedBackAt?: number,
  ): Promise<void> {
    const onHole = (): void => void this.#walk.events.add("hole");
    const selector = new Selector(this.#query, file.format, { steppedBackAt, onHole });
    const holes = file.source.marks();
    for await (const region of regions) {
      this.#signal.throwIfAborted();
      const lines = this.#within(selector.pick(region, this.#left, side), side);
      this.#left -= lines.length;
      this.#walk.bytes += region.end - region.first;
      const [low, high] = [region.offset + region.first, region.offset + region.end];
      if (holes.some((hole) => hole >= low && hole < high)) onHole();
      const found = { file, lines };
      if (side === "last") this.#walk.found.unshift(found);
      else this.#walk.found.push(found);
      if (this.#left <= 0) {
        const edge = side === "last" ? lines[0]?.start : lines.at(-1)?.next;
        this.#walk.end = { file, offset: edge ?? region.offset + region.first };
        return;
      }
      const why = this.#over();
      if (why === undefined) {
        // Blocks that were read ahead are there at once: without this, several would be looked through in one turn.
        await this.#options.clock.nextTurn();
        continue;
      }
      const at = timeIn(region, side, file);
      this.#walk.stopped = { why, ...(at === undefined ? {} : { at }) };
      this.#walk.end = { file, offset: region.offset + (side === "last" ? region.first : region.end) };
      return;
    }
  }

  /** As many of the lines as the page has room for; the page is full with the first that it has none for. */
  #within(lines: readonly PickedLine[], side: "last" | "first"): readonly PickedLine[] {
    const kept: PickedLine[] = [];
    for (const line of side === "last" ? lines.toReversed() : lines) {
      this.#pageBytes += line.next - line.start;
      if (this.#pageBytes > this.#options.limits.pageBytes && (kept.length > 0 || this.#left < this.#query.lines)) {
        this.#left = kept.length;
        break;
      }
      kept.push(line);
    }
    return side === "last" ? kept.toReversed() : kept;
  }

  #over(): "time" | "bytes" | undefined {
    if (this.#options.clock.monotonic() >= this.#until) return "time";
    return this.#walk.bytes >= this.#options.limits.searchBytes ? "bytes" : undefined;
  }

  #regions(file: LogFile): RegionOptions {
    return {
      ...REGION_DEFAULTS,
      // The last lines stand in the last block; only who searches needs the ones before.
      ...(isSearch(this.#query) ? {} : { blockBytes: 64 * 1024, ahead: 0 }),
      ...this.#options.blocks,
      beginsEntry: (buffer, start, end) => beginsEntry(buffer, start, end, file.format),
    };
  }
}

/** When the line was written at which a search ended. */
function timeIn({ buffer, first, end }: Region, side: "last" | "first", { format }: LogFile): number | undefined {
  const start = side === "last" ? first : buffer.lastIndexOf("\n", end - 2) + 1;
  return factsOf(headOf(buffer, start, end), format).at;
}

function isSearch({ contains, level }: LogQuery): boolean {
  return contains !== undefined || level === "error" || level === "warning";
}

function definedSpan(since: number | undefined, until: number | undefined): { since?: number; until?: number } {
  return { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) };
}

interface Near {
  readonly towards: "older" | "newer";
  readonly file: LogFile;
  readonly offset: number;
}

async function pageOf(walk: Walk, near: Near, options: FileLogOptions): Promise<LogPage> {
  const lines: LogLine[] = [];
  let secrets = 0;
  for (const { file, lines: picked } of walk.found) {
    if (stepsBack(picked)) walk.events.add("stepped_back");
    for (const run of runsOf(picked)) {
      const before = await textBefore(file, run[0]?.start ?? 0);
      const masked = await maskLines(
        options.clock,
        run.map((line) => line.text),
        before,
      );
      secrets += masked.count;
      lines.push(...masked.lines.map((line) => shownLine(line, file.format)));
    }
  }
  const { older, newer } = await placesOf(walk, near);
  return {
    lines,
    secrets,
    ...(older === undefined ? {} : { older }),
    ...(newer === undefined ? {} : { newer }),
    events: [...walk.events],
    ...(walk.stopped === undefined ? {} : { stopped: walk.stopped }),
    searchedBytes: walk.bytes,
  };
}

/** Whether the lines, which stand as they were written, say that the clock went back. A single one is a slip of what it says. */
function stepsBack(lines: readonly PickedLine[]): boolean {
  let [latest, early] = [-Infinity, 0];
  let last: number | undefined;
  for (const { entry } of lines) {
    if (entry.at === undefined || entry.at === last) continue;
    last = entry.at;
    early = latest - entry.at > STEP_MS ? early + 1 : 0;
    if (early > 1) return true;
    if (early === 0) latest = Math.max(latest, entry.at);
  }
  return false;
}

/** How far the file goes, for whoever found nothing in it. */
async function extentOf(file: LogFile): Promise<LogExtent> {
  const size = file.fileSize;
  if (!file.format.stamped) return { size, modifiedAt: file.modifiedAt };
  const regions = { ...REGION_DEFAULTS, blockBytes: 64 * 1024, ahead: 0, beginsEntry: () => true };
  const edge = async (
    blocks: AsyncGenerator<Region, void, void>,
    side: "first" | "last",
  ): Promise<number | undefined> => {
    for await (const { buffer, first, end } of blocks) {
      const times = linesOf(buffer, first, end, file.format).flatMap(({ entry }) => entry.at ?? []);
      return side === "first" ? times[0] : times.at(-1);
    }
    return undefined;
  };
  const first = await edge(regionsForwards(file.source, 0, file.size, regions), "first");
  const last = await edge(regionsBackwards(file.source, 0, file.size, regions), "last");
  return {
    size,
    modifiedAt: file.modifiedAt,
    ...(first === undefined ? {} : { first }),
    ...(last === undefined ? {} : { last }),
  };
}

async function placesOf(walk: Walk, near: Near): Promise<{ older?: LogPlace; newer?: LogPlace }> {
  const found = walk.found.filter(({ lines }) => lines.length > 0);
  const beyond: FilePlace | undefined = walk.end && (await placeAt(walk.end.file, walk.end.offset));
  const first = found[0];
  const last = found.at(-1);
  if (near.towards === "older") {
    const edge = last?.lines.at(-1);
    const newer =
      last === undefined || edge === undefined || (edge.next > near.offset && last.file === near.file)
        ? await placeAt(near.file, near.offset)
        : await placeAt(last.file, edge.next);
    return { ...(beyond === undefined ? {} : { older: beyond }), newer };
  }
  const edge = first?.lines[0];
  const older =
    first === undefined || edge === undefined
      ? await placeAt(near.file, near.offset)
      : await placeAt(first.file, edge.start);
  return { older, ...(beyond === undefined ? {} : { newer: beyond }) };
}

/** Lines that stand one right after the other belong together: a secret may go over several of them. */
function runsOf(lines: readonly PickedLine[]): readonly (readonly PickedLine[])[] {
  const runs: PickedLine[][] = [];
  for (const line of lines) {
    const run = runs.at(-1);
    if (run !== undefined && run.at(-1)?.next === line.start) run.push(line);
    else runs.push([line]);
  }
  return runs;
}

/** What stands right before a line, in case a private key begins there; nearly always nothing. */
async function textBefore(file: LogFile, offset: number): Promise<string> {
  const length = Math.min(KEY_CONTEXT_BYTES, offset);
  if (length === 0) return "";
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.source.read(buffer, 0, length, offset - length);
  const text = buffer.subarray(0, bytesRead);
  return text.includes("PRIVATE") ? text.toString("utf8") : "";
}

/** Where the last whole line ends: what comes after it is still being written. */
async function lastLineEnd(file: LogFile): Promise<number> {
  for (let high = file.size; high > 0;) {
    const length = Math.min(64 * 1024, high);
    const buffer = Buffer.alloc(length);
    const { bytesRead } = await file.source.read(buffer, 0, length, high - length);
    const newline = buffer.subarray(0, bytesRead).lastIndexOf(0x0a);
    if (newline !== -1) return high - length + newline + 1;
    high -= length;
    if (file.size - high >= REGION_DEFAULTS.longestLine) return file.size;
  }
  return 0;
}
