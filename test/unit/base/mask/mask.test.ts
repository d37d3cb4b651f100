import { describe, expect, it } from "vitest";

import { createMasker, mask, maskedExcerpt } from "../../../../src/base/mask/mask.js";
import { MASK_CLASSES, maskCases } from "../../../support/mask-cases.js";
import type { MaskCase } from "../../../support/mask-cases.js";

/** What must not be seen any more, in pieces: an encoding may put something between them. */
function piecesOf({ secrets, masked }: MaskCase): readonly string[] {
  const pieces = secrets.flatMap((secret) => secret.split(/[^\w+/=.!~-]+/u));
  return pieces.filter((piece) => piece.length >= 4 && !masked.includes(piece));
}

function withoutBreaks(text: string): string {
  return text.replaceAll(/<secret>|\s|\\+[nr]|%0A/gu, "");
}

function leaks(text: string, line: MaskCase): readonly string[] {
  return piecesOf(line).filter((piece) => text.includes(piece));
}

describe.each(MASK_CLASSES)("the lines about %s", (name) => {
  const positive = maskCases(name, "positive");
  const negative = maskCases(name, "negative");

  it("are sixty of each kind at least", () => {
    expect(Math.min(positive.length, negative.length)).toBeGreaterThanOrEqual(60);
  });

  it.each(positive.map((line) => [line.source, line] as const))("masked: %s", (_, line) => {
    const { text, count } = mask(line.text);
    // A key over several lines leaves its line breaks, and what stands before each line.
    const shown = name === "private-key" ? withoutBreaks : (all: string) => all;
    expect(leaks(text, line)).toEqual([]);
    expect(shown(text)).toBe(shown(line.masked));
    expect(count).toBeGreaterThanOrEqual(1);
  });

  it("stay as they are when they hold no secret", () => {
    for (const line of negative) expect(mask(line.text)).toEqual({ text: line.text, count: 0 });
  });

  it("lose their secrets in JSON, in JSON inside JSON, in a URL and in base64 too", () => {
    for (const line of positive) {
      const once = JSON.stringify({ message: line.text });
      expect(leaks(mask(once).text, line)).toEqual([]);
      expect(leaks(mask(JSON.stringify(once)).text, line)).toEqual([]);
      expect(leaks(decodeURIComponent(mask(encodeURIComponent(line.text)).text), line)).toEqual([]);
      for (const encoding of ["base64", "base64url"] as const) {
        const encoded = Buffer.from(line.text).toString(encoding);
        expect(mask(`data: ${encoded}.`)).toEqual({ text: "data: <secret>.", count: 1 });
      }
    }
  });

  it("are masked once for all", () => {
    for (const line of positive) {
      const { text } = mask(line.text);
      expect(mask(text)).toEqual({ text, count: 0 });
    }
  });
});

describe("mask", () => {
  it("counts what it replaced", () => {
    expect(mask("password=hunter2 token=<secret> passwd=hunter3")).toEqual({
      text: "password=<secret> token=<secret> passwd=<secret>",
      count: 2,
    });
  });

  it("counts a key of many lines once and leaves its line breaks", () => {
    const key = "-----BEGIN PRIVATE KEY-----";
    const line = "Qm9n".repeat(16);
    expect(mask(`a\n${key}\n${line}\n${line}\n-----END PRIVATE KEY-----\nb`)).toEqual({
      text: `a\n${key}\n<secret>\n<secret>\n-----END PRIVATE KEY-----\nb`,
      count: 1,
    });
  });

  it("gives back what stands behind a key without an end", () => {
    const text = mask(`-----BEGIN PRIVATE KEY-----\n${"Qm9n".repeat(16)}\nstarted again\nlistening on port 80\n`).text;
    expect(text).toBe("-----BEGIN PRIVATE KEY-----\n<secret>\nstarted again\nlistening on port 80\n");
  });

  it("masks across the borders of pieces", () => {
    const masker = createMasker();
    const text = masker.push("passw") + masker.push("ord=hun") + masker.push("ter2 and on") + masker.end();
    expect(text).toBe("password=<secret> and on");
    expect(masker.count).toBe(1);
  });

  it("masks a secret that is longer than what is looked at", () => {
    expect(mask(`password=${"a1".repeat(20_000)} on`)).toEqual({ text: "password=<secret> on", count: 1 });
    expect(mask(`Cookie: sid=${"a1".repeat(20_000)}; b=c`).text).not.toContain("a1a1");
  });

  it("finds names in letters that are not ASCII around them", () => {
    expect(mask("パスワード password=ひみつ。 ok").text).toBe("パスワード password=<secret> ok");
  });
});

describe("labels in Japanese, and letters written otherwise", () => {
  const value = "Xk29vPq7LmZr4TsB";

  it.each([
    `パスワード: ${value}`,
    `パスワード：${value}`,
    `ﾊﾟｽﾜｰﾄﾞ=${value}`,
    `パスワードは${value}です`,
    `パスワード「${value}」`,
    `パスワード（確認）：${value}`,
    `暗証番号＝${value}`,
    `秘密鍵 = ${value}`,
    `シークレット：${value}`,
    `アクセスキー: ${value}`,
    `APIキー　：　${value}`,
    `ＡＰＩキー: ${value}`,
    `認証情報＝${value}`,
    `トークン: ${value}`,
    `ｐａｓｓｗｏｒｄ＝${value}`,
    `password：${value}`,
    `%70assword=${value}`,
    `{"\\u0070assword":"${value}"}`,
    `&#112;assword=${value}`,
    `passx\bword=${value}`,
    Array.from(`password=${value}`).join("\0"),
  ])("mask %j", (text) => {
    expect(mask(text).text.replaceAll("\0", "")).not.toContain(value.slice(0, 8));
    expect(mask(text).count).toBe(1);
  });

  it.each([
    "パスワードは8文字以上にしてください",
    "パスワードが違います",
    "トークン: 無効",
    "パスワード：********",
    "秘密鍵を読み込みました",
    "価格：１２００円",
  ])("leave %j", (text) => {
    expect(mask(text)).toEqual({ text, count: 0 });
  });
});

describe("maskedExcerpt", () => {
  it("cuts after masking, never through a mark", () => {
    expect(maskedExcerpt("password=hunter2 user=ann", 12)).toEqual({ text: "password=…", count: 0 });
    expect(maskedExcerpt("password=hunter2 user=ann", 18)).toEqual({ text: "password=<secret> …", count: 1 });
    expect(maskedExcerpt("password=hunter2", 40)).toEqual({ text: "password=<secret>", count: 1 });
  });

  it("leaves surrogate pairs whole", () => {
    expect(maskedExcerpt("ab😀cd", 3).text).toBe("ab…");
  });
});
