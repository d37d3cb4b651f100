import { closeSync, openSync, readSync } from "node:fs";

import { systemCodeOf } from "../../base/errors.js";

const FIRST_BUFFER_BYTES = 8_192;
const LARGEST_BUFFER_BYTES = 4 * 1024 * 1024;

/** Why a file could not be read, as far as it matters: it is not there (another kernel, a container), or we may not. */
export type Unreadable = "missing" | "not_permitted";

/**
 * A file of /proc that is read again and again: opened once and read from its start each time, which makes the kernel write it
 * anew. Reading is synchronous on purpose: these files come from the kernel's memory in some microseconds, and a detour over
 * the thread pool would cost ten times as much.
 */
export class KernelFile {
  readonly path: string;
  #fd: number | undefined;
  #buffer = Buffer.allocUnsafe(FIRST_BUFFER_BYTES);
  #trouble: Unreadable | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /** Why the last read gave nothing. */
  get trouble(): Unreadable | undefined {
    return this.#trouble;
  }

  /** The whole text, or `undefined` if there is none for us. Other errors (no descriptor left) are thrown. */
  read(): string | undefined {
    try {
      this.#fd ??= openSync(this.path, "r");
      this.#trouble = undefined;
      return this.#readAll(this.#fd);
    } catch (thrown) {
      this.close();
      this.#trouble = unreadable(thrown);
      if (this.#trouble === undefined) throw thrown;
      return undefined;
    }
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  #readAll(fd: number): string {
    for (;;) {
      let length = 0;
      for (;;) {
        const got = readSync(fd, this.#buffer, length, this.#buffer.length - length, length);
        length += got;
        if (got === 0) return this.#buffer.toString("utf8", 0, length);
        if (length === this.#buffer.length) break;
      }
      if (this.#buffer.length >= LARGEST_BUFFER_BYTES) return this.#buffer.toString("utf8", 0, length);
      // Read anew rather than on: a /proc file may change between two parts.
      this.#buffer = Buffer.allocUnsafe(this.#buffer.length * 2);
    }
  }
}

/** What a failed look at a kernel file means; `undefined` if it is our own trouble. */
export function unreadable(thrown: unknown): Unreadable | undefined {
  switch (systemCodeOf(thrown)) {
    // EOPNOTSUPP: /proc/pressure on a kernel booted with psi=0. ESRCH: the process ended. EINVAL, EIO: the file has no such content.
    case "ENOENT":
    case "ENOTDIR":
    case "ESRCH":
    case "EOPNOTSUPP":
    case "ENOTSUP":
    case "EINVAL":
    case "EIO":
      return "missing";
    case "EACCES":
    case "EPERM":
      return "not_permitted";
    default:
      return undefined;
  }
}
