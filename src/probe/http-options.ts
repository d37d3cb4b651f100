import { validateHeaderName, validateHeaderValue } from "node:http";
import { isIP } from "node:net";

import { z } from "zod";

import { messageOf } from "../base/errors.js";
import { parseSize } from "../base/quantity.js";

/** Headers that the check itself decides on: another value would change where an answer ends. */
const OWN_HEADERS: readonly string[] = [
  "connection",
  "content-length",
  "transfer-encoding",
  "upgrade",
  "te",
  "trailer",
  "expect",
];

/** Longest body that may be asked for: it is held in memory while it is compared. */
const LARGEST_BODY_BYTES = 16 * 1024 * 1024;

/** As much as browsers take. */
const LARGEST_HEADERS_BYTES = 256 * 1024;

/** First and last status of a range, both included. */
export interface StatusRange {
  readonly from: number;
  readonly to: number;
}

const statusItem = z.union([
  z
    .int()
    .min(100)
    .max(599)
    .transform((status): StatusRange => ({ from: status, to: status })),
  z
    .string()
    .regex(/^[1-5]xx$/, "expected a status such as 200, or a class such as 2xx")
    .transform((written): StatusRange => {
      const from = Number(written[0]) * 100;
      return { from, to: from + 99 };
    }),
]);

const ANY_SUCCESS: readonly StatusRange[] = [{ from: 200, to: 399 }];

const statusRanges = z
  .union([statusItem.transform((one): readonly StatusRange[] => [one]), z.array(statusItem).min(1)])
  .default(ANY_SUCCESS)
  .describe("Status of the answer: a number, a class (`2xx`), or a list of them. Default: 2xx and 3xx.");

const expectation = z.strictObject({
  status: statusRanges,
  body: z.string().min(1).optional().describe("Text that the body must contain."),
  json: z
    .record(z.string().min(1), z.union([z.string(), z.number(), z.boolean(), z.null()]))
    .refine((fields) => Object.keys(fields).length > 0, "expected at least one field")
    .optional()
    .describe("Fields of a JSON body, by path: `services.*` means every service, `\\.` a dot within a name."),
});

const url = z
  .string()
  .transform((written, context): string => {
    const parsed = URL.canParse(written) ? new URL(written) : undefined;
    if (parsed && (parsed.protocol === "http:" || parsed.protocol === "https:") && parsed.hostname !== "")
      return parsed.href;
    // The address is not repeated: it may hold a password.
    context.addIssue({ code: "custom", message: "expected an address such as http://127.0.0.1:3003/health" });
    return z.NEVER;
  })
  .describe("Address to ask, http or https. Password and query are never shown.");

const headers = z
  .record(z.string(), z.string())
  .superRefine((fields, context) => {
    for (const [name, value] of Object.entries(fields)) {
      const problem = headerProblem(name, value);
      if (problem !== undefined) context.addIssue({ code: "custom", message: problem, path: [name] });
    }
  })
  .default({})
  .describe("Headers to send. Their values are never shown.");

function headerProblem(name: string, value: string): string | undefined {
  if (OWN_HEADERS.includes(name.toLowerCase())) return `the header ${name} is set by the check itself`;
  try {
    validateHeaderName(name);
  } catch (thrown) {
    return messageOf(thrown);
  }
  try {
    validateHeaderValue(name, value);
    return undefined;
  } catch {
    return `the value of the header ${name} holds a character that no header may hold`;
  }
}

function sizeUpTo(largest: number, written: string, example: string) {
  return z.string().transform((said, context): number => {
    const bytes = parseSize(said);
    if (bytes !== undefined && bytes > 0 && bytes <= largest) return bytes;
    const message = `expected a size from 1B to ${written}, such as ${example}`;
    context.addIssue({ code: "custom", message, input: said });
    return z.NEVER;
  });
}

const maxBody = sizeUpTo(LARGEST_BODY_BYTES, "16MiB", "1MiB")
  .prefault("1MiB")
  .describe(
    "How much of a body is read, decompressed. A longer one is a bad answer if it is compared and what was read does not decide. At most 16MiB.",
  );

const maxHeaders = sizeUpTo(LARGEST_HEADERS_BYTES, "256KiB", "16KiB")
  .prefault("16KiB")
  .describe(
    "How much of status line and headers is read; more of them is a bad answer. At most 256KiB, as in browsers.",
  );

export const httpOptions = z
  .strictObject({
    url,
    method: z.enum(["GET", "HEAD"]).default("GET").describe("How to ask. A HEAD has no body to compare."),
    headers,
    expect: expectation.prefault({}).describe("What the answer must be. A redirect is not followed."),
    insecure: z
      .boolean()
      .default(false)
      .describe("Accept a certificate that is not valid; that it is not is still measured."),
    maxBody,
    maxHeaders,
    lenient: z
      .boolean()
      .default(false)
      .describe(
        "Take answers that break the rules of HTTP as browsers take them: control characters, folded headers, lines that end without CR, a length said twice.",
      ),
  })
  .refine(
    (options) => options.method === "GET" || (options.expect.body === undefined && options.expect.json === undefined),
    {
      message: "a HEAD has no body: expected method GET with expect.body or expect.json",
      path: ["method"],
    },
  );
export type HttpOptions = z.output<typeof httpOptions>;

export function statusExpected(status: number, ranges: readonly StatusRange[]): boolean {
  return ranges.some((range) => status >= range.from && status <= range.to);
}

/** The ranges as people write them: `200`, `2xx`, `200–399`. */
export function statusText(ranges: readonly StatusRange[]): string {
  return ranges
    .map(({ from, to }) => {
      if (from === to) return String(from);
      return to - from === 99 && from % 100 === 0 ? `${from / 100}xx` : `${from}–${to}`;
    })
    .join(", ");
}

/** An address fit to be shown: without user, password, the values of its query, and fragment. */
export function shownUrl(address: string): string {
  const shown = new URL(address);
  const user = shown.username !== "" || shown.password !== "" ? "<secret>@" : "";
  const names = [...new Set(shown.searchParams.keys())].map((name) => `${encodeURIComponent(name)}=…`);
  const query = names.length > 0 ? `?${names.join("&")}` : "";
  return `${shown.protocol}//${user}${shown.host}${shown.pathname}${query}`;
}

/** Whether the address lies off this host; a name is taken as remote unless it is `localhost`. */
export function isRemote(address: string): boolean {
  const host = new URL(address).hostname;
  const loopback = isIP(host) === 4 && host.startsWith("127.");
  return !(loopback || host === "[::1]" || host === "localhost" || host.endsWith(".localhost"));
}
