import { randomBytes } from "node:crypto";

import type { Clock } from "./clock.js";

/** Length of an id: 128 bits in base 36. It is also the longest nonce that Discord takes. */
export const ID_LENGTH = 25;

/**
 * A UUIDv7 (RFC 9562: 48 bits of milliseconds, version and variant, 74 random bits) in base 36, 25 characters, so that ids
 * sort by time and a new database never repeats an old one.
 */
export function newId(clock: Pick<Clock, "now">): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(clock.now(), 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return BigInt(`0x${bytes.toString("hex")}`)
    .toString(36)
    .padStart(ID_LENGTH, "0");
}

/** The time inside an id, UTC milliseconds. */
export function timeOfId(id: string): number {
  let value = 0n;
  for (const digit of id) value = value * 36n + BigInt(Number.parseInt(digit, 36));
  return Number(value >> 80n);
}
