import { TextDecoder } from "node:util";

import type { CodedBody, Undecodable } from "./http-coding.js";

/** How much of a page is looked at for its own word on its character set (WHATWG HTML, section 13.2.3.2). */
const PRESCAN_BYTES = 1_024;

/** Names in use that the Encoding Standard does not list. */
const ALIASES: Readonly<Record<string, string>> = {
  cp932: "shift_jis",
  ms932: "shift_jis",
  "windows-932": "shift_jis",
  eucjp: "euc-jp",
  eucjis: "euc-jp",
  ujis: "euc-jp",
  cp936: "gbk",
  cp949: "euc-kr",
  cp950: "big5",
};

/** What windows-1252 has where ISO-8859-1 has control characters (Encoding Standard, index windows-1252.) */
const WINDOWS_1252 =
  "\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f" +
  "\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178";

const BYTE_ORDER_MARKS: readonly { readonly charset: string; readonly bytes: readonly number[] }[] = [
  // Before UTF-16, whose mark is the beginning of the one of UTF-32.
  { charset: "utf-32", bytes: [0xff, 0xfe, 0, 0] },
  { charset: "utf-32", bytes: [0, 0, 0xfe, 0xff] },
  { charset: "utf-8", bytes: [0xef, 0xbb, 0xbf] },
  { charset: "utf-16le", bytes: [0xff, 0xfe] },
  { charset: "utf-16be", bytes: [0xfe, 0xff] },
];

function charsetByMark(bytes: Buffer): string | undefined {
  return BYTE_ORDER_MARKS.find(({ bytes: mark }) => mark.every((byte, index) => bytes[index] === byte))?.charset;
}

/** A text that begins with an ASCII character, as JSON and pages do, shows by the place of the zero how it is written (RFC 4627, section 3). */
function charsetByZeros(bytes: Buffer): string | undefined {
  const [first, second] = bytes;
  if (first === undefined || second === undefined || (first === 0) === (second === 0)) return undefined;
  return first === 0 ? "utf-16be" : "utf-16le";
}

/** What a page of markup says of itself; a page that can be read so far is not in UTF-16, whatever it says. */
function charsetByPage(bytes: Buffer): string | undefined {
  const start = bytes.subarray(0, PRESCAN_BYTES).toString("latin1");
  if (!start.trimStart().startsWith("<")) return undefined;
  const [, said] = /(?:<\?xml[^>]*\sencoding|<meta[^>]*\bcharset)\s*=\s*["']?\s*([\w:.-]+)/iu.exec(start) ?? [];
  return said?.toLowerCase().startsWith("utf-16") ? "utf-8" : said;
}

function decoderOf(label: string | undefined, fatal: boolean): TextDecoder | undefined {
  if (label === undefined) return undefined;
  try {
    return new TextDecoder(ALIASES[label.toLowerCase()] ?? label, { fatal });
  } catch {
    return undefined;
  }
}

function decodedWith(decoder: TextDecoder, { bytes, cut }: CodedBody): string {
  // Node 20's decoder of windows-1252, which also stands for ISO-8859-1 and ASCII, gives control characters instead (nodejs/node 56542).
  if (decoder.encoding === "windows-1252")
    return bytes.toString("latin1").replace(/[\u0080-\u009f]/gu, (c) => WINDOWS_1252[c.charCodeAt(0) - 0x80] ?? c);
  // A character that was cut through at the end is no error.
  return decoder.decode(bytes, { stream: cut });
}

/** Text without a word on how it is written: UTF-8 if it can be that, else what the web was written in before. */
function guessed(body: CodedBody): string {
  try {
    return decodedWith(new TextDecoder("utf-8", { fatal: true }), body);
  } catch {
    return decodedWith(new TextDecoder("windows-1252"), body);
  }
}

function charsetOfHeader(contentType: string | undefined): string | undefined {
  const [, quoted, bare] = /;\s*charset\s*=\s*(?:"([^"]*)"|'?([^\s;']+))/iu.exec(contentType ?? "") ?? [];
  return (quoted ?? bare)?.trim();
}

/**
 * A body as text, without its byte order mark. The mark decides before the `charset` of the `content-type` header (WHATWG Encoding, "decode"), that
 * before what the text itself shows. An unknown name is passed over, as browsers do; UTF-32 is named and not read, as there.
 */
export function decodeText(body: CodedBody, contentType: string | undefined): string | Undecodable {
  const { bytes } = body;
  const said = charsetOfHeader(contentType);
  const marked = charsetByMark(bytes) ?? (/^utf-?32/iu.test(said ?? "") ? "utf-32" : undefined);
  if (marked === "utf-32") return { what: "charset", expected: "UTF-8", found: "UTF-32" };
  // By its name alone UTF-16 may be written either way.
  const named = /^utf-?16$/iu.test(said ?? "") ? (charsetByZeros(bytes) ?? said) : said;
  const decoder =
    decoderOf(marked, false) ??
    decoderOf(named, false) ??
    decoderOf(charsetByZeros(bytes), false) ??
    decoderOf(charsetByPage(bytes), false);
  return decoder ? decodedWith(decoder, body) : guessed(body);
}
