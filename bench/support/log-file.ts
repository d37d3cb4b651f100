import { execFileSync, spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const WORDS =
  "request served in took user order payment shop cache miss hit timeout retry connection refused GET POST /api/v1/items 200 404 500".split(
    " ",
  );
const LEVELS = ["INFO", "WARN", "ERROR"];
const PIECE = 16 * 1024 * 1024;
/** Cut out of the middle of a program's log: the same on each run. */
const SEED = 12_345;

/** Lines as a busy service writes them, of this many bytes. */
function piece(): Buffer {
  let state = SEED;
  const next = (count: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 0x8000_0000;
    return Math.floor((state / 0x8000_0000) * count);
  };
  const lines: string[] = [];
  for (let size = 0, at = Date.UTC(2026, 0, 1); size < PIECE; at += next(300)) {
    const words = Array.from({ length: 6 + next(14) }, () => WORDS[next(WORDS.length)]);
    const line = `${new Date(at).toISOString()} ${LEVELS[next(LEVELS.length)] ?? ""} ${words.join(" ")}\n`;
    lines.push(line);
    size += line.length;
  }
  return Buffer.from(lines.join(""));
}

/** A folder with log files of given sizes; it goes away when disposed. */
export class LogFiles implements Disposable {
  readonly folder: string = mkdtempSync(join(tmpdir(), "toban-bench-"));
  readonly #piece = piece();

  make(bytes: number): string {
    const path = join(this.folder, `${bytes}.log`);
    const file = openSync(path, "w");
    for (let left = bytes; left > 0; left -= this.#piece.length) {
      writeSync(file, this.#piece, 0, Math.min(left, this.#piece.length));
    }
    closeSync(file);
    return path;
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Milliseconds that grep takes to look for a text in vain. */
export function grepMs(path: string, text: string): number {
  const began = performance.now();
  spawnSync("grep", ["-cF", "--", text, path], { env: { PATH: process.env["PATH"] ?? "", LC_ALL: "C" } });
  return performance.now() - began;
}

/** Lets the kernel forget what it has read of a file, and of no other. */
export function forget(path: string): void {
  execFileSync("dd", [`of=${path}`, "oflag=nocache", "conv=notrunc,fdatasync", "count=0", "status=none"]);
}
