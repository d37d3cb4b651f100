import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";

import { describe, expect, it } from "vitest";

import { decodeContent } from "../../../src/probe/http-coding.js";

const LIMITS = { maxBytes: 1_000, signal: new AbortController().signal };

async function decoded(bytes: Buffer, header: string | undefined, cut: boolean = false): Promise<unknown> {
  const body = await decodeContent({ bytes, cut }, header, LIMITS);
  return "bytes" in body ? { text: body.bytes.toString(), cut: body.cut } : body;
}

const WELL = Buffer.from("all is well");

describe("a body's content codings", () => {
  it.each([
    ["gzip", gzipSync(WELL)],
    ["X-GZIP", gzipSync(WELL)],
    ["deflate", deflateSync(WELL)],
    ["deflate", deflateRawSync(WELL)],
    ["br", brotliCompressSync(WELL)],
    ["gzip, br", brotliCompressSync(gzipSync(WELL))],
    ["deflate,identity , gzip", gzipSync(deflateRawSync(WELL))],
    ["gzip", Buffer.concat([gzipSync(WELL.subarray(0, 4)), gzipSync(WELL.subarray(4))])],
    ["identity", WELL],
    [undefined, WELL],
    ["", WELL],
    // Names that are mistakes, and change nothing.
    ["utf-8", WELL],
    ["none", WELL],
  ])("%s is undone", async (header, bytes) => {
    expect(await decoded(bytes, header)).toEqual({ text: "all is well", cut: false });
  });

  it("of an empty body mean nothing", async () => {
    expect(await decoded(Buffer.alloc(0), "gzip")).toEqual({ text: "", cut: false });
    expect(await decoded(Buffer.alloc(0), "zstd")).toEqual({ text: "", cut: false });
  });

  it.each([
    ["zstd", Buffer.from("28b52ffd0458", "hex"), "gzip, deflate or br", "zstd"],
    [undefined, Buffer.from("28b52ffd0458", "hex"), "zstd", "nothing"],
    ["compress", WELL, "gzip, deflate or br", "compress"],
    ["gzip", WELL, "gzip", "all is well"],
    ["br", WELL, "br", "all is well"],
    ["deflate", gzipSync(WELL), "deflate", "gzip"],
    ["gzip, br", gzipSync(WELL), "br", "gzip"],
    [undefined, gzipSync(WELL), "gzip", "nothing"],
    ["gzip", gzipSync(gzipSync(WELL)), "gzip", "gzip"],
    ["gzip", gzipSync(WELL).subarray(0, 24), "gzip", "unexpected end of file"],
    ["gzip,gzip,gzip,gzip,gzip", gzipSync(WELL), "at most 4", "gzip, gzip, gzip, gzip, gzip"],
  ])("%s that cannot be undone is told", async (header, bytes, expected, found) => {
    expect(await decoded(bytes, header)).toEqual({ what: "content-encoding", expected, found });
  });

  it("are blown up no further than the limit, in every layer", async () => {
    const zeros = Buffer.alloc(64 * 1024 * 1024);
    const bomb = gzipSync(zeros);
    expect(await decodeContent({ bytes: bomb, cut: false }, "gzip", LIMITS)).toEqual({
      bytes: Buffer.alloc(1_000),
      cut: true,
    });
    const twice = await decodeContent({ bytes: gzipSync(bomb), cut: false }, "gzip, gzip", LIMITS);
    expect(twice).toEqual({ bytes: Buffer.alloc(1_000), cut: true });
    const exact = await decodeContent({ bytes: gzipSync(zeros.subarray(0, 1_000)), cut: false }, "gzip", LIMITS);
    expect(exact).toMatchObject({ cut: false });
  });

  it.each([
    ["gzip", gzipSync(Buffer.alloc(900, "word "), { level: 0 })],
    ["deflate", deflateSync(Buffer.alloc(900, "word "), { level: 0 })],
  ])("%s of a body that was cut here is undone as far as it goes", async (coding, bytes) => {
    const body = await decodeContent({ bytes: bytes.subarray(0, 500), cut: true }, coding, LIMITS);
    expect(body).toMatchObject({ cut: true });
    expect("bytes" in body && body.bytes.toString().startsWith("word word ")).toBe(true);
  });

  it("end with the deadline", async () => {
    const aborted = AbortSignal.abort(new Error("over"));
    await expect(decodeContent({ bytes: WELL, cut: false }, "gzip", { maxBytes: 10, signal: aborted })).rejects.toThrow(
      "over",
    );
  });
});
