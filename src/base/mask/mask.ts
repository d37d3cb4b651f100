import { EncodedPass } from "./encoded-pass.js";
import { MARKER } from "./form.js";
import { HiddenPass } from "./hidden-pass.js";
import { LinePass } from "./line-pass.js";
import type { Pass } from "./pass.js";
import { PercentPass } from "./percent-pass.js";
import { PrivateKeyPass } from "./private-key-pass.js";

export interface Masked {
  readonly text: string;
  /** How many secrets were replaced. A private key of many lines is one. */
  readonly count: number;
}

/** How many times something may be put into base64 before it is no longer looked for. */
const MAX_DEPTH = 2;

function passes(depth: number): readonly Pass[] {
  const written = [
    new HiddenPass(),
    new PrivateKeyPass(),
    new PercentPass("wholly"),
    new LinePass(),
    new PercentPass("partly"),
  ];
  if (depth >= MAX_DEPTH) return written;
  return [...written, new EncodedPass((decoded) => maskWith(passes(depth + 1), decoded).count > 0)];
}

function total(all: readonly Pass[]): number {
  return all.reduce((sum, pass) => sum + pass.count, 0);
}

function maskWith(all: readonly Pass[], text: string): Masked {
  const masked = all.reduce((rest, pass) => pass.end(rest), text);
  return { text: masked, count: total(all) };
}

/**
 * Replaces every secret that is known by how it is written ({@link SECRET_CLASSES}, private keys, and these in base64) by
 * `<secret>`. Never throws; takes time in proportion to the text; masking twice changes nothing more. What
 * no shape gives away (a password alone in a sentence) stays: masking is a net below, not a licence to log secrets.
 */
export function mask(text: string): Masked {
  return maskWith(passes(0), text);
}

/** Masks a text that comes in pieces. */
export interface Masker {
  /** What can be given out already. At most {@link AHEAD} characters for each pass are held back. */
  push(chunk: string): string;
  /** The rest. Afterwards a new text may begin; the count goes on. */
  end(): string;
  readonly count: number;
}

export function createMasker(): Masker {
  const all = passes(0);
  return {
    push: (chunk) => all.reduce((rest, pass) => pass.push(rest), chunk),
    end: () => all.reduce((rest, pass) => pass.end(rest), ""),
    get count() {
      return total(all);
    },
  };
}

/** The same data with every text in it masked, however deep; names of fields stay. A field's name is not looked at: `mask` what it says beside it. */
export function maskStrings<T>(data: T): T {
  return maskedData(data) as T;
}

/** Facts say the same with every run: short texts that were found to hold no secret. */
const CLEAN = new Set<string>();
const CLEAN_CHARACTERS = 200;
const CLEAN_TEXTS = 2_048;

function maskedText(text: string): string {
  if (text.length > CLEAN_CHARACTERS) return mask(text).text;
  if (CLEAN.has(text)) return text;
  const masked = mask(text).text;
  if (masked !== text) return masked;
  if (CLEAN.size >= CLEAN_TEXTS) CLEAN.clear();
  CLEAN.add(text);
  return text;
}

function maskedData(data: unknown): unknown {
  if (typeof data === "string") return maskedText(data);
  if (Array.isArray(data)) return data.map(maskedData);
  if (typeof data !== "object" || data === null || Object.getPrototypeOf(data) !== Object.prototype) return data;
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, maskedData(value)]));
}

/** How many marks of masked secrets a text shows: what to say beside a part of a masked text. */
export function shownSecrets(text: string): number {
  return text.split(MARKER).length - 1;
}

/** Masks a text and then shortens it, with `…`, to at most `max` UTF-16 units and that sign: neither a mark nor a surrogate pair is cut. */
export function maskedExcerpt(text: string, max: number): Masked {
  const { text: masked } = mask(text);
  if (masked.length <= max) return { text: masked, count: shownSecrets(masked) };
  const cut = masked.slice(0, max).replace(/[\uD800-\uDBFF]$/u, "");
  const marker = masked.lastIndexOf(MARKER, max - 1);
  const whole = marker !== -1 && marker + MARKER.length > max ? masked.slice(0, marker) : cut;
  return { text: `${whole}…`, count: shownSecrets(whole) };
}
