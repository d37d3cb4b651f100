import type { Form, Found } from "./form.js";
import { QUOTE, SEPARATOR } from "./form.js";
import { isPlaceholder } from "./value.js";

/** How a value stands beside its name. */
export interface Setting {
  readonly quoted: boolean;
  /** Whether the name and value are joined by `=` rather than by a colon or a space, as sentences do. */
  readonly assigned: boolean;
}

export interface Named {
  readonly anchors: readonly string[];
  /** The name, from the anchor to its end; may look behind. Case does not matter. */
  readonly name: string;
  readonly accept?: (value: string, setting: Setting) => boolean;
}

/** A value without quotation marks ends at white space, at a mark that closes something, or where the next name begins. */
const BARE = new RegExp(
  [
    String.raw`(?:[^\s"'\x60<>,;&()[\]{}\\%|]`,
    String.raw`[,;&|](?!\s|$|["'\\]|[\w.-]{1,40}(?:=|:|%3))`,
    String.raw`[()[\]{}](?!\s|$|[,;.:)\]}"'\\])`,
    String.raw`\\(?![nrt"'\\u/]|$)`,
    String.raw`%(?!2[026cC7]|7[dD]|0[aAdD]|3[bB]))+`,
  ].join("|"),
  "y",
);
const BARE_REST = /[^\s"'`<>,;&\\%|()[\]{}]+/y;
/** A word with another one behind it, as in `password: must be longer`. */
const SENTENCE = /[A-Za-z]+[.,;:]?[ \t]+[A-Za-z(]/y;
/** Key blocks are masked by themselves, over all their lines. */
const PRIVATE_KEY = /^-----BEGIN [A-Z0-9 ]*PRIVATE KEY/u;
const ELEMENT = /([^<>\r\n]+)<\/([\w:.-]{1,64})/y;
/** What begins anew after a separator and white space: the value was left empty. */
const NEXT_NAME = /^[\w.-]+=[^=]/u;

/** How many backslashes stand before a quotation mark: the depth to which JSON was put into JSON. */
function depthOf(quote: string): number {
  return quote.length - quote.replace(/^\\+/u, "").length;
}

/** Where a quoted value ends: before the same mark at the same depth, else at the end of the line. */
function quotedEnd(window: string, start: number, quote: string): number {
  const depth = depthOf(quote);
  const mark = quote.slice(depth);
  if (mark.length > 1) {
    const end = window.toLowerCase().indexOf(quote.toLowerCase(), start);
    return end === -1 ? window.length : end;
  }
  for (let index = window.indexOf(mark, start); index !== -1; index = window.indexOf(mark, index + 1)) {
    let backslashes = 0;
    while (index - backslashes > start && window[index - backslashes - 1] === "\\") backslashes++;
    // A deeper quotation mark belongs to the value; a shallower one ends what the value lies in.
    if (depth > 0 && backslashes <= depth) return index - backslashes;
    if (depth > 0 || backslashes % 2 === 1) continue;
    // Doubled marks are how SQL and CSV write one.
    if (index > start && window[index + 1] === mark) index++;
    else return index;
  }
  return window.length;
}

function quotedRest(quote: string): RegExp {
  const mark = quote.replace(/^\\+/u, "");
  return new RegExp(`[^\\r\\n${mark.length > 1 ? "%&\\\\" : mark}]+`, "y");
}

function bareValue(window: string, start: number): Found | undefined {
  BARE.lastIndex = start;
  return BARE.test(window) ? { start, end: BARE.lastIndex, rest: BARE_REST } : undefined;
}

/**
 * A value beside its name: `name=value`, `name: value`, `"name": "value"`, `name => 'value'`, `[name] => value`, `--name value`,
 * `<name>value</name>`, in JSON inside JSON and in URLs too.
 */
export function named({ anchors, name, accept }: Named): Form {
  const pattern =
    `(?<name>${name})(?:` +
    `${QUOTE}?\\]?(?<separator>${SEPARATOR})(?<open>${QUOTE})?` +
    `|${QUOTE}[ \\t]+value=(?<field>${QUOTE})` +
    `|(?<element>>)` +
    `|(?<=(?:^|[\\s"'])--?[A-Za-z][\\w-]{0,40})[ \\t]+(?!-)(?<word>${QUOTE})?)`;
  const head = new RegExp(pattern, "iy");
  return {
    anchors,
    gate: pattern,
    find(window, at) {
      head.lastIndex = at;
      const groups = head.exec(window)?.groups;
      if (groups === undefined) return undefined;
      const start = head.lastIndex;
      const quote = groups["open"] ?? groups["field"] ?? groups["word"];
      const separator = groups["separator"];
      const found = groups["element"] === undefined ? plainValue() : elementValue(window, start, groups["name"] ?? "");
      if (found === undefined || found.end === found.start) return undefined;
      const value = window.slice(found.start, found.end);
      if (isPlaceholder(value) || PRIVATE_KEY.test(value)) return undefined;
      const assigned = separator === undefined || /[=]|%3d/iu.test(separator);
      if (quote === undefined && /[ \t]$/u.test(separator ?? "") && NEXT_NAME.test(value)) return undefined;
      if (quote === undefined && !assigned) {
        SENTENCE.lastIndex = start;
        if (SENTENCE.test(window)) return undefined;
      }
      return accept === undefined || accept(value, { quoted: quote !== undefined, assigned }) ? found : undefined;

      function plainValue(): Found | undefined {
        if (quote === undefined) return bareValue(window, start);
        return { start, end: quotedEnd(window, start, quote), rest: quotedRest(quote) };
      }
    },
  };
}

/** A value between tags of which both end with the name; `<secret>` alone is the mark of what is masked. */
function elementValue(window: string, start: number, name: string): Found | undefined {
  ELEMENT.lastIndex = start;
  const [, value = "", tag = ""] = ELEMENT.exec(window) ?? [];
  return tag.toLowerCase().endsWith(name.toLowerCase()) ? { start, end: start + value.length } : undefined;
}
