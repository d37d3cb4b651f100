import { DamagedBytesError } from "./bytes.js";

/** Marks a number that JSON has no word for. */
const MARK = "$number";
/** Marks bytes, as base64: a file of a message. */
const BYTES = "$bytes";

/** A row's object as JSON. Numbers that JSON would turn into `null` (NaN, the infinities) and bytes survive. */
export function encodeBody(value: unknown): string {
  // A function that JSON calls for every field is most of the cost, and hardly any object needs it.
  if (isPlain(value)) return JSON.stringify(value);
  return JSON.stringify(value, (_key, item: unknown) => {
    if (item instanceof Uint8Array) return { [BYTES]: Buffer.from(item).toString("base64") };
    return typeof item === "number" && !Number.isFinite(item) ? { [MARK]: String(item) } : item;
  });
}

/** Whether JSON has words for everything in it. */
function isPlain(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || value === null) return true;
  if (value instanceof Uint8Array) return false;
  for (const name in value) if (!isPlain((value as Readonly<Record<string, unknown>>)[name])) return false;
  return true;
}

/** The inverse. What cannot be read is damage to the file, not a mistake of the caller's. */
export function decodeBody(text: string): unknown {
  try {
    if (!text.includes(`"${MARK}"`) && !text.includes(`"${BYTES}"`)) return JSON.parse(text);
    return JSON.parse(text, (_key, item: unknown) => {
      if (typeof item !== "object" || item === null) return item;
      if (MARK in item) return Number(item[MARK]);
      return BYTES in item ? new Uint8Array(Buffer.from(String(item[BYTES]), "base64")) : item;
    });
  } catch (thrown) {
    throw new DamagedBytesError("a row holds something else than JSON", { cause: thrown });
  }
}
