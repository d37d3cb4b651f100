/** How many characters of a text show that a secret may begin here. */
export const ANCHOR_LENGTH = 4;

const ASCII = 128;
/** The place of the last pair of characters that is the same for all spellings but for case: some anchors have three characters only. */
const LAST_PAIR = ANCHOR_LENGTH - 3;
/** Of a small table over mixed keys, which rules most candidates out before the exact one is asked. */
const MIXED_BITS = 18;
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

/** The key of four bytes; where a character is not ASCII it is another one's, which the exact table finds out. */
function lowKeyAt(bytes: Uint8Array, at: number): number {
  const a = (bytes[at] ?? 0) & 0x7f;
  const b = (bytes[at + 1] ?? 0) & 0x7f;
  const c = (bytes[at + 2] ?? 0) & 0x7f;
  const d = (bytes[at + 3] ?? 0) & 0x7f;
  return ((a * ASCII + b) * ASCII + c) * ASCII + d;
}

function mix(key: number): number {
  return Math.imul(key, 0x9e_37_79_b1) >>> (32 - MIXED_BITS);
}

/** The low byte of every UTF-16 unit, at the same place. Reading bytes from an array is twice as fast as from a string. */
export function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}

/**
 * Finds where one of many short anchors stands, as Wu and Manber do: a table over pairs of characters says how far the place looked
 * at may move on, three characters for most pairs of an ordinary text; where it may not move, a table of the exact spellings
 * decides. The cost hardly depends on how many anchors there are.
 */
export class Anchors<T> {
  readonly #shift = new Uint8Array(ASCII * ASCII).fill(LAST_PAIR + 1);
  readonly #mixed = new Uint8Array(1 << MIXED_BITS);
  readonly #exact = new Map<number, T[]>();

  constructor(entries: readonly { readonly anchors: readonly string[]; readonly value: T }[]) {
    for (const { anchors, value } of entries) {
      for (const anchor of anchors) this.#add(placesOf(anchor), value);
    }
  }

  #add(places: Places, value: T): void {
    for (let place = 0; place <= LAST_PAIR; place++) {
      for (const first of places[place] ?? []) {
        for (const second of places[place + 1] ?? []) {
          const pair = first.charCodeAt(0) * ASCII + second.charCodeAt(0);
          this.#shift[pair] = Math.min(this.#shift[pair] ?? 0, LAST_PAIR - place);
        }
      }
    }
    for (const text of spelled(places)) {
      const key = keyAt(text, 0);
      this.#mixed[mix(key)] = 1;
      const values = this.#exact.get(key);
      if (values === undefined) this.#exact.set(key, [value]);
      else if (!values.includes(value)) values.push(value);
    }
  }

  /** Where the next anchor begins at or after `from`, or -1. `bytes` are of the same text: {@link bytesOf}. */
  next(text: string, bytes: Uint8Array, from: number): number {
    const shift = this.#shift;
    const mixed = this.#mixed;
    const last = bytes.length - (ANCHOR_LENGTH - LAST_PAIR - 1);
    let index = from + LAST_PAIR;
    while (index < last) {
      // Characters outside ASCII fall together with others here; the exact table tells them apart.
      const by = shift[((bytes[index] ?? 0) & 0x7f) * ASCII + ((bytes[index + 1] ?? 0) & 0x7f)] ?? 1;
      if (by !== 0) {
        index += by;
        continue;
      }
      if (mixed[mix(lowKeyAt(bytes, index - LAST_PAIR))] === 1 && this.#exact.has(keyAt(text, index - LAST_PAIR))) {
        return index - LAST_PAIR;
      }
      index++;
    }
    return -1;
  }

  /** What the anchor at this place stands for. */
  at(text: string, index: number): readonly T[] {
    return this.#exact.get(keyAt(text, index)) ?? [];
  }
}
