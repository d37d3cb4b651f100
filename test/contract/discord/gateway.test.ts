import { describe, expect, it } from "vitest";

import { Secret } from "../../../src/base/secret.js";
import { Simulator } from "../../../simulator/index.js";
import { FakeClock } from "../../support/fake-clock.js";
import { memoryEdge, memoryLedger, startBot, startReady } from "../../support/discord/bot.js";
import type { TestBot } from "../../support/discord/bot.js";
import { until } from "../../support/until.js";

const MINUTE = 60_000;

/** Time for both: Discord counts its limits by its own clock. */
async function pass(simulator: Simulator, clock: FakeClock, ms: number): Promise<void> {
  await simulator.control.clock.advance(ms);
  await clock.advance(ms);
}

/** Lets time pass in steps until something is so. */
async function passUntil(
  simulator: Simulator,
  clock: FakeClock,
  what: string,
  condition: () => boolean,
  stepMs: number,
): Promise<void> {
  await until(what, async () => {
    if (condition()) return true;
    await pass(simulator, clock, stepMs);
    return condition();
  });
}

async function answers(simulator: Simulator): Promise<string> {
  const asked = await (await simulator.control.as("viewer").command("quick", {}, { force: true })).response();
  return asked.error ?? asked.message?.text ?? "";
}

/** Rejects when no further connection comes for longer than the library pauses before it connects again. */
function connection(simulator: Simulator, before: number): Promise<true> {
  const look = async (): Promise<true | undefined> => {
    const { connections } = await simulator.control.gateway.state();
    return connections.length > before ? true : undefined;
  };
  return simulator.control.waitFor("a connection", look, { timeoutMs: 700 });
}

const identifies = (ledger: ReturnType<typeof memoryLedger>): number =>
  ledger.rows.filter((row) => row.kind === "identify").length;

function ready(bot: TestBot): Promise<void> {
  return until("a session", () => bot.discord.state().status === "ready");
}

describe("a session that is interrupted", () => {
  it.each([
    ["the socket drops", (simulator: Simulator) => simulator.control.gateway.dropSocket()],
    ["Discord asks to reconnect (op 7)", (simulator: Simulator) => simulator.control.gateway.op7()],
    ["a resumable close (4009)", (simulator: Simulator) => simulator.control.gateway.close(4009)],
  ])("%s: it is resumed without another identify", async (_what, interrupt) => {
    const ledger = memoryLedger();
    await using started = await startReady({ ledger });
    const { simulator, bot } = started;
    const statuses: string[] = [];
    bot.discord.onState((state) => statuses.push(state.status));
    await interrupt(simulator);
    await until("the session to be resumed", () => statuses.includes("resuming") && statuses.at(-1) === "ready");
    expect(await answers(simulator)).toContain("at once");
    expect(identifies(ledger)).toBe(1);
  });

  it("an invalid session (op 9) begins anew, five seconds after the last identify at the earliest", async () => {
    const [ledger, clock] = [memoryLedger(), new FakeClock()];
    await using started = await startReady({ ledger, clock });
    const { simulator, bot } = started;
    await simulator.control.gateway.invalidSession(false);
    await until("the session to be gone", () => bot.discord.state().status !== "ready");
    await passUntil(simulator, clock, "a new session", () => bot.discord.state().status === "ready", 1_000);
    const [first, second] = ledger.rows.filter((row) => row.kind === "identify");
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(5_000);
    expect(await answers(simulator)).toContain("at once");
  });

  it("that has gone deaf (no heartbeat is acknowledged) is noticed and resumed", async () => {
    const ledger = memoryLedger();
    await using started = await startReady({ ledger, simulator: { switches: { heartbeatIntervalMs: 200 } } });
    const { simulator, bot } = started;
    await until("a heartbeat's time", () => bot.discord.numbers().gatewayPingSeconds !== undefined);
    const statuses: string[] = [];
    bot.discord.onState((state) => statuses.push(state.status));
    await simulator.control.gateway.stopAcks();
    await until("the session to be dropped", () => statuses.includes("resuming"));
    await simulator.control.gateway.resumeAcks();
    await until("the session to be resumed", () => statuses.at(-1) === "ready");
    expect(await answers(simulator)).toContain("at once");
    expect(identifies(ledger)).toBe(1);
  });

  it("frames that make no sense are dropped, and the session goes on", async () => {
    await using started = await startReady();
    const { simulator, bot } = started;
    for (const frame of [
      "",
      "{",
      "null",
      '"text"',
      "[]",
      "{}",
      '{"op":99}',
      '{"op":9}',
      '{"op":0}',
      '{"op":0,"t":"READY","s":1,"d":null}',
      '{"op":0,"t":"GUILD_CREATE","s":900,"d":{"id":5,"channels":7}}',
      '{"op":0,"t":"GUILD_ROLE_UPDATE","s":901,"d":null}',
      '{"op":0,"t":"INTERACTION_CREATE","s":902,"d":null}',
      '{"op":0,"t":"INTERACTION_CREATE","s":903,"d":{"id":{},"token":7}}',
      '{"op":0,"t":"INTERACTION_CREATE","s":904,"d":{"id":"1100000000000000001","token":"../../x","type":2}}',
    ]) {
      await simulator.control.gateway.badFrame(frame);
    }
    await until("the bot to answer again", async () => (await answers(simulator)).includes("at once"));
    expect(bot.logLines.some((line) => line["msg"] === "dropped a frame of the gateway")).toBe(true);
  });
});

describe("a bot that Discord refuses", () => {
  it("says so, stays up, and tries again every ten minutes", async () => {
    const clock = new FakeClock();
    await using simulator = await Simulator.start({ seed: 3 });
    await simulator.control.revokeToken();
    await using bot = startBot(simulator, { clock });
    await until("the refusal", () => bot.discord.state().refused !== undefined);
    expect(bot.discord.state()).toMatchObject({ status: "closed", refused: 401, waiting: { why: "refused" } });
    await simulator.control.restoreToken();
    await clock.advance(9 * MINUTE);
    expect(bot.discord.state().refused).toBe(401);
    await clock.advance(MINUTE);
    await ready(bot);
    expect(bot.discord.state()).not.toHaveProperty("refused");
  });

  it("tries at once with the token of a reload", async () => {
    const clock = new FakeClock();
    await using simulator = await Simulator.start({ seed: 4 });
    await using bot = startBot(simulator, { clock, token: new Secret("wrong") });
    await until("the refusal", () => bot.discord.state().refused !== undefined);
    bot.discord.reload(new Secret(simulator.token));
    await ready(bot);
    await until("the commands", () => bot.discord.registration().kind === "registered");
    expect(await answers(simulator)).toContain("at once");
  });

  it.each([4004, 4013, 4014])("close code %i is a refusal, not a reason to hammer", async (code) => {
    const clock = new FakeClock();
    await using started = await startReady({ clock });
    const { simulator, bot } = started;
    await simulator.control.gateway.close(code);
    await until("the refusal", () => bot.discord.state().waiting !== undefined);
    expect(bot.discord.state()).toMatchObject({ status: "closed", refused: code, closeCode: code });
    await simulator.control.clearRequests();
    await pass(simulator, clock, 9 * MINUTE);
    expect(await simulator.control.requests()).toEqual([]);
    await pass(simulator, clock, MINUTE);
    await ready(bot);
    expect(await answers(simulator)).toContain("at once");
  });
});

describe("Discord out of reach", () => {
  it.each(["refuse", "reset"] as const)("at the start (%s): it is tried again until it is there", async (mode) => {
    const clock = new FakeClock();
    await using simulator = await Simulator.start({ seed: 5 });
    await simulator.control.outage(true, mode);
    await using bot = startBot(simulator, { clock });
    await until("the first failure", () => bot.discord.state().waiting?.why === "unreachable");
    await passUntil(
      simulator,
      clock,
      "three failures",
      () => bot.logLines.filter((line) => line["msg"] === "Discord's gateway is out of reach").length >= 3,
      500,
    );
    await simulator.control.outage(false);
    await passUntil(simulator, clock, "a session", () => bot.discord.state().status === "ready", 1_000);
    expect(bot.discord.state()).not.toHaveProperty("waiting");
  });

  it.each([
    ["a server error", { kind: "status", status: 503 } as const],
    ["a limit", { kind: "rate-limit", retryAfterMs: 2_000 } as const],
    ["garbage", { kind: "status", status: 200, body: { url: 7 } } as const],
  ])("%s at the first request is waited out", async (_what, fault) => {
    const clock = new FakeClock();
    await using simulator = await Simulator.start({ seed: 6 });
    await simulator.control.fault({ match: { route: /gateway/, times: 1 }, ...fault });
    await using bot = startBot(simulator, { clock });
    await until("the failure", () => bot.discord.state().waiting?.why === "unreachable");
    await passUntil(simulator, clock, "a session", () => bot.discord.state().status === "ready", 500);
    expect(bot.discord.state()).not.toHaveProperty("waiting");
  });

  it("an edge page means silence for ten minutes", async () => {
    const clock = new FakeClock();
    await using simulator = await Simulator.start({ seed: 7 });
    await simulator.control.fault({ match: { route: /gateway/, times: 1 }, kind: "edge-html", status: 403 });
    await using bot = startBot(simulator, { clock });
    await until("the block", () => bot.discord.state().waiting?.why === "blocked");
    await simulator.control.clearRequests();
    await clock.advance(9 * MINUTE);
    expect(await simulator.control.requests()).toEqual([]);
    await clock.advance(MINUTE);
    await ready(bot);
  });

  it.each([429, 403])(
    "a page of the edge with %d and how long to wait is asked nothing before, not by a reload either",
    async (status) => {
      const clock = new FakeClock();
      await using simulator = await Simulator.start({ seed: 7 });
      await simulator.control.fault({
        match: { route: /gateway/, times: 1 },
        kind: "edge-html",
        status,
        retryAfterS: 3_600,
      });
      const edge = memoryEdge(clock);
      await using bot = startBot(simulator, { clock, edge });
      await until("the block", () => bot.discord.state().waiting !== undefined);
      expect(edge.asked).toEqual([3_600_000]);
      await simulator.control.clearRequests();
      bot.discord.reload();
      await until("the wait", () => bot.discord.state().waiting?.why === "blocked");
      bot.discord.reload();
      await clock.advance(59 * MINUTE);
      expect(await simulator.control.requests()).toEqual([]);
      await clock.advance(2 * MINUTE);
      await ready(bot);
    },
  );

  it("the gateway alone: its address is asked for anew, with pauses between", async () => {
    const clock = new FakeClock();
    await using started = await startReady({ clock });
    const { simulator, bot } = started;
    await simulator.control.gateway.refuse(60_000);
    await simulator.control.gateway.dropSocket();
    await until("the pause", () => bot.discord.state().waiting?.why === "unreachable");
    await simulator.control.gateway.refuse(0);
    await passUntil(simulator, clock, "a session", () => bot.discord.state().status === "ready", 1_000);
    expect(await answers(simulator)).toContain("at once");
  });
});

describe("the limit on asking for the gateway's address", () => {
  it("is kept over sessions that find no gateway: nothing is asked before Discord would answer", async () => {
    const clock = new FakeClock();
    await using simulator = await Simulator.start({ seed: 22 });
    await simulator.control.gateway.refuse(60 * MINUTE);
    await using bot = startBot(simulator, { clock });
    const asked = async (): Promise<number> => (await simulator.control.requests({ route: "/gateway/bot" })).length;
    await until("the third try", async () => {
      const { waiting } = bot.discord.state();
      if (waiting) await pass(simulator, clock, waiting.until - clock.now());
      return (await asked()) >= 3;
    });
    expect(await simulator.control.requests({ status: 429 })).toEqual([]);
    await simulator.control.gateway.refuse(0);
    await passUntil(simulator, clock, "a session", () => bot.discord.state().status === "ready", 1_000);
  });
});

describe("an address that is none", () => {
  const limit = { total: 1_000, remaining: 1_000, reset_after: 0, max_concurrency: 1 };

  it.each(["nonsense", "http:///", "ws://[", ""])("%j for the gateway is told and asked for anew", async (url) => {
    const clock = new FakeClock();
    await using simulator = await Simulator.start({ seed: 8 });
    const body = { url, shards: 1, session_start_limit: limit };
    await simulator.control.fault({ match: { route: "/gateway/bot" }, kind: "status", status: 200, body });
    await using bot = startBot(simulator, { clock });
    await until("the pause", () => bot.discord.state().waiting?.why === "unreachable");
    await passUntil(simulator, clock, "a session", () => bot.discord.state().status === "ready", 1_000);
    expect(await answers(simulator)).toContain("at once");
  });
});

describe("the identify budget", () => {
  it("is kept over restarts: the sixth start in ten minutes waits", async () => {
    const [ledger, clock] = [memoryLedger(), new FakeClock()];
    await using simulator = await Simulator.start({ seed: 8 });
    for (let start = 0; start < 5; start += 1) {
      const bot = startBot(simulator, { ledger, clock });
      await passUntil(simulator, clock, "a session", () => bot.discord.state().status === "ready", 1_000);
      await bot.stop();
      await pass(simulator, clock, 10_000);
    }
    await using sixth = startBot(simulator, { ledger, clock });
    await until("the wait", () => sixth.discord.state().waiting !== undefined);
    expect(sixth.discord.state().waiting?.why).toBe("burst");
    expect(identifies(ledger)).toBe(5);
    await passUntil(simulator, clock, "a session", () => sixth.discord.state().status === "ready", 5_000);
    expect(identifies(ledger)).toBe(6);
  });

  it("holds when the store cannot keep it", async () => {
    const broken = {
      add: (): void => {
        throw new Error("disk full");
      },
      since: (): readonly number[] => {
        throw new Error("disk full");
      },
    };
    await using started = await startReady({ ledger: broken });
    expect(started.bot.discord.state().status).toBe("ready");
  });

  it("leaves the last hundred session starts of the day alone", async () => {
    const [ledger, clock] = [memoryLedger(), new FakeClock()];
    await using simulator = await Simulator.start({ seed: 9 });
    await simulator.control.gateway.setSessionStartLimit({ remaining: 60, resetAfterMs: 3_600_000 });
    await using bot = startBot(simulator, { ledger, clock });
    await until("the wait", () => bot.discord.state().waiting?.why === "session_limit");
    expect(identifies(ledger)).toBe(0);
    await simulator.control.gateway.setSessionStartLimit({ remaining: 1_000 });
    await passUntil(simulator, clock, "a session", () => bot.discord.state().status === "ready", 10 * MINUTE);
    expect(identifies(ledger)).toBe(1);
  });
});

describe("stopping", () => {
  it("closes the session, and nothing connects afterwards", async () => {
    await using started = await startReady();
    const { simulator, bot } = started;
    await bot.stop();
    expect(bot.discord.state().status).toBe("closed");
    const { sessions } = await simulator.control.gateway.state();
    expect(sessions.filter((session) => session.connected)).toEqual([]);
  });

  it("while the gateway's address is still asked for opens no socket afterwards", async () => {
    await using simulator = await Simulator.start({ seed: 16 });
    const asked = await simulator.control.fault({ match: { route: /gateway/ }, kind: "slow", ms: 300 });
    const ledger = memoryLedger();
    const bot = startBot(simulator, { ledger });
    await asked.struck();
    await bot.stop();
    await until("the answer", async () => (await simulator.control.requests({ route: /gateway/ })).length === 1);
    await expect(connection(simulator, 0)).rejects.toThrow("a connection");
    expect(identifies(ledger)).toBe(0);
  });

  it("works in the pause of a reconnect, while connecting, and while waiting", async () => {
    await using simulator = await Simulator.start({ seed: 10 });
    const reconnecting = startBot(simulator);
    await ready(reconnecting);
    await simulator.control.gateway.op7();
    await until("the reconnect", () => reconnecting.discord.state().status === "resuming");
    await reconnecting.stop();

    const connecting = startBot(simulator);
    await connecting.stop();

    await simulator.control.outage(true, "refuse");
    const waiting = startBot(simulator);
    await until("the wait", () => waiting.discord.state().waiting !== undefined);
    await waiting.stop();
    await simulator.control.outage(false);

    const before = (await simulator.control.gateway.state()).connections.length;
    await expect(connection(simulator, before)).rejects.toThrow("a connection");
    const { sessions } = await simulator.control.gateway.state();
    expect(sessions.filter((session) => session.connected)).toEqual([]);
  });
});
