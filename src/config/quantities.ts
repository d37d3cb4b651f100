import { z } from "zod";

import { parseDuration } from "../base/quantity.js";
import { parseStampFormat } from "../base/stamp-format.js";
import { NAME_PATTERN } from "../model/target.js";

/** The values people write, as schemas. An issue's message is the "expected" half of the sentence that a person reads. */

const A_NAME = "a name of letters, digits, “.”, “_” and “-”, beginning with a letter or digit, at most 64 long";
export const name: z.ZodString = z.string(A_NAME).regex(NAME_PATTERN, A_NAME);

const AN_ID = "a Discord id of 17 to 20 digits, in quotes (YAML would round the bare number)";
export const snowflake: z.ZodString = z.string(AN_ID).regex(/^\d{17,20}$/, AN_ID);

/** A duration with bounds, in milliseconds. */
export function duration(bounds: { min?: number; max?: number; expected: string }): z.ZodType<number, string> {
  return z.string(bounds.expected).transform((value, context) => {
    const ms = parseDuration(value);
    if (ms !== undefined && ms >= (bounds.min ?? 0) && ms <= (bounds.max ?? Number.MAX_SAFE_INTEGER)) return ms;
    context.addIssue({ code: "custom", message: bounds.expected });
    return z.NEVER;
  });
}

const A_ZONE = "a time zone name such as Europe/Berlin or Asia/Tokyo";
export const timezone: z.ZodType<string, string> = z.string(A_ZONE).refine(isTimezone, A_ZONE);

function isTimezone(value: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: value }).format(0) !== "";
  } catch {
    return false;
  }
}

export const labels: z.ZodType<Record<string, string>, Record<string, string>> = z.record(
  z.string().regex(/^[a-z_][a-z0-9_]{0,63}$/, { message: "label names of lower-case letters, digits and “_”" }),
  z.string().max(200, { message: "a label value of at most 200 characters" }),
);

const A_MENTION = "“role:<id>” or “user:<id>”";
export const mention: z.ZodString = z.string(A_MENTION).regex(/^(role|user):\d{17,20}$/, A_MENTION);

const A_PROGRAM = "an absolute path of a program, without “.” and “..”, such as /usr/local/bin/reload-web";
/** systemd takes no other path either. */
export const program: z.ZodType<string, string> = z
  .string(A_PROGRAM)
  .refine((path) => /^(\/[^/]+)+$/.test(path) && !/\/\.{1,2}(\/|$)/.test(path) && isArgument(path), A_PROGRAM);

const AN_ARGUMENT =
  "an argument: text (in quotes if it looks like a number) of at most 4096 characters, none of them a control character";
export const argument: z.ZodType<string, string> = z.string(AN_ARGUMENT).refine(isArgument, AN_ARGUMENT);

/** What can stand in an argument vector and be shown to people as it is. Half a surrogate pair is no text. */
function isArgument(value: string): boolean {
  return value.length <= 4_096 && !/[\p{Cc}\p{Surrogate}]/u.test(value);
}

const A_USER = "the name of a user of this host, such as shop";
export const userName: z.ZodString = z.string(A_USER).regex(/^[a-z_][a-z0-9_-]{0,31}$/, A_USER);

/** The format of a log's times; what is wrong with it is told by whoever reads it. */
export const logStamp: z.ZodType<string, string> = z
  .string("a format such as “%d.%m.%Y %H:%M:%S”")
  .superRefine((value, context) => {
    const result = parseStampFormat(value);
    if (!result.ok) context.addIssue({ code: "custom", message: result.expected });
  });
