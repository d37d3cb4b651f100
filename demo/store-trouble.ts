import { closeSync, existsSync, fstatSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";

import { Helper } from "./helper.js";

const STORE = "toban.db";
const LOCKER = new URL("services/lock.js", import.meta.url);
const PAGE_BYTES = 4_096;

/** What can happen to the bot's own database from outside: another process holds its lock, or its pages are overwritten. */
export class StoreTrouble {
  readonly #folder: string;
  #lock: Helper | undefined;

  constructor(dataDir: string) {
    this.#folder = dataDir;
  }

  get locked(): boolean {
    return this.#lock?.running ?? false;
  }

  /** Another process holds the lock for writing. It is given back by itself. */
  async lock(seconds: number): Promise<void> {
    if (this.locked) return;
    this.#lock = await Helper.start(process.execPath, [LOCKER.pathname, join(this.#folder, STORE), String(seconds)]);
  }

  async unlock(): Promise<void> {
    await this.#lock?.stop();
    this.#lock = undefined;
  }

  /** Overwrites every page of the file and of its log, as a dying disk would; the lengths stay. Says how many there were. */
  corrupt(): number {
    return [STORE, `${STORE}-wal`].reduce((pages, name) => pages + overwrite(join(this.#folder, name)), 0);
  }
}

function overwrite(file: string): number {
  if (!existsSync(file)) return 0;
  const handle = openSync(file, "r+");
  try {
    const { size } = fstatSync(handle);
    for (let at = 0; at < size; at += PAGE_BYTES) {
      writeSync(handle, Buffer.alloc(Math.min(PAGE_BYTES, size - at), 0xa5), 0, Math.min(PAGE_BYTES, size - at), at);
    }
    return Math.ceil(size / PAGE_BYTES);
  } finally {
    closeSync(handle);
  }
}
