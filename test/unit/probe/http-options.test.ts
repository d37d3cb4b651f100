import { expect, test } from "vitest";
import { z } from "zod";

import { httpOptions, isRemote, shownUrl, statusText } from "../../../src/probe/http-options.js";

const URL = "http://127.0.0.1:3003/health";

test("the defaults: GET, 2xx and 3xx, no headers, 1 MiB, certificates checked", () => {
  expect(httpOptions.parse({ url: URL })).toEqual({
    url: URL,
    method: "GET",
    headers: {},
    expect: { status: [{ from: 200, to: 399 }] },
    insecure: false,
    maxBody: 1024 * 1024,
    maxHeaders: 16 * 1024,
    lenient: false,
  });
});

test.each([
  [{}, "url"],
  [{ url: "ftp://host/" }, "url"],
  [{ url: "127.0.0.1:80" }, "url"],
  [{ url: "http://" }, "url"],
  [{ url: URL, method: "POST" }, "method"],
  [{ url: URL, method: "HEAD", expect: { body: "x" } }, "method"],
  [{ url: URL, expect: { status: 99 } }, "expect.status"],
  [{ url: URL, expect: { status: "6xx" } }, "expect.status"],
  [{ url: URL, expect: { status: [] } }, "expect.status"],
  [{ url: URL, expect: { json: {} } }, "expect.json"],
  [{ url: URL, expect: { json: { a: { b: 1 } } } }, "expect.json.a"],
  [{ url: URL, expect: { text: "x" } }, "expect"],
  [{ url: URL, maxBody: "1GiB" }, "maxBody"],
  [{ url: URL, maxBody: "much" }, "maxBody"],
  [{ url: URL, headers: { "bad name": "x" } }, "headers.bad name"],
  [{ url: URL, headers: { good: "bad\nvalue" } }, "headers.good"],
  [{ url: URL, headers: { "Content-Length": "5" } }, "headers.Content-Length"],
  [{ url: URL, verify: false }, ""],
])("refused: %j at %s", (options, path) => {
  const result = httpOptions.safeParse(options);
  expect(result.error?.issues.map((issue) => issue.path.join("."))).toContain(path);
});

test("no complaint repeats a secret", () => {
  const planted = "planted-secret";
  const results = [
    httpOptions.safeParse({ url: `ftp://user:${planted}@host/?key=${planted}` }),
    httpOptions.safeParse({ url: URL, headers: { "x-key": `${planted}\n` } }),
    httpOptions.safeParse({ url: URL, headers: { connection: planted } }),
  ];
  for (const result of results) {
    expect(result.success).toBe(false);
    expect(JSON.stringify(result.error?.issues)).not.toContain(planted);
  }
});

test("the options have a JSON Schema as people write them", () => {
  const schema = z.toJSONSchema(httpOptions, { io: "input" });
  expect(schema).toMatchObject({ type: "object", required: ["url"], additionalProperties: false });
});

test.each([
  ["http://host:80/a?b=c#d", "http://host/a?b=…"],
  ["https://user:word@host/a", "https://<secret>@host/a"],
  ["https://token@host/", "https://<secret>@host/"],
  ["http://host/?key=one&key=two&n%20m=3", "http://host/?key=…&n%20m=…"],
  ["http://[::1]:8080/", "http://[::1]:8080/"],
])("%s is shown as %s", (url, shown) => {
  expect(shownUrl(url)).toBe(shown);
});

test.each([
  ["http://127.0.0.1/", false],
  ["http://127.9.9.9/", false],
  ["http://localhost:3000/", false],
  ["http://app.localhost/", false],
  ["http://[::1]/", false],
  ["http://127.0.0.1.example.org/", true],
  ["http://10.0.0.1/", true],
  ["https://example.org/", true],
  ["http://localhost.example.org/", true],
])("%s is remote: %s", (url, remote) => {
  expect(isRemote(url)).toBe(remote);
});

test("ranges of status are said as people write them", () => {
  const ranges = [
    { from: 200, to: 200 },
    { from: 400, to: 499 },
    { from: 200, to: 399 },
  ];
  expect(statusText(ranges)).toBe("200, 4xx, 200–399");
});
