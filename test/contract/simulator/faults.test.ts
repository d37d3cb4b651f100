import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { createControlClient } from "../../../simulator/index.js";
import type { Control } from "../../../simulator/index.js";
import { identify, startBench } from "./support.js";
import type { Bench } from "./support.js";

describe.each(["in process", "over HTTP"])("faults ordered %s", (carrier) => {
  let bench: Bench;
  let control: Control;

  beforeEach(async () => {
    bench = await startBench();
    control = carrier === "in process" ? bench.discord.control : createControlClient(bench.discord.controlUrl);
    await control.clock.freeze();
  });

  afterEach(() => bench.discord.stop());

  const stands = async (): Promise<number> => (await control.messages(bench.discord.opsChannelId)).length;
  const create = { method: "POST", route: /\/messages$/ };

  it("before: the connection is reset and nothing happened", async () => {
    const fault = await control.fault({ match: create, kind: "reset" });
    await expect(bench.post({ content: "x" })).rejects.toThrow(/fetch failed/);
    await fault.struck();
    expect(await stands()).toBe(0);
    const [request] = await control.requests({ method: "POST" });
    expect(request).toMatchObject({ outcome: "reset", processed: false, route: "/channels/:channel/messages" });
    expect((await bench.post({ content: "x" })).status).toBe(200);
  });

  it("after processing: the message stands although the answer never came", async () => {
    await control.fault({ match: create, stage: "after-processing", kind: "reset" });
    await expect(bench.post({ content: "x" })).rejects.toThrow(/fetch failed/);
    expect(await stands()).toBe(1);
    expect(await control.requests({ method: "POST" })).toMatchObject([{ outcome: "reset", processed: true }]);
  });

  it("after processing: another status may be answered", async () => {
    await control.fault({ match: create, stage: "after-processing", kind: "status", status: 502 });
    expect((await bench.post({ content: "x" })).status).toBe(502);
    expect(await stands()).toBe(1);
  });

  it("after answering: the answer arrives, and the fault is told", async () => {
    const fault = await control.fault({ match: create, stage: "after-answer", kind: "slow", ms: 0 });
    const answered = bench.post({ content: "x" });
    await fault.struck();
    expect((await answered).status).toBe(200);
  });

  it("strikes the nth request, so often as told, and only its route", async () => {
    const fault = await control.fault({ match: { ...create, nth: 2, times: 2 }, kind: "status", status: 503 });
    const statuses: number[] = [];
    for (let n = 0; n < 5; n += 1) statuses.push((await bench.post({ content: "x" })).status);
    expect(statuses).toEqual([200, 503, 503, 200, 200]);
    expect(await fault.state()).toMatchObject({ struck: 2, spent: true });
    expect((await bench.call("GET", bench.messages)).status).toBe(200);
  });

  it("hangs: accepts and never answers, until faults are cleared", async () => {
    const fault = await control.fault({ match: { route: "/users/@me", times: "always" }, kind: "hang" });
    let settled = false;
    const waiting = bench.call("GET", "/users/@me").catch(() => undefined);
    void waiting.then(() => (settled = true));
    await fault.struck();
    expect((await bench.call("GET", bench.messages)).status).toBe(200);
    expect(settled).toBe(false);
    await control.clearFaults();
    expect(await waiting).toBeUndefined();
    expect((await bench.call("GET", "/users/@me")).status).toBe(200);
  });

  it("is slow by the simulator's clock", async () => {
    const fault = await control.fault({ match: create, kind: "slow", ms: 3000 });
    const waiting = bench.post({ content: "x" });
    await fault.struck();
    expect(await stands()).toBe(0);
    await control.clock.advance(3000);
    expect((await waiting).status).toBe(200);
  });

  it("answers as the edge does, in HTML and as 40333, and as a limiter", async () => {
    await control.fault({ match: create, kind: "edge-html", status: 429, retryAfterS: 60 });
    const page = await bench.post({ content: "x" });
    expect([page.status, page.headers.get("retry-after")]).toEqual([429, "60"]);
    expect(page.headers.get("content-type")).toContain("text/html");
    await control.fault({ match: create, kind: "edge-json" });
    expect((await bench.post({ content: "x" })).code).toBe(40333);
    await control.fault({ match: create, kind: "rate-limit", retryAfterMs: 1500, scope: "shared" });
    const limited = await bench.post({ content: "x" });
    expect(limited.body).toMatchObject({ retry_after: 1.5, message: "The resource is being rate limited." });
    expect([limited.headers.get("retry-after"), limited.headers.get("x-ratelimit-scope")]).toEqual(["2", "shared"]);
    expect(await control.invalidRequests()).toBe(2);
  });

  it.each(["refuse", "reset"] as const)("takes everything away in an outage (%s) and gives it back", async (mode) => {
    const probe = await identify(bench, 0);
    await probe.event("READY");
    await control.outage(true, mode);
    await probe.close();
    await expect(bench.post({ content: "x" })).rejects.toThrow(/fetch failed/);
    await expect(bench.call("GET", "/gateway/bot")).rejects.toThrow(/fetch failed/);
    await control.outage(false);
    expect((await bench.post({ content: "x" })).status).toBe(200);
    await control.outage(60_000, mode);
    await expect(bench.post({ content: "x" })).rejects.toThrow(/fetch failed/);
    await control.clock.advance(60_000);
    await control.waitFor("the end of the outage", () =>
      bench.post({ content: "x" }).then(
        (answer) => answer.status === 200,
        () => false,
      ),
    );
  });

  it("logs requests without any secret", async () => {
    await bench.call("POST", bench.messages, { content: "x" }, { headers: { "x-audit-log-reason": "because" } });
    const hook = await control.addWebhook(bench.discord.opsChannelId, "a");
    await bench.call("POST", `/webhooks/${hook.id}/${hook.token}`, { content: "x" }, { token: null });
    const log = JSON.stringify(await control.requests());
    expect(log).not.toContain(bench.discord.token);
    expect(log).not.toContain(hook.token);
    expect(await control.requests({ route: "/channels/:channel/messages" })).toMatchObject([
      { status: 200, routeClass: "bot", body: { content: "x" }, headers: { "x-audit-log-reason": "because" } },
    ]);
    expect(await control.requests({ routeClass: "webhook", status: 204 })).toHaveLength(1);
  });

  it("says what was wrong with an order", async () => {
    await expect(control.as("nobody").say(bench.discord.opsChannelId, "x")).rejects.toThrow(
      /nobody is called "nobody"/,
    );
    await expect(control.deleteMessage("1")).rejects.toThrow(/no message 1/);
    await expect(control.setPermissions(bench.discord.opsChannelId, [{ who: "bot", deny: ["FLY"] }])).rejects.toThrow(
      /no permission "FLY"/,
    );
    await expect(
      control.waitForMessage(bench.discord.opsChannelId, { text: /never/ }, { timeoutMs: 20 }),
    ).rejects.toThrow(/waited 20 ms in vain for a message like/);
  });

  it("waits for a message that is yet to come", async () => {
    const waiting = control.waitForMessage(bench.discord.opsChannelId, { text: /disk/ });
    await bench.post({ content: "cpu" });
    await bench.post({ embeds: [{ title: "x", fields: [{ name: "disk", value: "93 %" }] }] });
    expect((await waiting).text).toContain("disk: 93 %");
  });
});

describe("faults in process", () => {
  let bench: Bench;

  beforeEach(async () => {
    bench = await startBench();
  });

  afterEach(() => bench.discord.stop());

  it.each([
    ["before", 0],
    ["after-processing", 1],
  ] as const)("kill-callback %s is called at that very moment, then the connection is cut", async (stage, standing) => {
    const seen: number[] = [];
    await bench.discord.control.fault({
      match: { method: "POST" },
      stage,
      kind: "kill-callback",
      run: async (request) => {
        expect(request).toMatchObject({ stage, method: "POST", route: "/channels/:channel/messages" });
        seen.push((await bench.discord.control.messages(bench.discord.opsChannelId)).length);
      },
    });
    await expect(bench.post({ content: "x" })).rejects.toThrow(/fetch failed/);
    expect(seen).toEqual([standing]);
    expect(await bench.discord.control.messages(bench.discord.opsChannelId)).toHaveLength(standing);
  });

  it("kill-callback after the answer leaves the answer alone", async () => {
    const called = new Promise<void>((resolve) => {
      void bench.discord.control.fault({
        match: { method: "POST" },
        stage: "after-answer",
        kind: "kill-callback",
        run: () => resolve(),
      });
    });
    expect((await bench.post({ content: "x" })).status).toBe(200);
    await called;
  });

  it("hooks see each stage of each request and can hold it up", async () => {
    const stages: string[] = [];
    const stop = bench.discord.onRequest((request) => void stages.push(request.stage));
    await bench.post({ content: "x" });
    await bench.discord.control.waitFor("the last stage", async () => stages.length === 3);
    stop();
    await bench.post({ content: "y" });
    expect(stages).toEqual(["before", "after-processing", "after-answer"]);
  });

  it("refuses functions and nonsense over HTTP", async () => {
    const post = async (name: string, body: string): Promise<readonly [number, string]> => {
      const response = await fetch(`${bench.discord.controlUrl}/${name}`, { method: "POST", body });
      return [response.status, await response.text()];
    };
    expect(await post("fault", '{"kind":"kill-callback"}')).toMatchObject([
      400,
      expect.stringContaining("only in process"),
    ]);
    expect(await post("nothing", "{}")).toMatchObject([404, expect.stringContaining("operations: ")]);
    expect(await post("identity", "{")).toMatchObject([400, expect.stringContaining("error")]);
    expect(await post("identity", "[]")).toMatchObject([400, expect.stringContaining("expected a JSON object")]);
  });
});
