/** How many characters of a text show that a secret may begin here. */
export const ANCHOR_LENGTH = 4;

const ASCII = 128;
const BUCKETS = 8;
const PRINTABLE = Array.from({ length: 0x7f - 0x21 }, (_, index) => String.fromCodePoint(0x21 + index));

/** The characters that each of the four places takes. */
type Places = readonly (readonly string[])[];

/**
 * Reads an anchor: a letter stands for itself in both cases, `[abc]` for exactly these characters, anything else for itself.
 * What is shorter than four characters is followed by any printable one; what is longer is cut.
 */
function placesOf(anchor: string): Places {
  const places = [...anchor.matchAll(/\[([^\]]+)\]|(.)/gsu)].map(([, set, one = ""]) =>
    set === undefined ? [...new Set([one.toLowerCase(), one.toUpperCase()])] : Array.from(set),
  );
  return Array.from({ length: ANCHOR_LENGTH }, (_, index) => places[index] ?? PRINTABLE);
}

/** Every text of four characters that the places allow. */
function spelled(places: Places): readonly string[] {
  let texts = [""];
  for (const place of places) texts = texts.flatMap((text) => place.map((character) => text + character));
  return texts;
}

/** The four characters at a place as one number, or -1 where they are not ASCII. */
function keyAt(text: string, at: number): number {
  const a = text.charCodeAt(at);
  const b = text.charCodeAt(at + 1);
  const c = text.charCodeAt(at + 2);
  const d = text.charCodeAt(at + 3);
  return (a | b | c | d) < ASCII ? ((a * ASCII + b) * ASCII + c) * ASCII + d : -1;
}

/**
 * Finds in one pass where one of many short anchors stands. Each character shifts a word of four bytes, one byte for each place of an
 * anchor and one bit for each of eight groups of anchors (Baeza-Yates and Gonnet's Shift-And over groups): a bit
 * that has come through all four places is a candidate, which a table of the exact spellings then confirms. The cost for a character
 * of ordinary text is one look-up, however many anchors there are.
 */
export class Anchors<T> {
  readonly #filter = new Int32Array(ASCII);
  readonly #exact = new Map<number, T[]>();

  constructor(entries: readonly { readonly anchors: readonly string[]; readonly value: T }[]) {
    for (const { anchors, value } of entries) {
      for (const anchor of anchors) this.#add(placesOf(anchor), value);
    }
  }

  #add(places: Places, value: T): void {
    const bucket = 1 << ((places[0]?.[0]?.charCodeAt(0) ?? 0) % BUCKETS);
    for (const [place, characters] of places.entries()) {
      for (const character of characters) {
        const code = character.charCodeAt(0);
        this.#filter[code] = (this.#filter[code] ?? 0) | (bucket << (place * BUCKETS));
      }
    }
    for (const text of spelled(places)) {
      const key = keyAt(text, 0);
      const values = this.#exact.get(key);
      if (values === undefined) this.#exact.set(key, [value]);
      else if (!values.includes(value)) values.push(value);
    }
  }

  /** Where the next anchor begins at or after `from`, or -1. */
  next(text: string, from: number): number {
    const filter = this.#filter;
    let state = 0;
    for (let index = from; index < text.length; index++) {
      // Characters outside ASCII fall together with others here; the exact table tells them apart.
      state = ((state << BUCKETS) | 0xff) & (filter[text.charCodeAt(index) & 0x7f] ?? 0);
      if ((state & 0xff_00_00_00) !== 0 && this.#exact.has(keyAt(text, index - 3))) return index - 3;
    }
    return -1;
  }

  /** What the anchor at this place stands for. */
  at(text: string, index: number): readonly T[] {
    return this.#exact.get(keyAt(text, index)) ?? [];
  }
}
