import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";

import { formatOf } from "./entries.js";
import type { Format } from "./entries.js";
import { WrittenSource, writtenSpans } from "./holes.js";
import type { LevelTexts } from "./level.js";
import { openLog } from "./open-file.js";
import type { OpenFailure, OpenLog } from "./open-file.js";
import type { Source } from "./regions.js";
import type { StampFormat } from "../../base/stamp-format.js";
import type { Zone } from "../../base/zoned-time.js";
import type { LogPlace } from "../../model/log.js";

/** `name`, `name.1` … `name.9`: as logrotate calls what it has moved away, if it does not compress it. */
const MOST_ROTATED = 9;
const CHECKED_BYTES = 64;
const SAMPLE_BYTES = 64 * 1024;

export type FilePlace = Extract<LogPlace, { kind: "file" }>;

/** One file of the chain, open. Its size and every place in it leave its holes out; only a {@link FilePlace} counts them. */
export interface LogFile extends OpenLog {
  /** 0 is the file that is written to. */
  readonly index: number;
  readonly source: WrittenSource;
  /** The size that the file system tells. */
  readonly fileSize: number;
  readonly format: Format;
}

/** How the lines of a log are written, as far as it does not show by itself. */
export interface LineHints {
  readonly zone: Zone;
  readonly stampFormat?: StampFormat;
  readonly levelTexts?: LevelTexts;
}

/** A log and the files it was rotated into, the newest first. Opens each at most once; dispose it to close them. */
export class Chain implements AsyncDisposable {
  readonly #path: string;
  readonly #directory: string;
  readonly #hints: LineHints;
  readonly #opened = new Map<number, Promise<LogFile | OpenFailure>>();

  constructor(path: string, directory: string, hints: LineHints) {
    this.#path = path;
    this.#directory = directory;
    this.#hints = hints;
  }

  /** The file that is written to, or why it cannot be read. */
  newest(): Promise<LogFile | OpenFailure> {
    return this.#open(0);
  }

  /** The one before it in time, if there is one to be read. */
  before(file: LogFile): Promise<LogFile | undefined> {
    return this.#readable(file.index + 1);
  }

  after(file: LogFile): Promise<LogFile | undefined> {
    return this.#readable(file.index - 1);
  }

  /** The file of a place, wherever it has been rotated to; undefined when it is gone, or no longer what it was. */
  async find(place: FilePlace): Promise<LogFile | undefined> {
    for (let index = 0; index <= MOST_ROTATED; index += 1) {
      const file = await this.#readable(index);
      if (file === undefined && index > 0) return undefined;
      if (file?.id !== place.file) continue;
      const isSame = place.offset <= file.fileSize && (await checkAt(file.handle, place.offset)) === place.check;
      return isSame ? file : undefined;
    }
    return undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const opening of this.#opened.values()) {
      const file = await opening;
      if ("handle" in file) await file.handle.close();
    }
  }

  async #readable(index: number): Promise<LogFile | undefined> {
    if (index < 0 || index > MOST_ROTATED) return undefined;
    const file = await this.#open(index);
    return "handle" in file ? file : undefined;
  }

  #open(index: number): Promise<LogFile | OpenFailure> {
    const known = this.#opened.get(index);
    if (known !== undefined) return known;
    const opening = this.#openNow(index);
    this.#opened.set(index, opening);
    return opening;
  }

  async #openNow(index: number): Promise<LogFile | OpenFailure> {
    const result = await openLog(index === 0 ? this.#path : `${this.#path}.${index}`, this.#directory);
    if (!result.ok) return result;
    const { handle, id, size, allocated, modifiedAt } = result;
    const inFile: Source = {
      read: (buffer, offset, length, position) => handle.read(buffer, offset, length, position),
    };
    const source = new WrittenSource(inFile, await writtenSpans(inFile, size, allocated));
    const { levelTexts, ...context } = { ...this.#hints, reference: modifiedAt };
    const format = formatOf(await tailOf(source, source.size), context, levelTexts);
    return { handle, id, size: source.size, fileSize: size, allocated, modifiedAt, index, source, format };
  }
}

async function tailOf(source: Source, size: number): Promise<Buffer> {
  const length = Math.min(SAMPLE_BYTES, size);
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await source.read(buffer, 0, length, size - length);
  return buffer.subarray(0, bytesRead);
}

/** The place in a file, to be found again. */
export async function placeAt(file: Pick<LogFile, "id" | "handle" | "source">, place: number): Promise<FilePlace> {
  const offset = file.source.inFile(place);
  return { kind: "file", file: file.id, offset, check: await checkAt(file.handle, offset) };
}

/** A digest of the few bytes before a place: they never change in a file that is only appended to. */
async function checkAt(handle: LogFile["handle"], offset: number): Promise<string> {
  const length = Math.min(CHECKED_BYTES, offset);
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, offset - length);
  return createHash("sha256").update(buffer.subarray(0, bytesRead)).digest("hex").slice(0, 12);
}
