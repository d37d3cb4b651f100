import { ANCHOR_LENGTH } from "./anchors.js";
import type { Form } from "./form.js";
import { EDGE, QUOTE, SEPARATOR, shaped } from "./form.js";
import { isPlaceholder, looksRandom } from "./value.js";
import { MARKED_TOKENS, NAMED_TOKENS, PREFIXED_TOKENS } from "./vendors.js";
import type { MarkedToken, NamedToken, PrefixedToken } from "./vendors.js";

const ALPHABETS: Readonly<Record<string, string>> = {
  b: "[A-Za-z0-9+/=]",
  d: String.raw`\d`,
  h: "[0-9a-fA-F]",
  k: "[A-Za-z0-9_]",
  l: "[a-z0-9]",
  s: String.raw`[\w-]`,
  t: String.raw`[\w.=-]`,
  u: "[A-Z0-9]",
  w: "[A-Za-z0-9]",
};
const UUID = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";

function literal(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/gu, String.raw`\$&`);
}

/** A body of the table as a regular expression: `w14.h64`. */
function bodyOf(body: string): string {
  return body.replaceAll(
    /U|([bdhklstuw])(\d+)(?:(\+)|-(\d+))?|([^])/gu,
    (whole, alphabet: string | undefined, least: string, open: string | undefined, most: string | undefined) => {
      if (whole === "U") return UUID;
      if (alphabet === undefined) return literal(whole);
      const length = open === undefined ? (most === undefined ? least : `${least},${most}`) : `${least},`;
      return `${ALPHABETS[alphabet] ?? ""}{${length}}`;
    },
  );
}

const END = "(?![A-Za-z0-9])";
/** Beside a name, a body that goes on is another one. */
const STRICT_END = "(?![A-Za-z0-9]|[-_.][A-Za-z0-9])";

function restOf(body: string): string | undefined {
  const last = /([bhklstuw])\d+\+$/u.exec(body)?.[1];
  return last === undefined ? undefined : ALPHABETS[last];
}

/** Where prefix and body say little by themselves: the body then has to have digits and letters. */
function isMadeUp(token: string): boolean {
  return /\d/u.test(token) && /[A-Za-z]/u.test(token);
}

const SPELLED: Readonly<Record<string, string>> = {
  d: "0123456789",
  h: "0123456789abcdefABCDEF",
  w: "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
};

/** The first characters as they are: case counts. A short prefix goes on with what its body begins with, so that few places match. */
function anchorOf(prefix: string, body: string = ""): string {
  const first = Array.from(prefix.slice(0, ANCHOR_LENGTH), (one) => `[${one}]`);
  const next = SPELLED[body[0] ?? ""];
  const missing = next === undefined ? 0 : Math.min(ANCHOR_LENGTH - first.length, 2);
  return [...first, ...Array.from({ length: missing }, () => `[${next ?? ""}]`)].join("");
}

function formOf({ prefixes, bodies }: PrefixedToken): readonly Form[] {
  return bodies.map((body) => {
    const rest = restOf(body);
    return shaped({
      anchors: prefixes.map((prefix) => anchorOf(prefix, body)),
      secret: `${EDGE}(?:${prefixes.map(literal).join("|")})${bodyOf(body)}${END}`,
      ...(rest === undefined ? {} : { rest }),
      accept: isMadeUp,
    });
  });
}

/** What a name of a secret consists of beside the vendor's. An id is none. */
const WORDS =
  "api|app|application|access|secret|token|key|auth|authentication|client|consumer|pat|personal|private|license|account|oauth2?|bearer|user|admin|test|live|prod|" +
  "production|dev|sdk|rest|service|server|write|read|signing|encryption|webhook|credentials?|password|pass|login|channel|integration|global|hec|cli|ci|" +
  "com|io|mongodb|enterprise|gems";

function namedFormOf({ names, bodies }: NamedToken): Form {
  const parts = names.map((name) => name.split("|"));
  const pattern = parts
    .map(([first = "", second]) => (second === undefined ? literal(first) : `(?<=${literal(first)})${literal(second)}`))
    .join("|");
  return shaped({
    anchors: parts.map(([first = "", second]) => second ?? first),
    head: `(?:${pattern})(?:(?:[ _.-]{0,2}(?:${WORDS}))+(?:${QUOTE}?\\]?${SEPARATOR}${QUOTE}?|(?<=token|key|secret|password|pat)[ \\t]+)|${QUOTE}?[ \\t]{0,4}=[ \\t]{0,4}${QUOTE}?)`,
    secret: `(?:${bodies.map((body) => bodyOf(body) + STRICT_END).join("|")})`,
    flags: "i",
    accept: (value) => !isPlaceholder(value) && (looksRandom(value) || /^[\d-]{16,}$/u.test(value)),
  });
}

/** Looks behind its mark: what stands there is part of the token. */
function markedFormOf({ before, mark, after }: MarkedToken): Form {
  const behind = new RegExp(`${EDGE}${bodyOf(before)}$`, "u");
  const ahead = new RegExp(`${literal(mark)}${bodyOf(after)}${END}`, "y");
  const rest = restOf(after);
  return {
    anchors: [anchorOf(mark)],
    gate: ahead.source,
    find(window, at) {
      ahead.lastIndex = at;
      if (!ahead.test(window)) return undefined;
      const found = behind.exec(window.slice(0, at))?.[0];
      if (found === undefined) return undefined;
      return { start: at - found.length, end: ahead.lastIndex, ...(rest && { rest: new RegExp(`${rest}+`, "y") }) };
    },
  };
}

export const VENDOR_TOKENS: readonly Form[] = [...PREFIXED_TOKENS.flatMap(formOf), ...MARKED_TOKENS.map(markedFormOf)];
export const TOKENS_BESIDE_NAMES: readonly Form[] = NAMED_TOKENS.map(namedFormOf);
