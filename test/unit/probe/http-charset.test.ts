import { describe, expect, it } from "vitest";

import { decodeText } from "../../../src/probe/http-charset.js";

const hex = (digits: string): Buffer => Buffer.from(digits.replaceAll(" ", ""), "hex");
const JSON_UTF16LE = Buffer.from('{"a":"ü"}', "utf16le");
const JSON_UTF16BE = Buffer.from(JSON_UTF16LE).swap16();

describe("a body as text", () => {
  it.each<[string, string | undefined, Buffer, string]>([
    ["UTF-8", "text/plain; charset=utf-8", Buffer.from("für 当番"), "für 当番"],
    ["UTF-8 without a word", undefined, Buffer.from("für 当番"), "für 当番"],
    ["UTF-8 with its mark", "application/json", hex("efbbbf 7b7d"), "{}"],
    ["a mark against the header", "text/plain; charset=iso-8859-1", hex("efbbbf c3bc"), "ü"],
    ["UTF-16LE by its mark", "application/json", Buffer.concat([hex("fffe"), JSON_UTF16LE]), '{"a":"ü"}'],
    ["UTF-16BE by its mark", undefined, Buffer.concat([hex("feff"), JSON_UTF16BE]), '{"a":"ü"}'],
    ["UTF-16LE by the header", "application/json; charset=UTF-16LE", JSON_UTF16LE, '{"a":"ü"}'],
    ["UTF-16BE by the header", "application/json; charset=utf-16be", JSON_UTF16BE, '{"a":"ü"}'],
    ["UTF-16 of either kind", "application/json; charset=utf-16", JSON_UTF16BE, '{"a":"ü"}'],
    ["UTF-16BE without a word", "application/json", JSON_UTF16BE, '{"a":"ü"}'],
    ["UTF-16LE without a word", "application/json", JSON_UTF16LE, '{"a":"ü"}'],
    ["ISO-8859-1", "text/html; charset=ISO-8859-1", hex("66fc72"), "für"],
    ["ISO-8859-1 in quotes", 'text/html; boundary=x; Charset="iso-8859-1"', hex("66fc72"), "für"],
    ["ISO-8859-1 without a word", "text/plain", hex("66fc72"), "für"],
    ["windows-1252", "text/plain; charset=windows-1252", hex("80 92 99 fc 81"), "€’™ü\u0081"],
    ["ISO-8859-15", "text/plain; charset=iso-8859-15", hex("a4"), "€"],
    ["Shift_JIS", "text/html; charset=Shift_JIS", hex("93 96 94 d4"), "当番"],
    ["Shift_JIS by another name", "text/html; charset=cp932", hex("93 96 94 d4"), "当番"],
    ["EUC-JP", "text/html; charset=EUC-JP", hex("c5 f6 c8 d6"), "当番"],
    ["ISO-2022-JP", "text/html; charset=iso-2022-jp", hex("1b2442 4576 4856 1b2842"), "当番"],
    ["GB18030", "text/html; charset=gb18030", hex("b5b1 b7ac"), "当番"],
    [
      "by a page's own word",
      "text/html",
      Buffer.concat([Buffer.from('<html><meta charset="shift_jis">'), hex("9396")]),
      '<html><meta charset="shift_jis">当',
    ],
    [
      "by XML's own word",
      "text/xml",
      Buffer.concat([Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?>'), hex("fc")]),
      '<?xml version="1.0" encoding="ISO-8859-1"?>ü',
    ],
    [
      "a page that cannot be in UTF-16",
      "text/html",
      Buffer.from('<meta charset="utf-16">ü'),
      '<meta charset="utf-16">ü',
    ],
    ["an unknown name", "text/plain; charset=made-up", Buffer.from("für"), "für"],
    ["an empty name", "text/plain; charset=", Buffer.from("für"), "für"],
    ["wrongly said to be UTF-8", "text/plain; charset=utf-8", hex("66fc72"), "f\ufffdr"],
    ["nothing", undefined, Buffer.alloc(0), ""],
  ])("%s", (_as, contentType, bytes, text) => {
    expect(decodeText({ bytes, cut: false }, contentType)).toBe(text);
  });

  it("whose last character was cut through is still what it was", () => {
    const bytes = Buffer.from("für 当").subarray(0, -1);
    expect(decodeText({ bytes, cut: true }, undefined)).toBe("für ");
    expect(decodeText({ bytes: Buffer.from("ü"), cut: true }, "text/plain; charset=utf-8")).toBe("ü");
  });

  it.each<[string | undefined, Buffer]>([
    [undefined, hex("fffe0000 7b000000")],
    [undefined, hex("0000feff 0000007b")],
    ["application/json; charset=UTF-32LE", hex("7b000000")],
  ])("in UTF-32 (%s) is named", (contentType, bytes) => {
    expect(decodeText({ bytes, cut: false }, contentType)).toEqual({
      what: "charset",
      expected: "UTF-8",
      found: "UTF-32",
    });
  });
});
