import { expect, test } from "vitest";

import { silentLogs } from "../../../src/base/log.js";
import type { ProbeResult } from "../../../src/model/run.js";
import { judgeAnswer } from "../../../src/probe/http-judge.js";
import { runProbe } from "../../../src/probe/run.js";
import { FakeClock } from "../../support/fake-clock.js";
import { targetOf } from "../../support/probe.js";

const PLANTED = "planted-value-4711";

async function resultOf(result: ProbeResult): Promise<ProbeResult> {
  const deps = { clock: new FakeClock(), log: silentLogs.for("probe") };
  const run = await runProbe({ run: async () => result }, targetOf("web"), "web-1", deps, new AbortController().signal);
  return run.result;
}

test("a failure is told without its secrets", async () => {
  const detail = `refused by redis://:${PLANTED}@cache:6379`;
  expect(await resultOf({ status: "failed", failure: "not_permitted", detail })).toMatchObject({
    detail: "refused by redis://:<secret>@cache:6379",
  });
});

test("facts are told without the secrets in their texts, however deep", async () => {
  const mismatch = { what: "body", expected: "ok", found: `password=${PLANTED}` };
  const facts = { kind: "http", url: "http://a.example.test/", status: 500, mismatch } as const;
  expect(await resultOf({ status: "ok", samples: [], facts })).toMatchObject({
    facts: { ...facts, mismatch: { ...mismatch, found: "password=<secret>" } },
  });
});

test("an answer is masked before it is cut", () => {
  const body = { text: `${"x".repeat(105)} password=${PLANTED}`, cut: false };
  const expected = { status: [{ from: 500, to: 500 }], body: "healthy" };
  const found = judgeAnswer({ status: 500, body }, expected, "1MiB")?.mismatch?.found ?? "";
  expect(found).not.toContain("plan");
  expect(found.length).toBeLessThanOrEqual(121);
});

test("a field is masked as its name asks for", () => {
  const body = { text: JSON.stringify({ database: { password: PLANTED } }), cut: false };
  const expected = { status: [{ from: 200, to: 200 }], json: { "database.password": "unset" } };
  expect(judgeAnswer({ status: 200, body }, expected, "1MiB")?.mismatch?.found).toBe('"<secret>"');
});
