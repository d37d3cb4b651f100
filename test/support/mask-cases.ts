import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** The kinds of secrets for which there are lines in test/testdata/mask. */
export const MASK_CLASSES = [
  "authorization",
  "cloud",
  "cookie",
  "database-url",
  "discord",
  "hash",
  "jwt",
  "named",
  "private-key",
  "url-password",
  "vendor",
] as const;
export type MaskClass = (typeof MASK_CLASSES)[number];

const DIGITS = "0123456789";
const LOWER = "abcdefghijklmnopqrstuvwxyz";
const UPPER = LOWER.toUpperCase();
const ALPHABETS: Readonly<Record<string, string>> = {
  b: `${UPPER}${LOWER}${DIGITS}+/`,
  d: DIGITS,
  h: `${DIGITS}abcdef`,
  s: `${UPPER}${LOWER}${DIGITS}-_`,
  u: `${UPPER}234567`,
  U: `${UPPER}${DIGITS}`,
  w: `${UPPER}${LOWER}${DIGITS}`,
};

/** Characters that look made by a machine, the same for the same seed. The first and last are letters or digits. */
function characters(seed: string, kind: string, length: number): string {
  const alphabet = ALPHABETS[kind] ?? "";
  let text = "";
  for (let block = 0; text.length < length; block++) {
    const bytes = createHash("sha256").update(`${seed}/${block}`).digest();
    for (const byte of bytes) text += alphabet[byte % alphabet.length] ?? "";
  }
  const cut = text.slice(0, length);
  const sure = kind === "h" || kind === "d" ? "7" : "X";
  return `${sure}${cut.slice(1, -1)}${cut.length > 1 ? "7" : ""}`.replace(
    /[78]$/u,
    kind === "d" || kind === "h" ? "8" : "7",
  );
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64url");
}

function jwt(seed: string, algorithm: string): string {
  const header = base64(JSON.stringify({ alg: algorithm, typ: "JWT" }));
  return `${header}.${base64(JSON.stringify({ sub: characters(seed, "w", 8), iat: 1_772_600_767 }))}`;
}

/** What a word between `«` and `»` stands for, so that no file here holds what looks like a live secret. */
function made(word: string, seed: string): string {
  const size = /^([bdhsuUw])(\d+)$/u.exec(word);
  if (size !== null) return characters(seed, size[1] ?? "", Number(size[2]));
  switch (word) {
    case "basic":
      return Buffer.from(`operator:${characters(seed, "w", 9)}`).toString("base64");
    case "jwt":
      return `${jwt(seed, "HS256")}.${characters(seed, "s", 43)}`;
    case "jwtnone":
      return `${jwt(seed, "none")}.`;
    case "jwtcut":
      return jwt(seed, "HS256");
    case "jwe":
      return `${base64('{"alg":"dir","enc":"A128GCM"}')}..${characters(seed, "s", 16)}.${characters(seed, "s", 60)}.${characters(seed, "s", 22)}`;
    case "discord":
      return `${base64(characters(seed, "d", 18))}.G${characters(seed, "s", 5)}.${characters(seed, "s", 38)}`;
    default:
      throw new Error(`«${word}» stands for nothing.`);
  }
}

export interface MaskCase {
  /** The line as it stands in the file. */
  readonly source: string;
  readonly text: string;
  readonly secrets: readonly string[];
  /** The text with `<secret>` in the place of each secret. */
  readonly masked: string;
}

/**
 * The cases of a file: one a line, `↵` for a line break, secrets between `⟦` and `⟧`, what is to be made up between `«` and `»`:
 * a letter for an alphabet and a length (`«w36»`), or the name of a thing (`«jwt»`).
 */
export function maskCases(name: MaskClass, kind: "positive" | "negative"): readonly MaskCase[] {
  const file = readFileSync(new URL(`../testdata/mask/${name}.${kind}.txt`, import.meta.url), "utf8");
  return file
    .split("\n")
    .filter((source) => source !== "")
    .map((source) => {
      let place = 0;
      const marked = source
        .replaceAll(/«(\w+)»/gu, (_, word: string) => made(word, `${source}#${place++}`))
        .replaceAll("↵", "\n");
      return {
        source,
        text: marked.replaceAll(/[⟦⟧]/gu, ""),
        secrets: [...marked.matchAll(/⟦([^⟧]*)⟧/gu)].map((match) => match[1] ?? ""),
        masked: marked.replaceAll(/⟦[^⟧]*⟧/gu, "<secret>"),
      };
    });
}
