import { closeSync, constants, openSync, readSync } from "node:fs";

import type { Clock } from "../../base/clock.js";
import { systemCodeOf } from "../../base/errors.js";
import { parseOomRecord } from "../proc/kmsg.js";
import type { OomVictim } from "../proc/kmsg.js";
import { unreadable } from "../proc/kernel-file.js";

/** The kernel's longest record; a shorter buffer is refused. */
const RECORD_BYTES = 8_192;
/** Records read before the event loop gets its turn. */
const SLICE = 500;
/** The kernel's ring holds far fewer; this only ends a ring that is written faster than it is read. */
const MOST_RECORDS = 200_000;

export type Victim =
  | { readonly status: "found"; readonly victim: OomVictim }
  | { readonly status: "not_found" }
  | { readonly status: "not_permitted" };

/**
 * Who was killed last, from the kernel's message ring. Read only after the kill counter rose: the ring gives one record per
 * read, and nothing else of it is wanted.
 */
export async function lastOomVictim(path: string, clock: Clock, signal: AbortSignal): Promise<Victim> {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (thrown) {
    if (unreadable(thrown) === undefined) throw thrown;
    return { status: "not_permitted" };
  }
  try {
    const buffer = Buffer.allocUnsafe(RECORD_BYTES);
    let victim: OomVictim | undefined;
    for (let count = 1; count <= MOST_RECORDS; count += 1) {
      if (count % SLICE === 0) {
        await clock.nextTurn();
        signal.throwIfAborted();
      }
      const record = readRecord(fd, buffer);
      if (record === "end") break;
      if (record === "not_permitted") return { status: "not_permitted" };
      if (record !== "lost") victim = parseOomRecord(record.text) ?? victim;
    }
    return victim ? { status: "found", victim } : { status: "not_found" };
  } finally {
    closeSync(fd);
  }
}

function readRecord(fd: number, buffer: Buffer): { readonly text: string } | "end" | "lost" | "not_permitted" {
  try {
    const length = readSync(fd, buffer, 0, buffer.length, null);
    return length === 0 ? "end" : { text: buffer.toString("utf8", 0, length) };
  } catch (thrown) {
    switch (systemCodeOf(thrown)) {
      // Overwritten before we came to it: the next read goes on with the oldest there is.
      case "EPIPE":
        return "lost";
      case "EACCES":
      case "EPERM":
        return "not_permitted";
      default:
        return "end";
    }
  }
}
