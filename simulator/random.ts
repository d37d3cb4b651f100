/** A source of numbers in [0, 1) that is the same for the same seed. */
export type Random = () => number;

/** Mulberry32: 32 bits of state, good enough for hostile variation, and short. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** FNV-1a over a text, for seeds and opaque ids that depend on a name. */
export function hashText(text: string, seed = 0): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash;
}

/** An opaque hexadecimal text of `length` characters. */
export function hexToken(random: Random, length: number): string {
  let text = "";
  while (text.length < length) text += Math.floor(random() * 16).toString(16);
  return text;
}

const TOKEN_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** An opaque URL-safe text of `length` characters, as Discord's tokens are. */
export function urlToken(random: Random, length: number): string {
  let text = "";
  while (text.length < length) text += TOKEN_ALPHABET[Math.floor(random() * TOKEN_ALPHABET.length)] ?? "A";
  return text;
}
