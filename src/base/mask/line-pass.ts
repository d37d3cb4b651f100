import { ANCHOR_LENGTH, Anchors, bytesOf } from "./anchors.js";
import { SECRET_CLASSES } from "./classes.js";
import type { Form, Found } from "./form.js";
import { AHEAD, BEHIND, MARKER } from "./form.js";
import type { Pass } from "./pass.js";

let anchors: Anchors<Form> | undefined;

/** Built at the first use: a start of the program need not wait for it. */
function allAnchors(): Anchors<Form> {
  anchors ??= new Anchors(
    SECRET_CLASSES.flatMap(({ forms }) => forms.map((form) => ({ anchors: form.anchors, value: form }))),
  );
  return anchors;
}

/** For the forms of one anchor together, what rules them out: one look instead of one for each. */
const gates = new WeakMap<readonly Form[], RegExp>();

function gateOf(forms: readonly Form[]): RegExp {
  const known = gates.get(forms);
  if (known !== undefined) return known;
  const patterns = forms.map(({ gate = "" }) => gate.replaceAll(/\(\?<\w+>/gu, "(?:"));
  const gate = new RegExp(patterns.join("|"), "iy");
  gates.set(forms, gate);
  return gate;
}

interface Window {
  /** Where the window begins and ends in the text. */
  readonly base: number;
  readonly end: number;
  /** Whether the end of the window is the end of the line, or of everything. */
  readonly whole: boolean;
}

/** Masks what is written within one line: everything of {@link SECRET_CLASSES}. */
export class LinePass implements Pass {
  /** What is not given out yet, after at most {@link BEHIND} characters that are, for forms that look behind. */
  #text = "";
  #given = 0;
  /** Inside a secret that is longer than a window: what still belongs to it. */
  #rest: RegExp | undefined;
  #count = 0;
  readonly #tell: ((start: number, end: number) => void) | undefined;

  /** `tell` learns the places of secrets, which are right when the text comes in one piece. */
  constructor(tell?: (start: number, end: number) => void) {
    this.#tell = tell;
  }

  get count(): number {
    return this.#count;
  }

  push(chunk: string): string {
    this.#text += chunk;
    const out = this.#advance(false);
    const behind = Math.max(0, this.#given - BEHIND);
    this.#text = this.#text.slice(behind);
    this.#given -= behind;
    return out;
  }

  end(chunk: string = ""): string {
    this.#text += chunk;
    const out = this.#advance(true);
    this.#text = "";
    this.#given = 0;
    this.#rest = undefined;
    return out;
  }

  #advance(final: boolean): string {
    const table = allAnchors();
    const bytes = bytesOf(this.#text);
    let out = "";
    this.#skipRest(final);
    if (this.#rest !== undefined) return out;
    let from = this.#given;
    let lineEnd = -1;
    for (;;) {
      const at = table.next(this.#text, bytes, from);
      if (at === -1)
        return out + this.#giveTo(final ? this.#text.length : this.#text.length - ANCHOR_LENGTH + 1 - BEHIND);
      if (lineEnd < at) {
        const newline = this.#text.indexOf("\n", at);
        lineEnd = newline === -1 ? this.#text.length : newline;
      }
      const window = this.#windowAt(at, lineEnd, final);
      if (window === undefined) return out + this.#giveTo(at - BEHIND);
      const found = this.#find(table.at(this.#text, at), window, at);
      if (found === undefined) {
        from = at + 1;
        continue;
      }
      out += this.#giveTo(found.start) + MARKER;
      this.#count++;
      this.#tell?.(found.start, found.end);
      this.#given = found.end;
      if (found.end === window.end && !window.whole) this.#rest = found.rest;
      this.#skipRest(final);
      if (this.#rest !== undefined) return out;
      from = this.#given;
    }
  }

  /** The window for an anchor, or undefined when more of the text has to come first. */
  #windowAt(at: number, lineEnd: number, final: boolean): Window | undefined {
    const base = Math.max(0, at - BEHIND);
    if (lineEnd - at > AHEAD) return { base, end: at + AHEAD, whole: false };
    if (lineEnd < this.#text.length || final) return { base, end: lineEnd, whole: true };
    return undefined;
  }

  #find(forms: readonly Form[], { base, end }: Window, at: number): Found | undefined {
    const window = this.#text.slice(base, end);
    const gate = gateOf(forms);
    gate.lastIndex = at - base;
    if (!gate.test(window)) return undefined;
    for (const form of forms) {
      const found = form.find(window, at - base);
      if (found !== undefined && base + found.start >= this.#given) {
        return { ...found, start: base + found.start, end: base + found.end };
      }
    }
    return undefined;
  }

  #giveTo(end: number): string {
    if (end <= this.#given) return "";
    const given = this.#text.slice(this.#given, end);
    this.#given = end;
    return given;
  }

  #skipRest(final: boolean): void {
    const rest = this.#rest;
    if (rest === undefined) return;
    rest.lastIndex = this.#given;
    if (rest.test(this.#text)) this.#given = rest.lastIndex;
    if (this.#given < this.#text.length || final) this.#rest = undefined;
  }
}
