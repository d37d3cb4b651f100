import { brotliCompressSync, gzipSync } from "node:zlib";

import { expect, test } from "vitest";

import { answering, ask, factsOf, serve } from "../../support/http-target.js";
import { valueOf, whyOf } from "../../support/probe-bound.js";

const HEALTH = '{"status":"healthy","note":"für"}';
const WITH_MARK = Buffer.from(`\ufeff${HEALTH}`);
const JSON_TYPE = "application/json";

test.each([
  ["a byte order mark", WITH_MARK, { "content-type": JSON_TYPE }],
  ["gzip that nobody asked for", gzipSync(HEALTH), { "content-type": JSON_TYPE, "content-encoding": "gzip" }],
  ["brotli, and a mark within", brotliCompressSync(WITH_MARK), { "content-encoding": "br" }],
  ["ISO-8859-1", Buffer.from(HEALTH, "latin1"), { "content-type": `${JSON_TYPE}; charset=ISO-8859-1` }],
  ["UTF-16", Buffer.from(`\ufeff${HEALTH}`, "utf16le"), { "content-type": JSON_TYPE }],
])("JSON with %s is JSON", async (_as, body, headers) => {
  await using served = await serve(answering(200, body, headers));
  const expected = { body: "für", json: { status: "healthy", note: "für" } };
  const run = await ask({ url: `http://127.0.0.1:${served.port}/`, expect: expected });
  expect(whyOf(run)).toBeUndefined();
  expect(valueOf(run, "http_body_bytes")).toBe(body.length);
});

test("a bomb is a body longer than maxBody, however small it came", async () => {
  const bomb = gzipSync(gzipSync(Buffer.alloc(100 * 1024 * 1024)));
  await using served = await serve(answering(200, bomb, { "content-encoding": "gzip, gzip" }));
  const run = await ask({ url: `http://127.0.0.1:${served.port}/`, expect: { body: "well" } });
  expect(whyOf(run)).toBe("too_large");
});

test("what cannot be decoded is told by its header and by what came, without its secrets", async () => {
  const headers = { "content-encoding": "gzip" };
  await using plain = await serve(answering(200, "password=planted-value-4711", headers));
  await using zstd = await serve(answering(200, "(\u00b5/", { "content-encoding": "zstd" }));
  const run = await ask({ url: `http://127.0.0.1:${plain.port}/`, expect: { body: "well" } });
  expect(whyOf(run)).toBe("undecodable");
  expect(factsOf(run).mismatch).toEqual({ what: "content-encoding", expected: "gzip", found: "password=<secret>" });
  const other = await ask({ url: `http://127.0.0.1:${zstd.port}/`, expect: { body: "well" } });
  expect(factsOf(other).mismatch).toMatchObject({ found: "zstd" });
  // Of what is not compared nobody wants to know how it is written.
  expect(whyOf(await ask({ url: `http://127.0.0.1:${zstd.port}/` }))).toBeUndefined();
});

test("what is down is read in a compressed account of it", async () => {
  const account = gzipSync(
    JSON.stringify({ status: "DOWN", components: { "db password=planted": { status: "DOWN" } } }),
  );
  await using served = await serve(answering(503, account, { "content-encoding": "gzip" }));
  const run = await ask({ url: `http://127.0.0.1:${served.port}/` });
  expect(factsOf(run).down).toEqual([{ name: "db password=<secret>", status: "DOWN" }]);
});
