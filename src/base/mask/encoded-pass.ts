import { AHEAD, MARKER } from "./form.js";
import type { Pass } from "./pass.js";

/** What is shorter hides no secret that would be known by its shape. */
const LEAST = 20;
const PROBED = 16;

const IN_RUN = new Uint8Array(128);
for (const character of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_") {
  IN_RUN[character.charCodeAt(0)] = 1;
}
const RUN_REST = /[A-Za-z0-9+/=_-]+/y;
/** The first character of base64 whose first byte is readable ASCII. */
const READABLE_START = /[A-Za-f]/y;

/** As people read it, in colours too, or with a NUL beside each letter (UTF-16). */
const READABLE = new RegExp(String.raw`^(?:[\t\n\r\x20-\x7E]\0?|\0[\t\n\r\x20-\x7E]|\u{1B})*$`, "u");

function isReadable(text: string): boolean {
  return READABLE.test(text);
}

function inRun(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code < 128 && IN_RUN[code] === 1;
}

interface Run {
  readonly start: number;
  readonly end: number;
}

/** Whether a piece of base64 hides a secret. `hides` judges what it decodes to. */
function hidesSecret(run: string, hides: (text: string) => boolean): boolean {
  READABLE_START.lastIndex = 0;
  if (!READABLE_START.test(run)) return false;
  const decode = (part: string): string => Buffer.from(part, "base64").toString("latin1");
  if (!isReadable(decode(run.slice(0, PROBED)))) return false;
  const decoded = decode(run);
  return isReadable(decoded) && hides(decoded);
}

/** Masks what is base64 of a text with a secret in it, as in Kubernetes' secrets and in data URLs. */
export class EncodedPass implements Pass {
  readonly #hides: (text: string) => boolean;
  #text = "";
  /** Inside a run that is longer than what is looked at: whether it is masked or shown. */
  #inside: "masked" | "shown" | undefined;
  #count = 0;

  constructor(hides: (text: string) => boolean) {
    this.#hides = hides;
  }

  get count(): number {
    return this.#count;
  }

  push(chunk: string): string {
    this.#text += chunk;
    return this.#advance(false);
  }

  end(chunk: string = ""): string {
    this.#text += chunk;
    const out = this.#advance(true);
    this.#text = "";
    this.#inside = undefined;
    return out;
  }

  #advance(final: boolean): string {
    const text = this.#text;
    let out = "";
    let given = 0;
    let from = this.#rest(0);
    if (this.#inside === "shown") out += text.slice(0, from);
    given = from;
    if (from < text.length) this.#inside = undefined;
    while (this.#inside === undefined) {
      const run = this.#nextRun(from);
      if (run === undefined) break;
      if (!final && run.end === text.length && run.end - run.start < AHEAD) break;
      const masked = hidesSecret(text.slice(run.start, Math.min(run.end, run.start + AHEAD)), this.#hides);
      if (masked) {
        out += text.slice(given, run.start) + MARKER;
        this.#count++;
      } else out += text.slice(given, run.end);
      this.#inside = masked ? "masked" : "shown";
      from = this.#rest(run.end);
      if (!masked) out += text.slice(run.end, from);
      given = from;
      if (from < text.length || final) this.#inside = undefined;
    }
    const end = final || this.#inside !== undefined ? text.length : this.#trailing(given);
    if (this.#inside === undefined) out += text.slice(given, end);
    this.#text = text.slice(end);
    return out;
  }

  /** Where what still belongs to the run ends; `=` belongs to it, for padding. */
  #rest(at: number): number {
    if (this.#inside === undefined) return at;
    RUN_REST.lastIndex = at;
    return RUN_REST.test(this.#text) ? RUN_REST.lastIndex : at;
  }

  /** Where a run begins that goes to the end of the text, so that more of it may come. */
  #trailing(from: number): number {
    let at = this.#text.length;
    while (at > from && inRun(this.#text, at - 1)) at--;
    return at;
  }

  /** The next run of at least {@link LEAST} characters. Only every so-manieth character is looked at, and what is around those that fit. */
  #nextRun(from: number): Run | undefined {
    const text = this.#text;
    let low = from;
    for (let index = from + LEAST - 1; index < text.length; index += LEAST) {
      if (!inRun(text, index)) {
        low = index + 1;
        continue;
      }
      let start = index;
      while (start > low && inRun(text, start - 1)) start--;
      let end = index + 1;
      while (end < text.length && inRun(text, end)) end++;
      if (end - start >= LEAST) return { start, end };
      low = index = end;
    }
    return undefined;
  }
}
