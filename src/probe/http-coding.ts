import type { Transform } from "node:stream";
import { constants, createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from "node:zlib";

/** A body that cannot be read: what its headers promise, and what came. */
export interface Undecodable {
  readonly what: "content-encoding" | "charset";
  readonly expected: string;
  readonly found: string;
}

export interface CodedBody {
  readonly bytes: Buffer;
  /** Only its beginning was read. */
  readonly cut: boolean;
}

export interface DecodeLimits {
  /** The longest body, decoded and between two codings. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** Nobody compresses more often than this; each coding may blow up what the one before gave. */
const MOST_CODINGS = 4;

const READ_CODINGS = "gzip, deflate or br";

/**
 * Content codings that are registered, or in use, and that Node 20 cannot undo. Every other name (`utf-8`, `none`, `aws-chunked` …) is a mistake
 * that changes nothing of the body, as browsers take it.
 */
const UNREAD_CODINGS: readonly string[] = ["zstd", "compress", "x-compress", "dcb", "dcz", "exi", "pack200-gzip"];
const READABLE: readonly string[] = ["gzip", "x-gzip", "deflate", "br"];

/** How a compressed body begins: RFC 1952, section 2.3.1; RFC 8878, section 3.1.1. */
const MAGIC: readonly { readonly coding: string; readonly bytes: Buffer }[] = [
  { coding: "gzip", bytes: Buffer.from([0x1f, 0x8b, 0x08]) },
  { coding: "zstd", bytes: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]) },
];

function codingByMagic(bytes: Buffer): string | undefined {
  return MAGIC.find(({ bytes: magic }) => bytes.subarray(0, magic.length).equals(magic))?.coding;
}

/** The codings of a `content-encoding` header that change anything, in the order in which they were applied. */
function codingsOf(header: string | undefined): readonly string[] {
  const names = (header ?? "").split(",").map((name) => name.trim().toLowerCase());
  return names.filter((name) => READABLE.includes(name) || UNREAD_CODINGS.includes(name));
}

/** `deflate` is zlib's format (RFC 1950), but many servers send it bare (RFC 1951): the first two bytes tell. */
function hasZlibHeader(bytes: Buffer): boolean {
  return bytes.length >= 2 && ((bytes[0] ?? 0) & 0x0f) === 8 && bytes.readUInt16BE(0) % 31 === 0;
}

function decompressor(coding: string, { bytes, cut }: CodedBody): Transform {
  // What ends before its own end is an error, unless it was cut here.
  const zlib = { finishFlush: cut ? constants.Z_SYNC_FLUSH : constants.Z_FINISH };
  switch (coding) {
    case "br":
      return createBrotliDecompress({
        finishFlush: cut ? constants.BROTLI_OPERATION_FLUSH : constants.BROTLI_OPERATION_FINISH,
      });
    case "deflate":
      return hasZlibHeader(bytes) ? createInflate(zlib) : createInflateRaw(zlib);
    default:
      return createGunzip(zlib);
  }
}

/** One coding undone, off the main thread and no further than the limit. Rejects with zlib's error or the signal's reason. */
function undone(coding: string, body: CodedBody, { maxBytes, signal }: DecodeLimits): Promise<CodedBody> {
  const stream = decompressor(coding, body);
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => void stream.destroy(signal.reason as Error);
    const settle = (cut: boolean): void => resolve({ bytes: Buffer.concat(chunks), cut });
    signal.addEventListener("abort", onAbort, { once: true });
    stream.once("close", () => signal.removeEventListener("abort", onAbort));
    stream.on("data", (chunk: Buffer) => {
      chunks.push(chunk.subarray(0, maxBytes - size));
      size += chunk.length;
      if (size <= maxBytes) return;
      settle(true);
      stream.destroy();
    });
    stream.once("end", () => settle(body.cut));
    stream.once("error", reject);
    stream.end(body.bytes);
  });
}

/**
 * A body without the codings of its `content-encoding` header: gzip, deflate (also without zlib's header) and br, several in a row. A bomb is
 * blown up no further than the limit, and is then a body that was cut. Rejects only with the signal's reason.
 */
export async function decodeContent(
  coded: CodedBody,
  header: string | undefined,
  limits: DecodeLimits,
): Promise<CodedBody | Undecodable> {
  const codings = codingsOf(header);
  // No body at all is what it is, whatever its headers say.
  if (coded.bytes.length === 0) return coded;
  const unread = codings.find((coding) => UNREAD_CODINGS.includes(coding));
  if (unread !== undefined) return { what: "content-encoding", expected: READ_CODINGS, found: unread };
  if (codings.length > MOST_CODINGS)
    return { what: "content-encoding", expected: `at most ${MOST_CODINGS}`, found: codings.slice(0, 8).join(", ") };
  let body = coded;
  for (const coding of codings.toReversed()) {
    try {
      body = await undone(coding, body, limits);
    } catch (thrown) {
      limits.signal.throwIfAborted();
      return { what: "content-encoding", expected: coding, found: foundInstead(body.bytes, thrown) };
    }
  }
  const unsaid = codingByMagic(body.bytes);
  return unsaid === undefined ? body : { what: "content-encoding", expected: unsaid, found: header ?? "nothing" };
}

/** Of zlib's error only what it says of the end of the data is of use; else the data speaks. */
function foundInstead(bytes: Buffer, thrown: unknown): string {
  const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
  if (code === "Z_BUF_ERROR") return "unexpected end of file";
  return codingByMagic(bytes) ?? bytes.subarray(0, 1_024).toString("utf8");
}
