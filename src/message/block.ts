import { plain } from "../base/text.js";
import type { Catalogue } from "../locale/index.js";
import { wrap } from "./clip.js";
import { disarmBlock } from "./markdown.js";
import { manyLines } from "./sanitize.js";

/** What a phone shows of a code block without breaking lines by itself. */
export const CODE_COLUMNS = 42;

/**
 * Preformatted text in at most `max` units once fenced, wrapped for a phone. The newest lines are at the end, so the
 * beginning is what gives way; the first line then counts what was left out.
 */
export function fitBlock(value: string, max: number, catalogue: Catalogue): string {
  const lines = manyLines(value)
    .trimEnd()
    .split("\n")
    .flatMap((line) => wrap(line, CODE_COLUMNS));
  const kept: string[] = [];
  let used = 0;
  for (let index = lines.length - 1; index >= 0; index -= 1) {
    const line = lines[index] ?? "";
    const size = disarmBlock(line).length + 1;
    const note = index > 0 ? plain(catalogue.lowering.blockLinesLeft(index)).length + 1 : 0;
    if (used + size + note > max) {
      if (kept.length > 0) kept.unshift(plain(catalogue.lowering.blockLinesLeft(index + 1)));
      break;
    }
    kept.unshift(line);
    used += size;
  }
  return kept.join("\n").trim() === "" ? "" : kept.join("\n");
}
