import type { Text } from "../../base/text.js";
import { text } from "../../base/text.js";

/** What a receiver must say itself when a message does not fit. */
export const lowering = {
  linesLeft: (count: number): Text => text`… ${count} more ${count === 1 ? "line" : "lines"} left out`,
  blockLinesLeft: (count: number): Text => text`… ${count} earlier ${count === 1 ? "line" : "lines"} left out`,
  filesLeft: (count: number): Text => text`${count} ${count === 1 ? "file was" : "files were"} too large to attach`,
  shrunk: text`Shortened and without files: Discord refused the full message.`,
  plainOnly: text`Words only: Discord refused the full message.`,
} as const;
