import { createConnection } from "node:net";

import { afterEach, describe, expect, it } from "vitest";

import { limits } from "../../../simulator/limits.js";
import { startBench } from "./support.js";
import type { Answer, Bench } from "./support.js";

/** Sends `count` requests with a wrong token down one connection; resolves with the number of answers of 401. */
function pipelined(bench: Bench, count: number): Promise<number> {
  const { hostname, port } = new URL(bench.discord.apiUrl);
  const head =
    "GET /api/v10/users/@me HTTP/1.1\r\nHost: x\r\nUser-Agent: DiscordBot (x, 1)\r\nAuthorization: Bot no\r\n";
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host: hostname, port: Number(port) });
    let seen = "";
    let refused = 0;
    socket.setEncoding("latin1");
    socket.on("data", (chunk: string) => {
      seen += chunk;
      refused += seen.split("HTTP/1.1 401").length - 1;
      seen = seen.slice(-"HTTP/1.1 40".length);
    });
    socket.on("end", () => resolve(refused));
    socket.on("error", reject);
    socket.write(`${head}\r\n`.repeat(count - 1));
    socket.write(`${head}Connection: close\r\n\r\n`);
  });
}

describe("rate limits", () => {
  let bench: Bench;

  afterEach(() => bench.discord.stop());

  const start = async (options: Parameters<typeof startBench>[0] = {}): Promise<void> => {
    bench = await startBench(options);
    await bench.discord.control.clock.freeze();
  };
  const numbers = (answer: Answer, name: string): number => Number(answer.headers.get(name));

  async function exhaust(method: string, path: string, body?: unknown): Promise<Answer> {
    for (let n = 0; n < 100; n += 1) {
      const answer = await bench.call(method, path, body);
      if (answer.status === 429) return answer;
    }
    throw new Error("expected a 429 within 100 requests");
  }

  it("a bucket counts down, refuses with every documented header and opens again after its reset", async () => {
    await start();
    const first = await bench.post({ content: "x" });
    const limit = numbers(first, "x-ratelimit-limit");
    expect(numbers(first, "x-ratelimit-remaining")).toBe(limit - 1);
    expect(first.headers.get("x-ratelimit-bucket")).toMatch(/^[0-9a-f]{32}$/);
    for (let n = 1; n < limit; n += 1) await bench.post({ content: "x" });
    const refused = await bench.post({ content: "x" });
    const after = numbers(refused, "x-ratelimit-reset-after");
    expect(refused.status).toBe(429);
    expect(refused.body).toEqual({ message: "You are being rate limited.", retry_after: after, global: false });
    expect(refused.headers.get("x-ratelimit-scope")).toBe("user");
    expect(refused.headers.get("retry-after")).toBe(String(Math.ceil(after)));
    expect(refused.headers.get("x-ratelimit-global")).toBeNull();
    const now = await bench.discord.control.clock.now();
    expect(numbers(refused, "x-ratelimit-reset")).toBeCloseTo(now / 1000 + after, 2);
    await bench.discord.control.clock.advance(after * 1000);
    expect((await bench.post({ content: "x" })).status).toBe(200);
  });

  it("buckets of another channel or route are others", async () => {
    await start();
    const other = await bench.discord.control.createChannel("other");
    await exhaust("POST", bench.messages, { content: "x" });
    expect((await bench.call("POST", `/channels/${other}/messages`, { content: "x" })).status).toBe(200);
    expect((await bench.call("GET", bench.messages)).status).toBe(200);
  });

  it("says of a 429 whether it could have been avoided", async () => {
    await start();
    await exhaust("POST", bench.messages, { content: "x" });
    expect(await bench.discord.control.requests({ avoidable429: true })).toHaveLength(1);
    await bench.discord.control.clearRequests();
    await bench.discord.control.clock.advance(60_000);
    await bench.discord.control.switches({ missingHeaders: 1 });
    await exhaust("POST", bench.messages, { content: "x" });
    expect(await bench.discord.control.requests({ status: 429, avoidable429: false })).toHaveLength(1);
  });

  it("bucket sizes vary with the seed and are the same for the same seed", async () => {
    const size = async (seed: number): Promise<string> => {
      const each = await startBench({ seed, switches: { bucketSizes: "seeded" } });
      const answers = [await each.post({ content: "x" }), await each.call("GET", each.messages)];
      await each.discord.stop();
      return answers.map((answer) => answer.headers.get("x-ratelimit-limit")).join("/");
    };
    const sizes = await Promise.all([1, 2, 3, 4, 5, 6].map(size));
    expect(new Set(sizes).size).toBeGreaterThan(1);
    expect(await size(3)).toBe(sizes[2]);
    await start();
  });

  it("some answers lack their headers", async () => {
    await start({ switches: { missingHeaders: 0.5 } });
    let bare = 0;
    for (let n = 0; n < 40; n += 1) {
      await bench.discord.control.clock.advance(30_000);
      if ((await bench.call("GET", "/users/@me")).headers.get("x-ratelimit-limit") === null) bare += 1;
    }
    expect(bare).toBeGreaterThan(5);
    expect(bare).toBeLessThan(35);
  });

  it("limit: globalRequests per globalWindowMs, across routes, without bucket headers", async () => {
    await start();
    const answers: Answer[] = [];
    for (let n = 0; n <= limits.globalRequests; n += 1) {
      answers.push(await bench.call("GET", `/channels/1${String(n).padStart(18, "0")}`));
    }
    expect(answers.slice(0, -1).every((answer) => answer.status === 404)).toBe(true);
    const refused = answers.at(-1);
    expect(refused?.status).toBe(429);
    expect(refused?.body["global"]).toBe(true);
    expect(refused?.headers.get("x-ratelimit-global")).toBe("true");
    expect(refused?.headers.get("x-ratelimit-scope")).toBe("global");
    expect(refused?.headers.get("x-ratelimit-limit")).toBeNull();
    expect((await bench.call("POST", "/interactions/1/x/callback", {}, { token: null })).status).toBe(404);
    await bench.discord.control.clock.advance(limits.globalWindowMs);
    expect((await bench.call("GET", "/users/@me")).status).toBe(200);
  });

  it("limit: channelRenames per channelRenameWindowMs, although the bucket has room", async () => {
    await start();
    await bench.discord.control.setRole("toban", { permissions: ["VIEW_CHANNEL", "MANAGE_CHANNELS"] });
    const rename = (name: string) => bench.call("PATCH", `/channels/${bench.discord.opsChannelId}`, { name });
    for (let n = 0; n < limits.channelRenames; n += 1) expect((await rename(`n${n}`)).status).toBe(200);
    const refused = await rename("again");
    expect(refused.status).toBe(429);
    expect(numbers(refused, "x-ratelimit-remaining")).toBeGreaterThan(0);
    expect(Number(refused.body["retry_after"])).toBeLessThanOrEqual(limits.channelRenameWindowMs / 1000);
    expect(Number(refused.body["retry_after"])).toBeGreaterThan(60);
    expect((await bench.call("PATCH", `/channels/${bench.discord.opsChannelId}`, { position: 2 })).status).toBe(200);
    await bench.discord.control.clock.advance(limits.channelRenameWindowMs);
    expect((await rename("again")).status).toBe(200);
  });

  it("limit: webhookExecutes per webhookExecuteWindowMs", async () => {
    await start();
    const hook = await bench.discord.control.addWebhook(bench.discord.opsChannelId, "alerts");
    const send = () => bench.call("POST", `/webhooks/${hook.id}/${hook.token}`, { content: "x" }, { token: null });
    for (let n = 0; n < limits.webhookExecutes; n += 1) expect((await send()).status).toBe(204);
    expect((await send()).status).toBe(429);
    await bench.discord.control.clock.advance(limits.webhookExecuteWindowMs);
    expect((await send()).status).toBe(204);
  });

  it("limit: webhookChannelMessages per webhookChannelWindowMs, shared, and not counted as invalid", async () => {
    await start();
    const { control } = bench.discord;
    const hooks = [
      await control.addWebhook(bench.discord.opsChannelId, "a"),
      await control.addWebhook(bench.discord.opsChannelId, "b"),
    ];
    const send = (n: number) => {
      const hook = hooks[n % hooks.length];
      return bench.call("POST", `/webhooks/${hook?.id ?? ""}/${hook?.token ?? ""}`, { content: "x" }, { token: null });
    };
    for (let n = 0; n < limits.webhookChannelMessages; n += 1) {
      expect((await send(n)).status).toBe(204);
      await control.clock.advance(1000);
    }
    const refused = await send(0);
    expect(refused.status).toBe(429);
    expect(refused.headers.get("x-ratelimit-scope")).toBe("shared");
    expect(refused.body["message"]).toBe("The resource is being rate limited.");
    expect(await control.invalidRequests()).toBe(0);
  });

  it("limit: invalidRequests per invalidRequestWindowMs, then a page of the edge for the address", async () => {
    await start();
    const refused = await pipelined(bench, limits.invalidRequests);
    expect(refused).toBe(limits.invalidRequests);
    const banned = await bench.call("GET", "/users/@me");
    expect(banned.status).toBe(429);
    expect(banned.headers.get("content-type")).toContain("text/html");
    expect(banned.headers.get("server")).toBe("cloudflare");
    expect(banned.text).toContain("1015");
    await bench.discord.control.clock.advance(limits.invalidRequestWindowMs);
    expect((await bench.call("GET", "/users/@me")).status).toBe(200);
  });

  it("asks for a proper User-Agent and Content-Type", async () => {
    await start();
    const rude = await bench.call("GET", "/users/@me", undefined, { headers: { "user-agent": "curl/8" } });
    expect([rude.status, rude.code]).toEqual([403, 40333]);
    const plain = await bench.call("POST", bench.messages, undefined, {
      raw: "{}",
      headers: { "content-type": "text/plain" },
    });
    expect([plain.status, plain.code]).toEqual([400, 50035]);
    const broken = await bench.call("POST", bench.messages, undefined, {
      raw: "{",
      headers: { "content-type": "application/json" },
    });
    expect([broken.status, broken.code]).toEqual([400, 50109]);
    const list = await bench.call("POST", bench.messages, [1]);
    expect(list.status).toBe(400);
  });

  it("answers unknown routes with 404, known ones by another method with 405", async () => {
    await start();
    expect((await bench.call("GET", "/nowhere")).status).toBe(404);
    expect((await bench.call("DELETE", "/users/@me")).status).toBe(405);
    const old = await fetch(`${bench.discord.apiUrl}/v9/users/@me`, { headers: { "user-agent": "DiscordBot (x, 1)" } });
    expect(await old.json()).toMatchObject({ code: 50041 });
  });
});
