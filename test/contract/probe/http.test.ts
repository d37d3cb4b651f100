import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";

import { afterAll, beforeAll, expect, test } from "vitest";

import type { Run } from "../../../src/model/run.js";
import { http } from "../../../src/probe/http.js";
import { Authority } from "../../support/certificates.js";
import { needs } from "../../support/engine/needs.js";
import { answering, ask, factsOf, serve } from "../../support/http-target.js";
import { probeDeps, runOnce, targetOf, valueOf, whyOf } from "../../support/probe-bound.js";

needs("openssl");

test("a good answer: status, length, times of its phases that add up to the whole", async () => {
  await using served = await serve(answering(200, "five!"));
  const run = await ask({ url: `http://127.0.0.1:${served.port}/health` });
  expect(whyOf(run)).toBeUndefined();
  expect(valueOf(run, "http_status_code")).toBe(200);
  expect(valueOf(run, "http_body_bytes")).toBe(5);
  const phases = run.samples.filter((sample) => sample.series === "http_phase_seconds");
  expect(phases.map((sample) => sample.labels["phase"])).toEqual(["dns", "connect", "first_byte", "transfer"]);
  const total = valueOf(run, "http_duration_seconds") ?? 0;
  expect(phases.reduce((sum, sample) => sum + sample.value, 0)).toBeCloseTo(total, 9);
  expect(total).toBeGreaterThan(0);
  expect(valueOf(run, "http_certificate_valid")).toBeUndefined();
});

test("a name with two addresses: the one that answers counts", async () => {
  await using served = await serve(answering(200, ""));
  const run = await ask({ url: `http://localhost:${served.port}/` });
  expect(whyOf(run)).toBeUndefined();
  expect(factsOf(run).address).toBe("127.0.0.1");
});

test("a name that does not exist is the target's fault", async () => {
  const run = await ask({ url: "http://no-such-name.localhost.invalid/" });
  // A machine without any name server cannot tell, and says that instead.
  expect(["name_not_found", "resolver"]).toContain(whyOf(run));
});

test.each([
  [200, undefined, undefined],
  [302, undefined, undefined],
  [404, undefined, "wrong_status"],
  [500, undefined, "wrong_status"],
  [200, 200, undefined],
  [204, 200, "wrong_status"],
  [404, "4xx", undefined],
  [301, "2xx", "wrong_status"],
  [418, [200, "4xx"], undefined],
  [503, [200, "4xx"], "wrong_status"],
])("status %d with expect %j: %s", async (status, expected, reason) => {
  await using served = await serve(answering(status, "", { location: "http://127.0.0.1:1/elsewhere" }));
  const run = await ask({
    url: `http://127.0.0.1:${served.port}/`,
    ...(expected !== undefined && { expect: { status: expected } }),
  });
  expect(whyOf(run)).toBe(reason);
  // A redirect is not followed.
  expect(served.requests).toHaveLength(1);
  expect(valueOf(run, "http_status_code")).toBe(status);
});

test.each([
  ["text", "all systems go", { body: "systems" }, undefined, undefined],
  [
    "no text",
    "all systems down",
    { body: "go" },
    "body_mismatch",
    { what: "body", expected: "go", found: "all systems down" },
  ],
  [
    "fields",
    '{"status":"ok","services":{"a":1,"b":1}}',
    { json: { status: "ok", "services.*": 1 } },
    undefined,
    undefined,
  ],
  [
    "a field",
    '{"services":{"a":"up","b":"down"}}',
    { json: { "services.*": "up" } },
    "json_mismatch",
    { what: "services.b", expected: '"up"', found: '"down"' },
  ],
  [
    "no field",
    "{}",
    { json: { status: "ok" } },
    "json_mismatch",
    { what: "status", expected: '"ok"', found: "nothing" },
  ],
  ["no JSON", "<html>", { json: { status: "ok" } }, "not_json", { what: "body", expected: "JSON", found: "<html>" }],
])("body, %s", async (_as, body, expected, reason, mismatch) => {
  await using served = await serve(answering(200, body));
  const run = await ask({ url: `http://127.0.0.1:${served.port}/`, expect: expected });
  expect(whyOf(run)).toBe(reason);
  expect(factsOf(run).mismatch).toEqual(mismatch);
});

test("the status is judged before the body", async () => {
  await using served = await serve(answering(500, "broken"));
  const run = await ask({ url: `http://127.0.0.1:${served.port}/`, expect: { body: "well" } });
  expect(whyOf(run)).toBe("wrong_status");
  expect(factsOf(run).mismatch).toEqual({ what: "status", expected: "200–399", found: "500" });
});

test("a compared body is read up to maxBody, and only what lies beyond may be missed", async () => {
  const page = `${"x".repeat(1_000)}well${"y".repeat(1_000)}end`;
  await using served = await serve(answering(200, page, { "content-length": "2007" }));
  const url = `http://127.0.0.1:${served.port}/`;
  const whole = await ask({ url, maxBody: "2007B", expect: { body: "end" } });
  expect(whyOf(whole)).toBeUndefined();
  const cut = await ask({ url, maxBody: "2006B", expect: { body: "end" } });
  expect(whyOf(cut)).toBe("too_large");
  expect(factsOf(cut).mismatch).toEqual({ what: "body", expected: "at most 2006B", found: "more than 2006B" });
  expect(valueOf(cut, "http_body_bytes")).toBe(2_007);
  expect(whyOf(await ask({ url, maxBody: "1004B", expect: { body: "well" } }))).toBeUndefined();
  expect(whyOf(await ask({ url, maxBody: "1003B", expect: { body: "well" } }))).toBe("too_large");
});

test("a page of which only the status counts may be of any length", async () => {
  await using served = await serve(answering(200, "x".repeat(2_000_000), { "content-length": "2000000" }));
  await using endless = await serve((_request, response) => {
    const pour = (): void => {
      while (!response.destroyed && response.write("x".repeat(65_536)));
    };
    response.on("drain", pour);
    pour();
  });
  const run = await ask({ url: `http://127.0.0.1:${served.port}/` });
  expect(whyOf(run)).toBeUndefined();
  expect(valueOf(run, "http_duration_seconds")).toBeGreaterThan(0);
  expect(valueOf(run, "http_body_bytes")).toBe(2_000_000);
  const run2 = await ask({ url: `http://127.0.0.1:${endless.port}/` });
  expect(whyOf(run2)).toBeUndefined();
  expect(valueOf(run2, "http_body_bytes")).toBeUndefined();
});

test.each([
  ["/login?next=%2Fhealth", { json: { status: "ok" } }, "redirected", "302 to /login?next=…", "no redirect"],
  [
    "https://user:planted@sso.example/auth;jsessionid=planted?state=planted#x",
    { body: "well" },
    "redirected",
    "302 to https://<secret>@sso.example/auth;jsessionid=…?state=…",
    "no redirect",
  ],
  ["/login", { status: 200 }, "wrong_status", "302 to /login", "200"],
  [`/${"a".repeat(500)}`, { status: 200 }, "wrong_status", `302 to /${"a".repeat(79)}…`, "200"],
])("a redirect to %s where %j is expected", async (location, expected, reason, found, instead) => {
  await using served = await serve(answering(302, "<html>moved</html>", { location }));
  const run = await ask({ url: `http://127.0.0.1:${served.port}/health`, expect: expected });
  expect(whyOf(run)).toBe(reason);
  expect(factsOf(run).mismatch).toEqual({ what: "status", expected: instead, found });
  expect(factsOf(run).location).toBe(found.slice("302 to ".length));
  expect(JSON.stringify(run)).not.toContain("planted");
});

test("headers that are too large: their limit is named, and can be raised", async () => {
  const cookies = Array.from({ length: 20 }, (_, index) => `c${index}=${"x".repeat(1_000)}`);
  await using served = await serve((_request, response) => {
    response.writeHead(200, { "set-cookie": cookies }).end("well");
  });
  const url = `http://127.0.0.1:${served.port}/`;
  const run = await ask({ url });
  expect(whyOf(run)).toBe("headers_too_large");
  expect(factsOf(run).mismatch).toEqual({ what: "headers", expected: "at most 16KiB", found: "more than 16KiB" });
  expect(whyOf(await ask({ url, maxHeaders: "32KiB", expect: { body: "well" } }))).toBeUndefined();
  expect(whyOf(await ask({ url, maxHeaders: "32KiB", lenient: true, expect: { body: "well" } }))).toBeUndefined();
  expect(whyOf(await ask({ url, lenient: true }))).toBe("headers_too_large");
});

test("of thousands of small headers none is passed over in silence", async () => {
  await using served = await serve((_request, response) => {
    for (let index = 0; index < 2_500; index += 1) response.setHeader(`x-${index}`, "1");
    response.setHeader("content-encoding", "gzip");
    response.end(gzipSync("well"));
  });
  const options = { url: `http://127.0.0.1:${served.port}/`, maxHeaders: "64KiB", expect: { body: "well" } };
  expect(whyOf(await ask(options))).toBeUndefined();
});

test.each([
  ["Spring", { status: "DOWN", components: { db: { status: "DOWN" }, disk: { status: "UP" } } }, ["db DOWN"]],
  ["ASP.NET", { status: "Unhealthy", results: { queue: { status: "Unhealthy" } } }, ["queue Unhealthy"]],
])("the account that %s gives of its health with a 503 names what is down", async (_as, account, down) => {
  await using served = await serve(answering(503, JSON.stringify(account)));
  const run = await ask({ url: `http://127.0.0.1:${served.port}/` });
  expect(whyOf(run)).toBe("wrong_status");
  expect(factsOf(run).down?.map(({ name, status }) => `${name} ${status}`)).toEqual(down);
});

test("a bad status is told although the body behind it breaks off", async () => {
  await using served = await serve((_request, response) => {
    response.writeHead(503, { "content-length": "1000" }).write("first", () => response.destroy());
  });
  expect(whyOf(await ask({ url: `http://127.0.0.1:${served.port}/` }))).toBe("wrong_status");
});

test("a HEAD asks for no body, and an unasked-for 101 is a status like any other", async () => {
  await using served = await serve(answering(200, "never sent"));
  const run = await ask({ url: `http://127.0.0.1:${served.port}/`, method: "HEAD" });
  expect(served.requests[0]?.method).toBe("HEAD");
  expect(valueOf(run, "http_body_bytes")).toBe(0);
  await using switching = await serve((request) => {
    request.socket.write("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n");
  });
  const switched = await ask({ url: `http://127.0.0.1:${switching.port}/` });
  expect(whyOf(switched)).toBe("wrong_status");
  expect(valueOf(switched, "http_status_code")).toBe(101);
  switching.requests[0]?.socket.destroy();
});

test("headers and password are sent, and stand in nothing that comes back", async () => {
  await using served = await serve(answering(500, "no"));
  const run = await ask({
    url: `http://user:pa%40ss-planted@127.0.0.1:${served.port}/x?token=query-planted&b=2#part`,
    headers: { "X-Key": "header-planted", "User-Agent": "other" },
  });
  const { headers, url } = served.requests[0] ?? {};
  expect(headers).toMatchObject({
    "x-key": "header-planted",
    "user-agent": "other",
    authorization: `Basic ${Buffer.from("user:pa@ss-planted").toString("base64")}`,
    "accept-encoding": "identity",
    connection: "close",
    host: `127.0.0.1:${served.port}`,
  });
  expect(url).toBe("/x?token=query-planted&b=2");
  expect(JSON.stringify(run)).not.toContain("planted");
  expect(factsOf(run).url).toBe(`http://<secret>@127.0.0.1:${served.port}/x?token=…&b=…`);
});

test("each run has a connection of its own", async () => {
  await using served = await serve(answering(200, ""));
  const deps = probeDeps();
  const target = targetOf(http, { url: `http://127.0.0.1:${served.port}/` });
  const probe = http.create(target, deps);
  await runOnce(probe, target, deps);
  await runOnce(probe, target, deps);
  expect(new Set(served.requests.map((request) => request.socket)).size).toBe(2);
});

let authority: Authority;

beforeAll(async () => {
  authority = await Authority.create();
});

afterAll(() => authority[Symbol.asyncDispose]());

test.each([
  ["expired", () => authority.issue("DNS:localhost", { expired: true }), Date.UTC(2001, 1, 1), "Test Leaf"],
  ["signed by itself", () => authority.selfSigned("DNS:localhost"), undefined, "Test Self"],
])(
  "a certificate that is %s: not valid, nothing is sent, and still its end is measured",
  async (_as, issue, end, name) => {
    await using served = await serve(answering(200, ""), await issue());
    const url = `https://localhost:${served.port}/`;
    const run = await ask({ url, headers: { "x-key": "secret" } });
    expect(whyOf(run)).toBe("certificate_invalid");
    expect(served.requests).toHaveLength(0);
    expect(valueOf(run, "http_certificate_valid")).toBe(0);
    const notAfter = valueOf(run, "http_certificate_not_after_seconds") ?? 0;
    expect(notAfter).toBe(end === undefined ? notAfter : end / 1_000);
    expect(factsOf(run).certificate).toMatchObject({ subject: name, validTo: notAfter * 1_000 });
    expect(factsOf(run).mismatch).toMatchObject({ what: "certificate", expected: "valid" });
    expect(valueOf(run, "http_phase_seconds", { phase: "tls" })).toBeGreaterThan(0);
    const accepted = await ask({ url, insecure: true });
    expect(whyOf(accepted)).toBeUndefined();
    expect(valueOf(accepted, "http_certificate_valid")).toBe(0);
  },
);

/** Runs the check in a process that trusts the test's authority, as an operator adds one: by NODE_EXTRA_CA_CERTS. */
async function askTrusting(url: string): Promise<Run> {
  const support = new URL("../../support/probe-bound.ts", import.meta.url).href;
  const kind = new URL("../../../src/probe/http.ts", import.meta.url).href;
  const script = `
    const { probeDeps, runOnce, targetOf } = await import(${JSON.stringify(support)});
    const { http } = await import(${JSON.stringify(kind)});
    const deps = probeDeps();
    const target = targetOf(http, { url: ${JSON.stringify(url)} });
    process.stdout.write(JSON.stringify(await runOnce(http.create(target, deps), target, deps)));`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--import", "tsx", "--input-type=module", "--eval", script],
    { timeout: 20_000, env: { PATH: process.env["PATH"], NODE_EXTRA_CA_CERTS: authority.path } },
  );
  return JSON.parse(stdout) as Run;
}

test("a certificate of a trusted authority is valid for its own name, and for no other", async () => {
  await using named = await serve(answering(200, ""), await authority.issue("DNS:localhost"));
  await using numbered = await serve(answering(200, ""), await authority.issue("IP:127.0.0.1"));
  const [right, wrong, address] = await Promise.all([
    askTrusting(`https://localhost:${named.port}/`),
    askTrusting(`https://127.0.0.1:${named.port}/`),
    askTrusting(`https://127.0.0.1:${numbered.port}/`),
  ]);
  expect(whyOf(right)).toBeUndefined();
  expect(valueOf(right, "http_certificate_valid")).toBe(1);
  expect(whyOf(wrong)).toBe("certificate_invalid");
  expect(factsOf(wrong).mismatch?.found).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
  expect(whyOf(address)).toBeUndefined();
});

test("of a chain the certificate that ends first counts, with its own name and date", async () => {
  await using through = await authority.intermediate({ days: 10 });
  await using served = await serve(answering(200, ""), await through.issue("DNS:localhost"));
  const run = await askTrusting(`https://localhost:${served.port}/`);
  expect(whyOf(run)).toBeUndefined();
  const inDays = ((factsOf(run).certificate?.validTo ?? 0) - Date.now()) / 86_400_000;
  expect(Math.round(inDays)).toBe(10);
  expect(factsOf(run).certificate).toMatchObject({ subject: "Test Intermediate", leaf: "Test Leaf" });
  expect(valueOf(run, "http_certificate_not_after_seconds")).toBe((factsOf(run).certificate?.validTo ?? 0) / 1_000);
});

test("an intermediate certificate that has expired is named with its own end", async () => {
  await using through = await authority.intermediate({ expired: true });
  await using served = await serve(answering(200, ""), await through.issue("DNS:localhost"));
  const run = await askTrusting(`https://localhost:${served.port}/`);
  expect(whyOf(run)).toBe("certificate_invalid");
  expect(factsOf(run).mismatch?.found).toBe("CERT_HAS_EXPIRED");
  expect(factsOf(run).certificate).toEqual({
    subject: "Test Intermediate",
    issuer: "Test Authority",
    validTo: Date.UTC(2001, 1, 1),
    leaf: "Test Leaf",
  });
});

test("an expired certificate that the server sends beside a valid chain does no harm", async () => {
  await using through = await authority.intermediate({ days: 100 });
  await using older = await Authority.create("Old Authority");
  const again = await authority.signedBy(older, { expired: true });
  const { key, cert } = await through.issue("DNS:localhost");
  await using served = await serve(answering(200, ""), { key, cert: `${cert}${again}` });
  const run = await askTrusting(`https://localhost:${served.port}/`);
  expect(whyOf(run)).toBeUndefined();
  expect(factsOf(run).certificate).toMatchObject({ subject: "Test Leaf" });
});
