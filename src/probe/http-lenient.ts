import type { Socket } from "node:net";
import { Duplex } from "node:stream";

const LF = 0x0a;

/**
 * The lines of an answer's head as browsers understand them: a line may end without CR, may go on in the next one, and whatever is no header
 * is passed over; blanks before a colon do not count, nor does a length that is said again. Two different lengths stay as they are: nobody
 * knows which one is meant. `undefined`: not even a status line.
 */
export function mendedHead(head: string): string | undefined {
  const [status = "", ...lines] = head.replace(/\r?\n[ \t]+/gu, " ").split(/\r?\n/u);
  if (!/^HTTP\//iu.test(status)) return undefined;
  const lengths = new Set<string>();
  const headers = lines.flatMap((line) => {
    const [, name = "", value = ""] = /^([^:\s]+)[ \t]*:(.*)$/su.exec(line) ?? [];
    if (!/^[\w!#$%&'*+.^`|~-]+$/u.test(name)) return [];
    // A CR by itself ends nothing.
    const field = value.replaceAll("\r", " ").trim();
    if (name.toLowerCase() !== "content-length") return [`${name}: ${field}`];
    const fresh = field
      .split(",")
      .map((length) => length.trim())
      .filter((length) => !lengths.has(length) && lengths.add(length));
    return fresh.map((length) => `${name}: ${length}`);
  });
  return [status.replace(/^http/u, "HTTP"), ...headers, "", ""].join("\r\n");
}

/** Where the head ends, past its empty line, which is looked for from a place on; `undefined`: not yet. */
function endOfHead(bytes: Buffer, from: number): number | undefined {
  for (let at = bytes.indexOf(LF, from); at !== -1; at = bytes.indexOf(LF, at + 1)) {
    const next = bytes.subarray(at + 1, at + 3).toString("latin1");
    if (next.startsWith("\n")) return at + 2;
    if (next === "\r\n") return at + 3;
  }
  return undefined;
}

/**
 * A connection on which the head of the answer reaches Node's parser mended. Together with the parser's own leniency (control characters, any
 * version, a length beside chunks) it takes what browsers take.
 */
export class LenientAnswer extends Duplex {
  readonly #socket: Socket;
  readonly #maxHeaderBytes: number;
  #head: Buffer | undefined = Buffer.alloc(0);

  constructor(socket: Socket, maxHeaderBytes: number) {
    super();
    this.#socket = socket;
    this.#maxHeaderBytes = maxHeaderBytes;
    socket.on("data", (chunk: Buffer) => this.#take(chunk));
    socket.once("end", () => {
      this.#give(this.#head);
      this.push(null);
    });
    socket.once("error", (error) => this.destroy(error));
    // What was received before stays to be read.
    socket.once("close", () => (this.readableEnded ? this.destroy() : this.push(null)));
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done);
  }

  override _final(done: () => void): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }

  #take(chunk: Buffer): void {
    if (this.#head === undefined) {
      this.#give(chunk);
      return;
    }
    const head = Buffer.concat([this.#head, chunk]);
    // The empty line may have begun in the chunk before.
    const end = endOfHead(head, Math.max(0, this.#head.length - 3));
    this.#head = head;
    // The parser says of a head without end that it is too long.
    if (end === undefined && head.length <= this.#maxHeaderBytes) return;
    this.#head = undefined;
    const mended = end === undefined ? undefined : mendedHead(head.subarray(0, end).toString("latin1"));
    // An interim answer (1xx) is followed by the head that counts.
    const interim = mended !== undefined && /^\S+ 1(?!01)\d\d/u.test(mended);
    this.#give(mended === undefined ? head : Buffer.from(mended, "latin1"));
    if (mended === undefined) return;
    const rest = head.subarray(end);
    if (interim) this.#head = Buffer.alloc(0);
    if (rest.length > 0) this.#take(rest);
  }

  #give(bytes: Buffer | undefined): void {
    if (bytes !== undefined && bytes.length > 0 && !this.push(bytes)) this.#socket.pause();
  }
}
