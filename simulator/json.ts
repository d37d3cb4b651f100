/** A JSON object as it came from outside: every field has to be looked at before it is used. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function objectsIn(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function stringsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

export function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** An integer given as a number or, as the real API also takes it, as decimal digits. */
export function integer(value: unknown): number | undefined {
  if (typeof value === "number" && Number.isInteger(value)) return value;
  if (typeof value === "string" && /^-?\d{1,15}$/.test(value)) return Number(value);
  return undefined;
}

export function flag(value: unknown): boolean {
  return value === true || value === "true" || value === 1;
}

/** An id given as text or number, as text; anything else is empty. */
export function idText(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
