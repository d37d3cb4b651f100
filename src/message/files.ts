import { Buffer } from "node:buffer";

import { plain } from "../base/text.js";
import type { Catalogue } from "../locale/index.js";
import { DISCORD_LIMITS } from "../model/limits.js";
import type { MessageFile } from "../model/message.js";

/** Room for the JSON and the multipart frame beside the files. */
const OVERHEAD_BYTES = 1024 * 1024;

function sizeOf(content: string | Uint8Array): number {
  return typeof content === "string" ? Buffer.byteLength(content) : content.byteLength;
}

/** A name that every platform takes. */
function safeName(name: string): string {
  const clean = name
    .replace(/[^A-Za-z0-9._-]+/gu, "-")
    .replace(/^[.-]+/u, "")
    .slice(-100);
  return clean === "" ? "file.txt" : clean;
}

/** Text cut at a line's end to at most `max` bytes, with a last line that counts what is missing. */
function cutText(content: string, max: number, catalogue: Catalogue): string {
  const lines = content.split("\n");
  const kept: string[] = [];
  let used = 256;
  for (const line of lines) {
    used += Buffer.byteLength(line) + 1;
    if (used > max) break;
    kept.push(line);
  }
  return [...kept, plain(catalogue.lowering.linesLeft(lines.length - kept.length))].join("\n");
}

/** The files that one request may carry; text that is too long is cut, what remains too large is dropped and counted. */
export function fitFiles(
  files: readonly MessageFile[],
  catalogue: Catalogue,
): { readonly files: readonly MessageFile[]; readonly dropped: number } {
  const kept: MessageFile[] = [];
  const names = new Set<string>();
  let left = DISCORD_LIMITS.requestBytes - OVERHEAD_BYTES;
  for (const file of files) {
    if (kept.length >= DISCORD_LIMITS.files) break;
    const max = Math.min(DISCORD_LIMITS.fileBytes, left);
    const fits = sizeOf(file.content) <= max;
    if (!fits && (typeof file.content !== "string" || max < 1024)) continue;
    const content = fits || typeof file.content !== "string" ? file.content : cutText(file.content, max, catalogue);
    let name = safeName(file.name);
    while (names.has(name)) name = `${kept.length}-${name}`;
    names.add(name);
    kept.push({ name, content });
    left -= sizeOf(content);
  }
  return { files: kept, dropped: files.length - kept.length };
}
