import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { limits } from "../../../simulator/limits.js";
import { PROPERTIES, at, connect, identify, startUnhurried } from "./support.js";
import type { Bench, GatewayProbe } from "./support.js";

describe("the gateway", () => {
  let bench: Bench;
  const probes: GatewayProbe[] = [];

  beforeEach(async () => {
    bench = await startUnhurried();
  });

  afterEach(async () => {
    for (const probe of probes.splice(0)) probe.socket.terminate();
    await bench.discord.stop();
  });

  const kept = async (opening: Promise<GatewayProbe>): Promise<GatewayProbe> => {
    const probe = await opening;
    probes.push(probe);
    return probe;
  };
  const login = async (intents = 1): Promise<GatewayProbe> => {
    await bench.discord.control.clock.advance(limits.identifyWindowMs);
    const probe = await kept(identify(bench, intents));
    await probe.event("READY");
    return probe;
  };
  const resume = async (from: GatewayProbe, seq: number): Promise<GatewayProbe> => {
    const ready = await from.event("READY");
    const probe = await kept(connect(bench));
    probe.send({ op: 6, d: { token: bench.discord.token, session_id: at(ready.d, "session_id"), seq } });
    return probe;
  };

  it("greets, acknowledges heartbeats, and answers IDENTIFY with READY and the guild", async () => {
    const probe = await login();
    expect(probe.frames[0]).toMatchObject({ op: 10, d: { heartbeat_interval: 41_250 } });
    const ready = await probe.event("READY");
    expect(ready.d).toMatchObject({
      v: 10,
      user: { id: bench.discord.botUserId, bot: true },
      application: { id: bench.discord.applicationId },
      guilds: [{ id: bench.discord.guildId, unavailable: true }, { id: bench.discord.foreignGuildId }],
      resume_gateway_url: expect.stringMatching(/^ws:\/\/127\.0\.0\.1:/) as unknown,
    });
    const guild = await probe.event("GUILD_CREATE");
    expect(guild.d).toMatchObject({ id: bench.discord.guildId, unavailable: false });
    probe.send({ op: 1, d: 1 });
    await probe.frame((frame) => frame.op === 11);
  });

  it("sends nothing about guilds without the GUILDS intent, interactions always", async () => {
    const probe = await login(0);
    await bench.discord.control.as("admin").command("x", {}, { force: true });
    await probe.event("INTERACTION_CREATE");
    expect(probe.frames.some((frame) => frame.t === "GUILD_CREATE")).toBe(false);
  });

  it("tells what a server's managers change, and the channels that the bot comes to see or not for it", async () => {
    const { control, opsChannelId: ops, botUserId: me } = bench.discord;
    const probe = await login();
    await probe.event("GUILD_CREATE");
    const told = async (work: () => Promise<unknown>): Promise<readonly (readonly [string | null, unknown])[]> => {
      const from = probe.frames.length;
      await work();
      probe.send({ op: 1, d: null });
      await probe.until(() => probe.frames.slice(from).find((frame) => frame.op === 11));
      return probe.frames.slice(from).flatMap((frame) => (frame.op === 0 ? [[frame.t, frame.d] as const] : []));
    };
    const names = async (work: () => Promise<unknown>): Promise<readonly unknown[]> =>
      (await told(work)).map(([name]) => name);

    expect(await names(() => control.setPermissions(ops, [{ who: "bot", deny: ["SEND_MESSAGES"] }]))).toEqual([
      "CHANNEL_UPDATE",
    ]);
    const hidden = await told(() => control.setPermissions(ops, [{ who: "bot", deny: ["VIEW_CHANNEL"] }]));
    expect(hidden).toMatchObject([["CHANNEL_UPDATE", { id: ops, name: "___hidden___", flags: 1 << 17 }]]);
    expect(JSON.stringify(hidden)).not.toContain(me);
    expect(await told(() => control.setPermissions(ops, []))).toMatchObject([
      ["CHANNEL_UPDATE", { id: ops, name: "ops", flags: 0, permission_overwrites: [] }],
      ["THREAD_LIST_SYNC", { channel_ids: [ops], threads: [] }],
    ]);
    const base = ["VIEW_CHANNEL", "SEND_MESSAGES"];
    expect(await names(() => control.setRole("toban", { permissions: [] }))).toEqual(["GUILD_ROLE_UPDATE"]);
    expect(await names(() => control.setRole("@everyone", { permissions: [] }))).toEqual([
      "GUILD_ROLE_UPDATE",
      "CHANNEL_UPDATE",
    ]);
    expect(await names(() => control.addRole("speaker", { permissions: base }))).toEqual(["GUILD_ROLE_CREATE"]);
    expect(await told(() => control.setMember("bot", ["toban", "speaker"]))).toMatchObject([
      ["GUILD_MEMBER_UPDATE", { guild_id: bench.discord.guildId, user: { id: me } }],
      ["CHANNEL_UPDATE", { name: "ops" }],
      ["THREAD_LIST_SYNC", {}],
    ]);
    expect(await names(() => control.deleteRole("speaker"))).toEqual([
      "GUILD_ROLE_DELETE",
      "GUILD_MEMBER_UPDATE",
      "CHANNEL_UPDATE",
    ]);
    expect(await names(() => control.setMember("viewer", ["operator"]))).toEqual([]);
    expect(await told(() => control.setGuildAvailable(false))).toMatchObject([["GUILD_DELETE", { unavailable: true }]]);
    expect(await names(() => control.setGuildAvailable(true))).toEqual(["GUILD_CREATE"]);
    expect(await names(() => control.removeBot())).toEqual(["GUILD_DELETE"]);
    expect(await names(() => control.setPermissions(ops, []))).toEqual([]);
    expect(await names(() => control.addBot())).toEqual(["GUILD_CREATE"]);
  });

  it("dispatches messages only with their intent, others' content only with the privileged one", async () => {
    await bench.discord.control.switches({ privilegedIntents: 1 << 15 });
    const deaf = await login(1);
    const blind = await login((1 << 0) | (1 << 9));
    const full = await login((1 << 9) | (1 << 15));
    await bench.say("own");
    await bench.discord.control.as("viewer").say(bench.discord.opsChannelId, "other");
    const texts = (probe: GatewayProbe): unknown[] =>
      probe.frames.filter((frame) => frame.t === "MESSAGE_CREATE").map((frame) => at(frame.d, "content"));
    await full.until(() => (texts(full).length === 2 ? true : undefined));
    await blind.until(() => (texts(blind).length === 2 ? true : undefined));
    expect(texts(full)).toEqual(["own", "other"]);
    expect(texts(blind)).toEqual(["own", ""]);
    expect(texts(deaf)).toEqual([]);
  });

  it.each([
    ["an unknown opcode", { op: 99 }, 4001],
    ["text that is no JSON", "{", 4002],
    ["a payload without opcode", { d: 1 }, 4002],
    ["a presence before IDENTIFY", { op: 3, d: {} }, 4003],
    ["a wrong token", { op: 2, d: { token: "nothing", intents: 0, properties: PROPERTIES } }, 4004],
  ])("closes on %s", async (_what, payload, code) => {
    const probe = await kept(connect(bench));
    probe.send(payload);
    expect(await probe.close()).toBe(code);
  });

  it.each([
    ["a shard beyond its count", { shard: [1, 1] }, 4010],
    ["unknown intents", { intents: 1 << 30 }, 4013],
    ["a privileged intent that was not granted", { intents: 1 << 15 }, 4014],
  ])("refuses an IDENTIFY with %s", async (_what, change, code) => {
    const probe = await kept(connect(bench));
    probe.send({ op: 2, d: { token: bench.discord.token, intents: 0, properties: PROPERTIES, ...change } });
    expect(await probe.close()).toBe(code);
  });

  it("closes on a second IDENTIFY with 4005 and on another version with 4012", async () => {
    const probe = await login();
    probe.send({ op: 2, d: { token: bench.discord.token, intents: 0, properties: PROPERTIES } });
    expect(await probe.close()).toBe(4005);
    const old = await kept(connect(bench, "?v=9&encoding=json"));
    expect(await old.close()).toBe(4012);
  });

  it("limit: gatewayPayloadBytes", async () => {
    const fits = await login();
    const payload = (bytes: number): string => {
      const frame = JSON.stringify({ op: 1, d: null, pad: "" });
      return frame.replace('"pad":""', `"pad":"${"x".repeat(bytes - frame.length)}"`);
    };
    fits.send(payload(limits.gatewayPayloadBytes));
    await fits.frame((frame) => frame.op === 11);
    fits.send(payload(limits.gatewayPayloadBytes + 1));
    expect(await fits.close()).toBe(4002);
  });

  it("limit: gatewaySends per gatewaySendWindowMs", async () => {
    const probe = await login();
    for (let n = 1; n < limits.gatewaySends; n += 1) probe.send({ op: 1, d: n });
    await probe.until(() =>
      probe.frames.filter((frame) => frame.op === 11).length === limits.gatewaySends - 1 ? true : undefined,
    );
    probe.send({ op: 1, d: 0 });
    expect(await probe.close()).toBe(4008);
  });

  it("limit: identifyConcurrency per identifyWindowMs — an earlier one is an invalid session", async () => {
    bench.pause = 0;
    const first = await kept(identify(bench));
    await first.event("READY");
    const early = await kept(identify(bench));
    expect(await early.frame((frame) => frame.op === 9)).toMatchObject({ d: false });
    await bench.discord.control.clock.advance(limits.identifyWindowMs);
    const later = await kept(identify(bench));
    await later.event("READY");
  });

  it("limit: identifiesPerDay — beyond it every session ends and the token is worth nothing", async () => {
    const { control, token } = bench.discord;
    expect((await bench.call("GET", "/gateway/bot")).body).toMatchObject({
      session_start_limit: {
        total: limits.identifiesPerDay,
        remaining: limits.identifiesPerDay,
        max_concurrency: limits.identifyConcurrency,
      },
    });
    await control.gateway.setSessionStartLimit({ remaining: 1 });
    const last = await login();
    await control.clock.advance(limits.identifyWindowMs);
    const over = await kept(identify(bench));
    expect(await over.close()).toBe(4004);
    expect(await last.close()).toBe(4004);
    expect(bench.discord.token).not.toBe(token);
    expect((await bench.call("GET", "/users/@me", undefined, { token })).status).toBe(401);
    await control.clock.advance(86_400_000);
    expect((await bench.call("GET", "/gateway/bot")).body).toMatchObject({
      session_start_limit: { remaining: limits.identifiesPerDay },
    });
  });

  it("resumes with what was missed, in order, then says RESUMED", async () => {
    const probe = await login((1 << 0) | (1 << 9));
    await bench.say("before");
    const seen = await probe.event("MESSAGE_CREATE");
    probe.socket.terminate();
    await bench.discord.control.waitFor("the detached session", async () =>
      (await bench.discord.control.gateway.state()).sessions.every((session) => !session.connected),
    );
    await bench.say("missed 1");
    await bench.say("missed 2");
    const again = await resume(probe, seen.s ?? 0);
    await again.event("RESUMED");
    const events = again.frames.filter((frame) => frame.op === 0);
    expect(events.map((frame) => at(frame.d, "content") ?? frame.t)).toEqual(["missed 1", "missed 2", "RESUMED"]);
    expect(events.map((frame) => frame.s)).toEqual([1, 2, 3].map((n) => (seen.s ?? 0) + n));
  });

  it("does not resume after a client's close 1000, a lapse of time or a sequence from the future", async () => {
    const refusedAfter = async (prepare: (probe: GatewayProbe) => Promise<number>): Promise<unknown> => {
      await bench.discord.control.clock.advance(limits.identifyWindowMs);
      const probe = await login();
      const seq = await prepare(probe);
      const again = await resume(probe, seq);
      return (await again.frame((frame) => frame.op === 9)).d;
    };
    const gone = (): Promise<true> =>
      bench.discord.control.waitFor("no connected session", async () =>
        (await bench.discord.control.gateway.state()).sessions.every((session) => !session.connected)
          ? true
          : undefined,
      );
    const closed = async (probe: GatewayProbe): Promise<number> => {
      probe.socket.close(1000);
      await probe.close();
      await gone();
      return 1;
    };
    const lapsed = async (probe: GatewayProbe): Promise<number> => {
      probe.socket.terminate();
      await gone();
      const { resumeWindowMs } = await bench.discord.control.switches();
      await bench.discord.control.clock.advance(resumeWindowMs + 1);
      return 1;
    };
    const future = async (probe: GatewayProbe): Promise<number> => {
      probe.socket.terminate();
      await gone();
      return 1000;
    };
    for (const prepare of [closed, lapsed, future]) expect(await refusedAfter(prepare)).toBe(false);
  });

  it("misbehaves on order: op 7, op 9, a close code, a cut, a bad frame, no acks, refusal", async () => {
    const { gateway, clock } = bench.discord.control;
    const probe = await login();
    await gateway.op7();
    await probe.frame((frame) => frame.op === 7);
    await gateway.stopAcks();
    probe.send({ op: 1, d: 1 });
    await gateway.invalidSession(true);
    expect(await probe.frame((frame) => frame.op === 9)).toMatchObject({ d: true });
    expect(probe.frames.some((frame) => frame.op === 11)).toBe(false);
    await gateway.resumeAcks();
    await gateway.close(4000);
    expect(await probe.close()).toBe(4000);
    await clock.advance(limits.identifyWindowMs);
    const other = await login();
    await gateway.dropSocket();
    expect(await other.close()).toBe(1006);
    await gateway.refuse(1000);
    const refused = await kept(connect(bench));
    expect(refused.closed).toBe(1006);
    await clock.advance(1000);
    await login();
  });

  it("a revoked token ends the session with 4004", async () => {
    const probe = await login();
    await bench.discord.control.revokeToken();
    expect(await probe.close()).toBe(4004);
  });

  it("duplicates and reorders events when told to", async () => {
    await bench.discord.control.switches({ duplicateEvents: 1 });
    const probe = await login((1 << 0) | (1 << 9));
    await bench.say("x");
    await probe.until(() =>
      probe.frames.filter((frame) => frame.t === "MESSAGE_CREATE").length === 2 ? true : undefined,
    );
    await bench.discord.control.switches({ duplicateEvents: 0, reorderedEvents: 1 });
    await bench.say("first");
    await bench.say("second");
    const texts = (): unknown[] =>
      probe.frames.filter((frame) => frame.t === "MESSAGE_CREATE").map((frame) => at(frame.d, "content"));
    await probe.until(() => (texts().length === 4 ? true : undefined));
    expect(texts().slice(2)).toEqual(["second", "first"]);
  });
});
