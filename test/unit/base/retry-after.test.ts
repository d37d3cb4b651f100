import { expect, it } from "vitest";

import { retryAfterMs } from "../../../src/base/retry-after.js";

const NOW = Date.UTC(1994, 10, 6, 8, 49, 0);

it.each([
  ["3600", undefined, 3_600_000],
  [" 20 ", undefined, 20_000],
  ["0", undefined, 0],
  ["1.5", undefined, 1_500],
  // The three forms of RFC 9110.
  ["Sun, 06 Nov 1994 08:49:37 GMT", undefined, 37_000],
  ["Sunday, 06-Nov-94 08:49:37 GMT", undefined, 37_000],
  ["Sun Nov  6 08:49:37 1994", undefined, 37_000],
  // The answer's own clock counts, whatever ours says.
  ["Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:30 GMT", 7_000],
  ["Sun, 06 Nov 1994 08:00:00 GMT", undefined, -49 * 60_000],
  ["-5", undefined, undefined],
  ["soon", undefined, undefined],
  ["", undefined, undefined],
  [undefined, undefined, undefined],
  ["1e9", undefined, undefined],
])("Retry-After %j beside Date %j", (asked, date, expected) => {
  const headers = new Headers();
  if (asked !== undefined) headers.set("retry-after", asked);
  if (date !== undefined) headers.set("date", date);
  expect(retryAfterMs(headers, NOW)).toBe(expected);
});
