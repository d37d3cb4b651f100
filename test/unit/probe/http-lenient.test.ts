import { describe, expect, it } from "vitest";

import { mendedHead } from "../../../src/probe/http-lenient.js";

describe("the head of an answer, mended", () => {
  it.each([
    ["lines without CR", "HTTP/1.1 200 OK\nA: 1\nB: 2\n\n", ["A: 1", "B: 2"]],
    ["a folded header", "HTTP/1.1 200 OK\r\nA: 1\r\n\t2\r\n  3\r\nB: 2\r\n\r\n", ["A: 1 2 3", "B: 2"]],
    ["a CR by itself", "HTTP/1.1 200 OK\r\nA: 1\r2\r\n\r\n", ["A: 1 2"]],
    ["blanks before a colon", "HTTP/1.1 200 OK\r\nA : 1\r\n\r\n", ["A: 1"]],
    ["no header at all", "HTTP/1.1 200 OK\r\ngarbage\r\n: 1\r\nA B: 1\r\nC: 1\r\n\r\n", ["C: 1"]],
    ["a length twice", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\ncontent-length: 2\r\n\r\n", ["Content-Length: 2"]],
    ["a length twice in one", "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\n", ["Content-Length: 2"]],
    [
      "two lengths",
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n",
      ["Content-Length: 2", "Content-Length: 3"],
    ],
    ["a colon in a value", "HTTP/1.1 200 OK\r\nA: b: c\r\n\r\n", ["A: b: c"]],
  ])("%s", (_as, head, headers) => {
    expect(mendedHead(head)?.split("\r\n")).toEqual(["HTTP/1.1 200 OK", ...headers, "", ""]);
  });

  it("is none without a status line", () => {
    expect(mendedHead("220 mail.example ESMTP\r\n\r\n")).toBeUndefined();
  });
});
