import type { Text } from "../../base/text.js";
import { text } from "../../base/text.js";
import { units } from "./units.js";

/** What a receiver must say itself when a message does not fit. */
export const lowering = {
  /** A moment that many seconds ago; in the future when negative. */
  relative: (seconds: number): string =>
    Math.abs(seconds) < 1 ? "now" : seconds >= 0 ? `${units.seconds(seconds)} ago` : `in ${units.seconds(-seconds)}`,
  linesLeft: (count: number): Text => text`… ${count} more ${count === 1 ? "line" : "lines"} left out`,
  blockLinesLeft: (count: number): Text => text`… ${count} earlier ${count === 1 ? "line" : "lines"} left out`,
  filesLeft: (count: number): Text => text`${count} ${count === 1 ? "file was" : "files were"} too large to attach`,
  shrunk: text`Shortened and without files: Discord refused the full message.`,
  plainOnly: text`Words only: Discord refused the full message.`,
} as const;
