import { createServer } from "node:net";
import type { AddressInfo } from "node:net";

import { expect, test } from "vitest";

import { createUplink, reachByTcp } from "../../../src/scrape/uplink.js";
import { FakeClock } from "../../support/fake-clock.js";

const signal = new AbortController().signal;
const references = [
  { host: "one.example", port: 443 },
  { host: "two.example", port: 443 },
];

test("up when one answers, down when none does; one look serves all who ask within five seconds", async () => {
  const clock = new FakeClock();
  const asked: string[] = [];
  let answering = "two.example";
  const uplink = createUplink(clock, references, (reference) => {
    asked.push(reference.host);
    return Promise.resolve(reference.host === answering);
  });
  expect(await Promise.all([uplink.isUp(signal), uplink.isUp(signal)])).toEqual([true, true]);
  expect(asked).toEqual(["one.example", "two.example"]);
  answering = "none";
  expect(await uplink.isUp(signal)).toBe(true);
  await clock.advance(5_001);
  expect(await uplink.isUp(signal)).toBe(false);
  expect(clock.pending).toBe(0);
});

test("without a reference no target is hushed", async () => {
  expect(await createUplink(new FakeClock(), []).isUp(signal)).toBe(true);
});

test("references that stay silent are a dead uplink after three seconds", async () => {
  const clock = new FakeClock();
  const uplink = createUplink(
    clock,
    references,
    (_, ended) => new Promise((resolve) => ended.addEventListener("abort", () => resolve(false))),
  );
  const answer = uplink.isUp(signal);
  await clock.advance(3_000);
  expect(await answer).toBe(false);
  expect(clock.pending).toBe(0);
});

test("a real connection, a refusal (which is an answer too), an unknown name and an abort", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  expect(await reachByTcp({ host: "127.0.0.1", port }, signal)).toBe(true);
  await new Promise((resolve) => server.close(resolve));
  expect(await reachByTcp({ host: "127.0.0.1", port }, signal)).toBe(true);
  expect(await reachByTcp({ host: "nowhere.invalid", port: 443 }, signal)).toBe(false);
  expect(await reachByTcp({ host: "127.0.0.1", port }, AbortSignal.abort())).toBe(false);
});
