import { expect, test } from "vitest";

import { ask, factsOf } from "../../support/http-target.js";
import { says, streamServer } from "../../support/faults/stream-server.js";
import { whyOf } from "../../support/probe-bound.js";

const OK = "HTTP/1.1 200 OK\r\n";
const REST = "content-length: 4\r\n\r\nwell";
const CHUNKED = "4\r\nwell\r\n0\r\n\r\n";

/** Each answer, the word of Node's parser, and whether browsers take it. */
test.each([
  ["a control character in a cookie", `${OK}set-cookie: a=\u0001b\r\n${REST}`, "Invalid header value char", true],
  ["lines without CR", "HTTP/1.1 200 OK\ncontent-length: 4\n\nwell", "Missing expected CR after response line", true],
  ["a folded header", `${OK}x-a: b\r\n c\r\n${REST}`, "Unexpected whitespace after header value", true],
  ["a length said twice", `${OK}content-length: 4\r\n${REST}`, "Duplicate Content-Length", true],
  ["two lengths", `${OK}content-length: 5\r\n${REST}`, "Duplicate Content-Length", false],
  [
    "a length beside chunks",
    `${OK}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n${CHUNKED}`,
    "Transfer-Encoding can't be present with Content-Length",
    true,
  ],
  ["a blank before the colon", `${OK}x-a : b\r\n${REST}`, "Invalid header token", true],
  ["a line that is no header", `${OK}garbage\r\n${REST}`, "Invalid header token", true],
  ["a version that does not exist", `HTTP/1.2 200 OK\r\n${REST}`, "Invalid HTTP version", true],
  [
    "a blank behind a chunk's size",
    `${OK}transfer-encoding: chunked\r\n\r\n4 \r\nwell\r\n0\r\n\r\n`,
    "Invalid character in chunk size",
    true,
  ],
  [
    "a chunk without a size",
    `${OK}transfer-encoding: chunked\r\n\r\nzz\r\nwell\r\n`,
    "Invalid character in chunk size",
    false,
  ],
])("%s", async (_as, answer, word, browsers) => {
  await using server = await streamServer("tcp", says(answer));
  const options = { url: `http://127.0.0.1:${server.port}/`, expect: { body: "well" } };
  const refused = await ask(options);
  expect(whyOf(refused)).toBe("bad_http");
  expect(factsOf(refused).mismatch).toEqual({ what: "answer", expected: "HTTP by its rules", found: word });
  expect(whyOf(await ask({ ...options, lenient: true }))).toBe(browsers ? undefined : "bad_http");
});

test.each([
  ["what is no HTTP", "220 mail.example ESMTP ready\r\n\r\n", "wrong_protocol"],
  ["a connection that ends within the head", `${OK}content-le`, "reset"],
  ["a connection that ends within the body", `${OK}content-length: 100\r\n\r\nwell`, "reset"],
  ["a body until the end of the connection", `${OK}\r\nwell`, undefined],
  ["an interim answer", `HTTP/1.1 103 Early Hints\r\nlink: <x>\r\n\r\n${OK}${REST}`, undefined],
  ["something behind the whole answer", `${OK}connection: close\r\n${REST}\r\nmore`, undefined],
])("lenient or not, %s", async (_as, answer, reason) => {
  await using server = await streamServer("tcp", (socket) => {
    socket.once("data", () => socket.end(answer));
  });
  const options = { url: `http://127.0.0.1:${server.port}/`, expect: { body: "well" } };
  expect(whyOf(await ask(options))).toBe(reason);
  expect(whyOf(await ask({ ...options, lenient: true }))).toBe(reason);
});
