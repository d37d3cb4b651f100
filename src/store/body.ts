import { DamagedBytesError } from "./bytes.js";

/** Marks a number that JSON has no word for. */
const MARK = "$number";

/** A row's object as JSON. Numbers that JSON would turn into `null` (NaN, the infinities) survive. */
export function encodeBody(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === "number" && !Number.isFinite(item) ? { [MARK]: String(item) } : item,
  );
}

/** The inverse. What cannot be read is damage to the file, not a mistake of the caller's. */
export function decodeBody(text: string): unknown {
  try {
    if (!text.includes(`"${MARK}"`)) return JSON.parse(text);
    return JSON.parse(text, (_key, item: unknown) =>
      typeof item === "object" && item !== null && MARK in item ? Number(item[MARK]) : item,
    );
  } catch (thrown) {
    throw new DamagedBytesError("a row holds something else than JSON", { cause: thrown });
  }
}
