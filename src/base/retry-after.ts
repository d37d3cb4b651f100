/** The forms of a moment in HTTP (RFC 9110, section 5.6.7); the oldest says no zone and means UTC. */
const HTTP_DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? .*\d\d:\d\d:\d\d/u;

/** A moment in HTTP, UTC milliseconds. */
function httpDate(text: string): number | undefined {
  if (!HTTP_DATE.test(text)) return undefined;
  const at = Date.parse(text.endsWith("GMT") ? text : `${text} GMT`);
  return Number.isFinite(at) ? at : undefined;
}

/**
 * How long a `Retry-After` header asks to wait (RFC 9110, section 10.2.3), in milliseconds: seconds, or a moment, which is held against the answer's
 * own `Date`, or against `now` (UTC milliseconds) without one. A moment that has passed gives a negative number. `undefined`: it says nothing.
 */
export function retryAfterMs(headers: { get(name: string): string | null }, now: number): number | undefined {
  const text = headers.get("retry-after")?.trim() ?? "";
  if (/^\d+(?:\.\d+)?$/u.test(text)) return Number(text) * 1_000;
  const at = httpDate(text);
  return at === undefined ? undefined : at - (httpDate(headers.get("date")?.trim() ?? "") ?? now);
}
