import { expect, test } from "vitest";

import { DeadlineError } from "../../../src/base/clock.js";
import { exchange } from "../../../src/probe/http-exchange.js";
import { Resolver } from "../../../src/probe/http-resolve.js";
import { FakeClock } from "../../support/fake-clock.js";

const LOOPBACK = [{ address: "127.0.0.1", family: 4 }];

/** A look-up that the test answers, and the names it was asked for. */
function scripted(): {
  asked: string[];
  readonly answer: (name: string) => void;
  readonly refuse: (name: string, code: string) => void;
  resolver: Resolver;
} {
  const asked: string[] = [];
  const open = new Map<string, { resolve: (found: typeof LOOPBACK) => void; reject: (error: Error) => void }>();
  const resolver = new Resolver((name) => {
    asked.push(name);
    return new Promise((resolve, reject) => open.set(name, { resolve, reject }));
  });
  return {
    asked,
    resolver,
    answer: (name) => open.get(name)?.resolve(LOOPBACK),
    refuse: (name, code) => open.get(name)?.reject(Object.assign(new Error(code), { code })),
  };
}

const never = new AbortController().signal;

test("an address is its own answer", async () => {
  const { resolver, asked } = scripted();
  expect(await resolver.resolve("192.0.2.1", never)).toEqual([{ address: "192.0.2.1", family: 4 }]);
  expect(await resolver.resolve("::1", never)).toEqual([{ address: "::1", family: 6 }]);
  expect(asked).toEqual([]);
});

test("one look-up serves all who wait for a name; the next asks anew", async () => {
  const { resolver, asked, answer } = scripted();
  const both = [resolver.resolve("a.example", never), resolver.resolve("a.example", never)];
  answer("a.example");
  expect(await Promise.all(both)).toEqual([LOOPBACK, LOOPBACK]);
  void resolver.resolve("a.example", never);
  expect(asked).toEqual(["a.example", "a.example"]);
});

test("at most two at once; the others follow in their order, after a failure too", async () => {
  const { resolver, asked, answer, refuse } = scripted();
  const clock = new FakeClock();
  const waits = ["a", "b", "c", "d"].map((name) => resolver.resolve(name, never));
  waits[0]?.catch(() => undefined);
  await clock.settle();
  expect(asked).toEqual(["a", "b"]);
  refuse("a", "ENOTFOUND");
  await clock.settle();
  expect(asked).toEqual(["a", "b", "c"]);
  answer("b");
  await clock.settle();
  expect(asked).toEqual(["a", "b", "c", "d"]);
  await expect(waits[0]).rejects.toMatchObject({ code: "ENOTFOUND" });
});

test("who is called off leaves at once, and others go on waiting", async () => {
  const { resolver, answer } = scripted();
  const controller = new AbortController();
  const leaving = resolver.resolve("a.example", controller.signal);
  const staying = resolver.resolve("a.example", never);
  controller.abort(new Error("stopping"));
  await expect(leaving).rejects.toThrow("stopping");
  answer("a.example");
  expect(await staying).toEqual(LOOPBACK);
});

test.each([
  [new DeadlineError(10_000), "resolver"],
  [new Error("stopping"), "aborted"],
])("a name service that hangs until %s is our own trouble: %s", async (why, failure) => {
  const { resolver } = scripted();
  const controller = new AbortController();
  const request = {
    url: new URL("http://slow.example/"),
    method: "GET",
    headers: {},
    insecure: false,
    maxBodyBytes: 1,
    maxHeaderBytes: 1_024,
    lenient: false,
    keptBytes: () => 0,
  } as const;
  const running = exchange(request, { clock: new FakeClock(), resolver }, controller.signal);
  controller.abort(why);
  expect((await running).ended).toMatchObject({ kind: "trouble", failure });
});
