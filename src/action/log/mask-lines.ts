import type { Clock } from "../../base/clock.js";
import { createMasker, mask, shownSecrets } from "../../base/mask/mask.js";

/** Masked between two turns of the event loop: about a millisecond. */
const PIECE = 64 * 1024;

export interface MaskedLines {
  readonly lines: readonly string[];
  readonly count: number;
}

/**
 * Masks lines that stand one after the other as one text, so that a secret over several of them is found; `before` is what stands
 * before them, in case such a secret begins there. Masking keeps line breaks, so lines stay lines.
 */
export async function maskLines(
  clock: Pick<Clock, "nextTurn">,
  lines: readonly string[],
  before: string = "",
): Promise<MaskedLines> {
  // A line break of another kind within a line (a bare CR, NEL) is none here.
  const text = before + lines.map((line) => line.replaceAll("\n", " ")).join("\n");
  const masker = createMasker();
  let masked = "";
  for (let at = 0; at < text.length; at += PIECE) {
    if (at > 0) await clock.nextTurn();
    masked += masker.push(text.slice(at, at + PIECE));
  }
  masked += masker.end();
  const kept = masked.split("\n").slice(-lines.length);
  const counted = masker.count - (before === "" ? 0 : mask(before).count);
  // A key that begins before the lines has been counted there, and yet is hidden here.
  const isHidden = kept.some((line, index) => shownSecrets(line) > shownSecrets(lines[index] ?? ""));
  return { lines: kept, count: Math.max(counted, isHidden ? 1 : 0) };
}
