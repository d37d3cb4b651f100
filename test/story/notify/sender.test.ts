import { describe, expect, it } from "vitest";

import { silentLogs } from "../../../src/base/log.js";
import { Desk } from "../../../src/notify/desk.js";
import { createSender } from "../../../src/notify/sender.js";
import { Troubles } from "../../../src/notify/troubles.js";
import { createDirectBudget } from "../../support/notify/direct-budget.js";
import { CHANNEL, OTHER_CHANNEL, createStage, testRenderer } from "../../support/notify/stage.js";
import { UNCLEAR, UNREACHABLE, refusal } from "../../support/notify/fake-discord.js";

describe("the sender", () => {
  it("posts what opened, replies to it with what rose, edits it green when it is over", async () => {
    const { sender, discord, news, clock } = await createStage();
    const { incident, row } = await news.open("web");
    await sender.runOnce();
    expect(discord.messages).toHaveLength(1);
    expect(news.outbox(row.id)).toMatchObject({ state: "sent", messageId: discord.messages[0]?.id });

    await clock.advance(5_000);
    await news.announce("rose", "critical", incident.id);
    await sender.runOnce();
    await sender.runOnce();
    expect(discord.messages[1]).toMatchObject({ replyTo: discord.messages[0]?.id });
    expect(discord.messages[0]?.edits).toBe(1);

    await clock.advance(5_000);
    await news.end(incident.id);
    await sender.runOnce();
    expect(discord.messages).toHaveLength(2);
    expect(discord.messages[0]?.edits).toBe(2);
    expect(discord.messages[0]?.text).toContain("over after");
  });

  it("tells the story of an incident that comes and goes in its thread, once over a lost answer and a crash", async () => {
    const stage = await createStage();
    const { discord, news, clock } = stage;
    const { incident } = await news.open("web");
    await stage.run(1_000);
    const [first] = discord.messages;
    const row = await news.turn(incident.id, 3);
    discord.script.push({ at: "after", answer: UNCLEAR }, { at: "pass" }, { at: "after", answer: UNCLEAR });
    await stage.run(20_000);
    stage.restart();
    await stage.run(20_000);
    expect(discord.threads).toEqual(new Set([first?.id]));
    expect(discord.standing(first?.id)).toHaveLength(1);
    expect(discord.standing(CHANNEL)).toHaveLength(1);
    expect(news.outbox(row.id)).toMatchObject({ state: "sent", thread: first?.id });
    // An answer that was lost for long is looked for in the thread, not in the channel.
    const later = await news.turn(incident.id, 1);
    discord.script.push({ at: "pass" }, { at: "after", answer: UNCLEAR });
    await stage.sender.runOnce();
    await clock.advance(10 * 60_000);
    stage.restart();
    await stage.run(5_000);
    expect(discord.requests.some(({ kind, channel }) => kind === "find" && channel === first?.id)).toBe(true);
    expect(discord.standing(first?.id)).toHaveLength(2);
    expect(news.outbox(later.id).state).toBe("sent");
  });

  it("takes a thread out of the archive once; one that stays locked is left for the channel", async () => {
    const stage = await createStage();
    const { discord, news } = stage;
    const { incident } = await news.open("web");
    await stage.run(1_000);
    const archived = { at: "before", answer: refusal(400, 50_083) } as const;
    await news.turn(incident.id, 3);
    discord.script.push({ at: "pass" }, archived);
    await stage.run(2_000);
    const [first] = discord.messages;
    expect(discord.standing(first?.id)).toHaveLength(1);
    expect(discord.requests.filter(({ kind }) => kind === "unarchive")).toHaveLength(1);
    await news.turn(incident.id, 1);
    discord.script.push(archived, { at: "pass" }, archived);
    await stage.run(2_000);
    expect(discord.standing(CHANNEL)).toHaveLength(2);
    expect(discord.standing(CHANNEL)[1]).toMatchObject({ replyTo: first?.id });
    expect(stage.sender.numbers().troubles).toEqual([]);
  });

  it("drops the line of a thread that was deleted, and one whose message never stood", async () => {
    const stage = await createStage();
    const { discord, news } = stage;
    const { incident } = await news.open("web");
    await stage.run(1_000);
    const row = await news.turn(incident.id, 3);
    discord.script.push({ at: "pass" }, { at: "before", answer: refusal(404, 10_003) });
    await stage.run(2_000);
    expect(news.outbox(row.id).state).toBe("dropped");
    expect(stage.sender.numbers().troubles).toEqual([]);
    expect(discord.standing(CHANNEL)).toHaveLength(1);
  });

  it("says with the first post whatever was announced before it left", async () => {
    const { sender, discord, news } = await createStage();
    const { incident } = await news.open("web");
    const rose = await news.announce("rose", "critical", incident.id);
    await sender.runOnce();
    await sender.runOnce();
    expect(discord.messages).toHaveLength(1);
    expect(news.outbox(rose.id)).toMatchObject({ state: "dropped" });
  });

  it("posts one message with both times when all ended before the first post was accepted", async () => {
    const stage = await createStage();
    const { discord, news, clock } = stage;
    discord.script.push({ at: "before", answer: UNREACHABLE });
    const { incident } = await news.open("web");
    await stage.sender.runOnce();
    await clock.advance(40_000);
    await news.end(incident.id);
    await stage.run(90_000);
    expect(discord.messages).toHaveLength(1);
    expect(discord.messages[0]?.text).toContain("over after");
    expect(discord.messages[0]?.text).toContain("late");
    expect(discord.messages[0]?.edits).toBe(0);
  });

  it("keeps saying how late a message came when it is edited", async () => {
    const stage = await createStage();
    const { discord, news, clock } = stage;
    const { incident } = await news.open("web");
    await clock.advance(90_000);
    await stage.sender.runOnce();
    await news.join(incident.id, "db", "warning");
    await stage.run(2_000);
    expect(discord.messages[0]).toMatchObject({ edits: 1 });
    expect(discord.messages[0]?.text).toContain("late");
  });

  it("lets a channel's edits rest for longer the longer they take to build", async () => {
    const { clock, store, discord } = await createStage();
    const troubles = new Troubles(
      () => 0,
      () => undefined,
    );
    const log = silentLogs.for("sender");
    const desk = new Desk({ store, clock, log, receiver: discord, render: testRenderer, troubles, random: () => 0 });
    const nextAfter = (buildMs: number): number => {
      desk.built(CHANNEL, buildMs);
      const gate = desk.peek(CHANNEL, "edit");
      return gate.open ? 0 : gate.until - clock.monotonic();
    };
    expect([1, 100, 5_000].map(nextAfter)).toEqual([0, 2_000, 2_500]);
    expect(desk.peek(CHANNEL, "post").open).toBe(true);
  });

  it("wakes for what becomes due although something else is held", async () => {
    const stage = await createStage();
    const { discord, news, clock } = stage;
    discord.script.push({ at: "before", answer: refusal(429, undefined, { retryAfterMs: 2_000, scope: "user" }) });
    const { incident } = await news.open("web");
    stage.sender.start();
    await clock.advance(100);
    await news.announce("rose", "critical", incident.id);
    stage.sender.poke();
    await clock.advance(3_500);
    expect(discord.messages).toHaveLength(1);
    const stopped = stage.sender.stop();
    await clock.advance(5_000);
    await stopped;
  });

  it("spends an edit on an alert that stands nowhere before one on values, and on the longest wait first", async () => {
    const stage = await createStage();
    const { discord, news, clock } = stage;
    const [moved, late, early] = [await news.open("a"), await news.open("b"), await news.open("c")];
    await stage.run(3_000);
    // The first of these edits takes the channel's turn, so that the other changes wait together.
    await news.join(moved.incident.id, "more", "warning");
    await stage.sender.runOnce();
    discord.requests.length = 0;
    await news.move(moved.incident.id, 0.99);
    await stage.sender.runOnce();
    await clock.advance(100);
    await news.join(early.incident.id, "early", "warning");
    await stage.sender.runOnce();
    await clock.advance(100);
    await news.join(late.incident.id, "late", "warning");
    await stage.run(6_000, 100);
    expect(discord.requests.map(({ id }) => id)).toEqual([early.row.id, late.row.id, moved.row.id]);
  });

  it("keeps the last post of a bucket for a storm that may come, but not for long", async () => {
    const stage = await createStage();
    const { discord, news, clock, store } = stage;
    const oneLeft = { limit: 5, remaining: 1, resetAfterMs: 5_000 };
    discord.script.push({ at: "after", answer: { kind: "ok", messageId: "1000", rate: oneLeft } });
    await news.open("a");
    await stage.sender.runOnce();
    const fifth = await news.open("b");
    await stage.run(700, 100);
    expect(discord.messages).toHaveLength(1);
    await stage.run(200, 100);
    expect(discord.messages.map(({ nonce }) => nonce)).toContain(fifth.row.id);

    await clock.advance(6_000);
    discord.script.push({ at: "after", answer: { kind: "ok", messageId: "1002", rate: oneLeft } });
    await news.open("c");
    await stage.sender.runOnce();
    const { incident, row } = await news.open("d");
    await stage.sender.runOnce();
    expect(discord.messages).toHaveLength(3);
    await store.write("test.storm", (tables) => tables.incidents.put({ ...incident, kind: "storm" }));
    await stage.sender.runOnce();
    expect(discord.messages.map(({ nonce }) => nonce)).toContain(row.id);
  });

  it("does not let hundreds of held announcements hide what another channel takes", async () => {
    const stage = await createStage();
    const { discord, news } = stage;
    discord.script.push({ at: "before", answer: refusal(403, 50_013) });
    for (let index = 0; index < 220; index += 1) await news.open(`t${index}`, "critical");
    await stage.sender.runOnce();
    await news.open("web", "info", OTHER_CHANNEL);
    await stage.run(3_000);
    expect(discord.standing(OTHER_CHANNEL)).toHaveLength(1);
    expect(discord.standing(CHANNEL)).toHaveLength(0);
    await stage.run(11 * 60_000, 30_000);
    await stage.run(60_000, 5_000);
    expect(discord.standing(CHANNEL)).toHaveLength(220);
  });

  it("edits a channel's messages at most once in 1.25 s, with the newest revision", async () => {
    const stage = await createStage();
    const { discord, news } = stage;
    const { incident } = await news.open("web");
    await stage.sender.runOnce();
    for (let index = 0; index < 40; index += 1) {
      await news.join(incident.id, `more-${index}`, "warning");
      await stage.run(100, 100);
    }
    await stage.run(3_000, 100);
    const edits = discord.requests.filter((request) => request.kind === "edit").map((request) => request.at);
    const gaps = edits.slice(1).map((at, index) => at - (edits[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1_250);
    expect(edits.length).toBeGreaterThanOrEqual(4);
    expect(edits.length).toBeLessThanOrEqual(5);
    expect(stage.store.read((tables) => tables.messages.stale(stage.clock.now(), 10))).toHaveLength(0);
  });

  it("re-sends with the same nonce what was cut off within the minute", async () => {
    const stage = await createStage();
    const { discord, news } = stage;
    discord.script.push({ at: "after", answer: UNCLEAR });
    const { row } = await news.open("web");
    await stage.run(5_000);
    expect(discord.messages).toHaveLength(1);
    expect(discord.requests.map((request) => request.kind)).toEqual(["post", "post", "edit"]);
    expect(new Set(discord.requests.map((request) => request.id))).toEqual(new Set([row.id]));
  });

  it("says separately what was announced while it was unknown whether the first post stands", async () => {
    const stage = await createStage();
    const { discord, news } = stage;
    discord.script.push({ at: "after", answer: UNCLEAR });
    const { incident } = await news.open("web");
    await stage.sender.runOnce();
    const rose = await news.announce("rose", "critical", incident.id);
    await stage.run(5_000);
    expect(news.outbox(rose.id).state).toBe("sent");
    expect(discord.messages[1]).toMatchObject({ nonce: rose.id, replyTo: discord.messages[0]?.id });
  });

  it("counts the doubt from the moment the request left, also over a restart", async () => {
    const stage = await createStage();
    const { discord, news, clock } = stage;
    let answer = (): void => undefined;
    discord.hold = new Promise((resolve) => {
      answer = resolve;
    });
    discord.script.push({ at: "after", answer: UNCLEAR });
    await news.open("web");
    const working = stage.sender.runOnce();
    await clock.advance(10_000);
    discord.hold = undefined;
    answer();
    await working;
    await clock.advance(42_000);
    stage.restart();
    await stage.sender.runOnce();
    expect(discord.requests.map((request) => request.kind).slice(0, 2)).toEqual(["post", "find"]);
  });

  it("looks in history for what may have been posted longer ago, and adopts it", async () => {
    const stage = await createStage();
    const { discord, news, clock } = stage;
    discord.script.push({ at: "after", answer: UNCLEAR });
    const { incident, row } = await news.open("web");
    await stage.sender.runOnce();
    await clock.advance(10 * 60_000);
    stage.restart();
    await news.end(incident.id);
    await stage.run(5_000);
    expect(discord.messages).toHaveLength(1);
    expect(discord.requests.map((request) => request.kind)).toEqual(["post", "find", "edit"]);
    expect(news.outbox(row.id)).toMatchObject({ state: "sent", messageId: discord.messages[0]?.id });
    expect(discord.messages[0]?.text).toContain("over after");
  });

  it("posts what history does not hold", async () => {
    const stage = await createStage();
    const { discord, news, clock } = stage;
    discord.script.push({ at: "before", answer: UNCLEAR });
    await news.open("web");
    await stage.sender.runOnce();
    await clock.advance(10 * 60_000);
    await stage.run(5_000);
    expect(discord.messages).toHaveLength(1);
    expect(discord.requests.map((request) => request.kind)).toEqual(["post", "find", "post"]);
  });

  it("never re-sends blind: while history cannot be read it waits, and says so once", async () => {
    const said: string[] = [];
    const stage = await createStage({ onTrouble: (trouble, change) => said.push(`${trouble.kind} ${change}`) });
    const { discord, news, clock } = stage;
    discord.script.push({ at: "after", answer: UNCLEAR });
    discord.historyReadable = false;
    await news.open("web");
    await stage.sender.runOnce();
    await clock.advance(2 * 60_000);
    await stage.run(45 * 60_000, 30_000);
    expect(discord.requests.filter((request) => request.kind === "post")).toHaveLength(1);
    expect(discord.requests.filter((request) => request.kind === "find").length).toBeLessThanOrEqual(6);
    expect(said).toEqual(["history_unreadable began"]);
    discord.historyReadable = true;
    await stage.run(11 * 60_000, 30_000);
    expect(said).toEqual(["history_unreadable began", "history_unreadable over"]);
    expect(discord.messages).toHaveLength(1);
  });

  it("trusts a clock that was set back no more than the nonce", async () => {
    const stage = await createStage();
    const { discord, news, clock } = stage;
    discord.script.push({ at: "after", answer: UNCLEAR });
    await news.open("web");
    await stage.sender.runOnce();
    await clock.advance(5 * 60_000);
    clock.jump(-6 * 60_000);
    stage.restart();
    await stage.sender.runOnce();
    expect(discord.requests.map((request) => request.kind)).toEqual(["post", "find", "edit"]);
  });

  it("is not held up by a clock that is set back by an hour", async () => {
    const stage = await createStage();
    const { discord, news, clock } = stage;
    await stage.sender.runOnce();
    await news.open("web");
    clock.jump(-3_600_000);
    await stage.run(2_000);
    expect(discord.messages).toHaveLength(1);
  });

  it("waits as long as a 429 says, and not a second longer", async () => {
    const stage = await createStage();
    const { discord, news, clock } = stage;
    discord.script.push({ at: "before", answer: refusal(429, undefined, { retryAfterMs: 7_000, scope: "user" }) });
    const started = clock.now();
    await news.open("web");
    await stage.run(10_000, 100);
    const again = (discord.requests[1]?.at ?? 0) - started;
    expect(again).toBeGreaterThanOrEqual(7_000);
    expect(again).toBeLessThanOrEqual(8_000);
    expect(stage.sender.numbers()).toMatchObject({ rateLimitedTotal: 1, invalidTotal: 1 });
  });

  it("does not count a shared 429 as its own fault", async () => {
    const stage = await createStage();
    stage.discord.script.push({
      at: "before",
      answer: refusal(429, undefined, { retryAfterMs: 500, scope: "shared" }),
    });
    await stage.news.open("web");
    await stage.run(2_000, 250);
    expect(stage.discord.messages).toHaveLength(1);
    expect(stage.sender.numbers()).toMatchObject({ rateLimitedTotal: 0, sharedLimitedTotal: 1, invalidTotal: 0 });
  });

  it("holds every channel after a global 429, one channel after its own", async () => {
    const stage = await createStage();
    const { discord, news } = stage;
    discord.script.push({ at: "before", answer: refusal(429, undefined, { retryAfterMs: 3_000, scope: "global" }) });
    await news.open("web");
    await stage.sender.runOnce();
    await news.open("db", "warning", OTHER_CHANNEL);
    await stage.sender.runOnce();
    expect(discord.messages).toHaveLength(0);
    await stage.run(4_000, 250);
    expect(discord.messages).toHaveLength(2);
  });

  it("does not send into a bucket that is used up", async () => {
    const stage = await createStage({
      discordOptions: {
        fate: ({ kind }) =>
          kind === "post"
            ? { at: "after", answer: { kind: "ok", messageId: "1", rate: { remaining: 0, resetAfterMs: 4_000 } } }
            : { at: "pass" },
      },
    });
    const { discord, news } = stage;
    await news.open("one");
    await news.open("two");
    await stage.run(10_000, 250);
    const posts = discord.requests.filter((request) => request.kind === "post").map((request) => request.at);
    expect(posts).toHaveLength(2);
    expect((posts[1] ?? 0) - (posts[0] ?? 0)).toBeGreaterThanOrEqual(4_000);
  });

  it("remembers over a restart that a bucket is used up", async () => {
    const rate = { remaining: 0, resetAfterMs: 4_000 };
    const stage = await createStage();
    const { discord, news } = stage;
    discord.script.push({ at: "after", answer: { kind: "ok", messageId: "1", rate } });
    await news.open("one");
    await stage.sender.runOnce();
    stage.restart();
    await news.open("two");
    await stage.run(6_000, 250);
    const posts = discord.requests.filter((request) => request.kind === "post").map((request) => request.at);
    expect((posts[1] ?? 0) - (posts[0] ?? 0)).toBeGreaterThanOrEqual(4_000);
  });

  it("sends critical before warning before info", async () => {
    const stage = await createStage();
    const { discord, news } = stage;
    await news.open("info", "info");
    await news.open("warning", "warning");
    await news.open("critical", "critical");
    await stage.sender.runOnce();
    expect(discord.messages.map((message) => message.text.includes("critical"))).toHaveLength(3);
    const order = discord.requests.map((request) => news.outbox(request.id).severity);
    expect(order).toEqual(["critical", "warning", "info"]);
  });

  it("serves one channel while another hangs", async () => {
    const stage = await createStage();
    const { discord, news } = stage;
    let release = (): void => undefined;
    discord.hold = new Promise((resolve) => {
      release = resolve;
    });
    await news.open("web");
    const first = stage.sender.runOnce();
    await stage.clock.settle();
    discord.hold = undefined;
    await news.open("db", "warning", OTHER_CHANNEL);
    await stage.sender.runOnce();
    expect(discord.messages.map((message) => message.channel)).toEqual([OTHER_CHANNEL]);
    release();
    await first;
    expect(discord.messages.map((message) => message.channel)).toEqual([OTHER_CHANNEL, CHANNEL]);
  });

  it("pauses everything at an edge block, longer each time, and tries again with one request", async () => {
    const edge = refusal(429, undefined, { edge: true });
    const stage = await createStage();
    const { discord, news } = stage;
    discord.script.push({ at: "before", answer: edge }, { at: "before", answer: edge });
    await news.open("web");
    await news.open("db", "warning", OTHER_CHANNEL);
    await news.open("ftp", "warning", "700000000000000003");
    const started = stage.clock.now();
    await stage.run(40 * 60_000, 15_000);
    const times = discord.requests.filter((request) => request.kind === "post").map((request) => request.at - started);
    expect(discord.messages).toHaveLength(3);
    // Requests to different channels leave side by side before the first answer is there.
    const afterFirst = times.filter((at) => at > 0);
    expect(Math.min(...afterFirst)).toBeGreaterThanOrEqual(10 * 60_000);
    expect(stage.sender.numbers().troubles).toHaveLength(0);
  });

  it.each([
    ["3600 s", 3_600_000],
    ["20 s", 20_000],
  ])("asks nothing before the %s are over that the edge asks for, and then once", async (_as, askedMs) => {
    const edge = refusal(429, undefined, { edge: true, retryAfterMs: askedMs });
    const stage = await createStage();
    const { discord, news } = stage;
    discord.script.push({ at: "before", answer: edge });
    await news.open("web");
    await stage.sender.runOnce();
    const refusedAt = stage.clock.now();
    await news.open("db", "critical", OTHER_CHANNEL);
    // Neither a reload nor a restart of the process asks sooner.
    await stage.sender.retryNow();
    await stage.run(askedMs / 2, askedMs / 20);
    stage.restart();
    expect(stage.sender.edge.remainingMs()).toBeGreaterThan(0);
    await stage.run(askedMs / 2 - 1_000, askedMs / 20);
    expect(discord.requests).toHaveLength(1);
    discord.hold = new Promise(() => undefined);
    await stage.clock.advance(3_000);
    void stage.sender.runOnce();
    await stage.clock.advance(10_000);
    // One request tries it while the others wait for its answer.
    expect(discord.requests.map((request) => request.at - refusedAt >= askedMs)).toEqual([false, true]);
  });

  it("goes on as before once the edge lets it, and says for how long it was silent", async () => {
    const edge = refusal(403, undefined, { edge: true, retryAfterMs: 20_000 });
    const stage = await createStage({ opsChannel: CHANNEL });
    const { discord, news } = stage;
    discord.script.push({ at: "before", answer: edge }, { at: "before", answer: edge });
    await news.open("web");
    await stage.run(5 * 60_000, 1_000);
    expect(discord.messages.map((message) => message.text).join("\n")).toContain("min");
    expect(stage.sender.numbers().troubles).toEqual([]);
    const [first = 0, second = 0, third = 0] = discord.requests.map((request) => request.at);
    expect([second - first, third - second].map((ms) => Math.floor(ms / 20_000))).toEqual([1, 2]);
    stage.restart();
    expect(stage.sender.edge.remainingMs()).toBe(0);
  });

  it("is silent for everything when another part of the process was refused by the edge", async () => {
    const stage = await createStage();
    stage.sender.edge.refused("HTTP 429", stage.clock.monotonic(), 60_000);
    await stage.news.open("web");
    await stage.run(60_000, 5_000);
    expect(stage.discord.requests).toEqual([]);
    await stage.run(10_000, 1_000);
    expect(stage.discord.messages).toHaveLength(1);
  });

  it("lets the fallback speak once for each announcement while Discord refuses the bot, and catches up afterwards", async () => {
    const spoken: string[] = [];
    const stage = await createStage({
      fallback: {
        speak: (_message, trouble) => {
          spoken.push(trouble.kind);
          return Promise.resolve();
        },
      },
      onRefused: () => spoken.push("exit"),
    });
    const { discord, news } = stage;
    for (let index = 0; index < 4; index += 1) discord.script.push({ at: "before", answer: refusal(401, 0) });
    await news.open("web");
    await news.open("db");
    await stage.run(25 * 60_000, 30_000);
    expect(spoken).toEqual(["refused", "refused"]);
    expect(discord.requests).toHaveLength(3);
    discord.script.length = 0;
    await stage.sender.retryNow();
    await stage.run(2_000);
    expect(discord.messages).toHaveLength(2);
  });

  it("speaks through the fallback that is configured at that moment", async () => {
    const { clock, store, discord, news } = await createStage();
    const spoken: string[] = [];
    let name: string | undefined;
    const sender = createSender({
      store,
      clock,
      log: silentLogs.for("sender"),
      receiver: discord,
      render: testRenderer,
      budget: createDirectBudget(),
      get fallback() {
        const by = name;
        return by === undefined ? undefined : { speak: async () => void spoken.push(by) };
      },
    });
    discord.script.push(...Array.from({ length: 4 }, () => ({ at: "before", answer: refusal(403, 50_013) }) as const));
    await news.open("web");
    await sender.runOnce();
    expect(spoken).toEqual([]);
    name = "first";
    await sender.runOnce();
    name = "second";
    await news.open("db");
    await sender.runOnce();
    expect(spoken).toEqual(["first", "second"]);
    await sender.stop();
  });

  it("asks for the end of the process when Discord refuses the bot and nothing else can speak", async () => {
    const exits: string[] = [];
    const stage = await createStage({ onRefused: (detail) => exits.push(detail) });
    stage.discord.script.push({ at: "before", answer: refusal(401, 0) });
    await stage.news.open("web");
    await stage.sender.runOnce();
    stage.sender.refuse("gateway closed with 4004");
    expect(exits).toHaveLength(1);
  });

  it("holds a channel that cannot be written to, says so once elsewhere, and catches up", async () => {
    const stage = await createStage({ opsChannel: OTHER_CHANNEL });
    const { discord, news } = stage;
    const broken = refusal(403, 50_013);
    let works = false;
    const original = discord.post.bind(discord);
    discord.post = (request) => {
      if (works || request.channel !== CHANNEL) return original(request);
      discord.script.unshift({ at: "before", answer: broken });
      return original(request);
    };
    await news.open("web");
    await news.open("db");
    await stage.run(35 * 60_000, 30_000);
    const tries = discord.requests.filter((request) => request.channel === CHANNEL);
    expect(tries.length).toBeLessThanOrEqual(4);
    expect(discord.messages).toHaveLength(1);
    expect(discord.messages[0]?.text).toContain("cannot write");
    works = true;
    await stage.run(11 * 60_000, 30_000);
    expect(discord.standing(CHANNEL)).toHaveLength(2);
    expect(discord.standing(OTHER_CHANNEL)).toHaveLength(2);
  });

  it("posts a deleted message anew once with a note, while it still burns", async () => {
    const stage = await createStage();
    const { discord, news } = stage;
    const { incident } = await news.open("web");
    await stage.sender.runOnce();
    const remove = (): void => {
      for (const message of discord.messages) message.deleted = true;
    };
    remove();
    await news.join(incident.id, "db", "warning");
    await stage.run(5_000);
    expect(discord.standing()).toHaveLength(1);
    remove();
    await news.join(incident.id, "ftp", "warning");
    await stage.run(5_000);
    expect(discord.standing()).toHaveLength(0);
  });

  it("does not post a deleted message anew when it is over", async () => {
    const stage = await createStage();
    const { discord, news } = stage;
    const { incident } = await news.open("web");
    await stage.sender.runOnce();
    for (const message of discord.messages) message.deleted = true;
    await news.end(incident.id);
    await stage.run(5_000);
    expect(discord.standing()).toHaveLength(0);
  });

  it("takes a post that was made and deleted for said", async () => {
    const stage = await createStage();
    const { discord, news } = stage;
    discord.script.push({ at: "after", answer: UNCLEAR });
    const { row } = await news.open("web");
    await stage.sender.runOnce();
    for (const message of discord.messages) message.deleted = true;
    await stage.run(10_000);
    expect(news.outbox(row.id).state).toBe("sent");
    // It still burns, so it stands there anew, once.
    expect(discord.standing()).toHaveLength(1);
  });

  it("continues in a reply when the message is too old to edit", async () => {
    const stage = await createStage();
    const { discord, news } = stage;
    const { incident } = await news.open("web");
    await stage.sender.runOnce();
    const first = discord.messages[0]?.id;
    discord.script.push({ at: "before", answer: refusal(400, 30_046) });
    await news.end(incident.id);
    await stage.run(5_000);
    expect(discord.messages).toHaveLength(2);
    expect(discord.messages[1]).toMatchObject({ replyTo: first });
    expect(discord.messages[1]?.text).toContain("over after");
    const shown = stage.store.read((tables) => tables.messages.get(incident.id, CHANNEL));
    expect(shown?.messageId).toBe(discord.messages[1]?.id);
    expect(discord.requests.filter((request) => request.kind === "edit")).toHaveLength(1);
  });

  it("edits a message older than 55 minutes for what happened, not for values that moved", async () => {
    const stage = await createStage();
    const { discord, news, clock } = stage;
    const { incident } = await news.open("web");
    await stage.sender.runOnce();
    await clock.advance(56 * 60_000);
    for (let index = 0; index < 5; index += 1) {
      await news.move(incident.id, 0.9 + index / 100);
      await stage.run(5_000);
    }
    expect(discord.messages[0]?.edits).toBe(0);
    await news.end(incident.id);
    await stage.run(2_000);
    expect(discord.messages[0]?.edits).toBe(1);
  });

  it("shrinks a refused content, then says it plainly, then gives up and says so", async () => {
    const stage = await createStage();
    const { discord, news } = stage;
    const refused = refusal(400, 50_035);
    for (let index = 0; index < 3; index += 1) discord.script.push({ at: "before", answer: refused });
    const { row } = await news.open("web");
    await stage.run(5_000);
    expect(discord.requests.slice(0, 3).map((request) => request.reduced)).toEqual([0, 1, 2]);
    expect(news.outbox(row.id).state).toBe("dead");
    expect(discord.messages).toHaveLength(1);
    expect(discord.messages[0]?.text).toContain("could not be sent");
    expect(stage.sender.numbers().dead).toBe(1);
  });

  it("posts without the reference where replies are not permitted", async () => {
    const stage = await createStage();
    const { discord, news } = stage;
    const { incident } = await news.open("web");
    await stage.sender.runOnce();
    discord.script.push({ at: "before", answer: refusal(400, 160_002) });
    await news.announce("rose", "critical", incident.id);
    await stage.run(3_000);
    expect(discord.messages).toHaveLength(2);
    expect(discord.messages[1]?.replyTo).toBeUndefined();
  });

  it("retries a failing server for as long as the incident is open, and a day beyond its end", async () => {
    const stage = await createStage({ discordOptions: { fate: () => ({ at: "before", answer: refusal(503) }) } });
    const { news, clock } = stage;
    const { incident, row } = await news.open("web");
    await stage.run(5 * 60_000, 5_000);
    expect(["pending", "sending"]).toContain(news.outbox(row.id).state);
    await news.end(incident.id);
    await clock.advance(23 * 3_600_000);
    await stage.sender.runOnce();
    expect(["pending", "sending"]).toContain(news.outbox(row.id).state);
    await clock.advance(2 * 3_600_000);
    await stage.run(3 * 60_000, 30_000);
    expect(news.outbox(row.id).state).toBe("dead");
  });

  it("sends one reminder when several have piled up, and none when it is over", async () => {
    const stage = await createStage();
    const { discord, news } = stage;
    const { incident } = await news.open("web");
    await stage.sender.runOnce();
    await news.announce("repeated", "warning", incident.id);
    await stage.clock.advance(1_000);
    await news.announce("repeated", "warning", incident.id);
    await stage.run(3_000);
    expect(discord.messages).toHaveLength(2);
    await news.announce("repeated", "warning", incident.id);
    await news.end(incident.id);
    await stage.run(3_000);
    expect(discord.messages).toHaveLength(2);
  });

  it("stops in two phases: drains what it can, leaves the rest recoverable", async () => {
    const stage = await createStage();
    const { discord, news, clock } = stage;
    stage.sender.start();
    let answer = (): void => undefined;
    discord.hold = new Promise((resolve) => {
      answer = resolve;
    });
    const { row } = await news.open("web");
    stage.sender.poke();
    await clock.advance(100);
    expect(discord.requests).toHaveLength(1);
    const stopped = stage.sender.stop({ drainMs: 2_000 });
    await clock.advance(2_500);
    expect(await stopped).toEqual({ drained: false });
    // An answer that comes after the end is no longer written: the store may be closed by then.
    discord.hold = undefined;
    answer();
    await clock.settle(10);
    expect(discord.messages).toHaveLength(1);
    expect(news.outbox(row.id).state).toBe("sending");
    stage.restart();
    await stage.run(3_000);
    expect(discord.messages).toHaveLength(1);
    expect(news.outbox(row.id).state).toBe("sent");
  });

  it("drains what is due before it stops", async () => {
    const stage = await createStage();
    const { discord, news, clock } = stage;
    stage.sender.start();
    await clock.advance(50);
    await news.open("web");
    const stopped = stage.sender.stop();
    await clock.advance(5_000);
    expect(await stopped).toEqual({ drained: true });
    expect(discord.messages).toHaveLength(1);
  });

  it("sends by its own loop, when poked and when something becomes due", async () => {
    const stage = await createStage();
    const { discord, news, clock } = stage;
    stage.sender.start();
    await clock.advance(1_000);
    discord.script.push({ at: "before", answer: refusal(429, undefined, { retryAfterMs: 2_000, scope: "user" }) });
    await news.open("web");
    stage.sender.poke();
    await clock.advance(500);
    expect(discord.requests).toHaveLength(1);
    await clock.advance(3_000);
    expect(discord.messages).toHaveLength(1);
    const before = stage.sender.lastProgressAt;
    await clock.advance(11_000);
    expect(stage.sender.lastProgressAt).toBeGreaterThan(before);
    const stopped = stage.sender.stop();
    await clock.advance(5_000);
    await stopped;
  });

  it("makes no progress while one of its requests hangs, however often the loop turns, and makes it again afterwards", async () => {
    const stage = await createStage();
    const { discord, news, clock } = stage;
    stage.sender.start();
    await clock.advance(1_000);
    const gate: { open: () => void } = { open: () => undefined };
    discord.hold = new Promise((resolve) => (gate.open = resolve));
    await news.open("web");
    stage.sender.poke();
    await clock.advance(500);
    expect(discord.requests).toHaveLength(1);
    await clock.advance(90_000);
    expect(clock.monotonic() - stage.sender.lastProgressAt).toBeGreaterThan(60_000);
    discord.hold = undefined;
    gate.open();
    await clock.advance(11_000);
    expect(clock.monotonic() - stage.sender.lastProgressAt).toBeLessThan(12_000);
    const stopped = stage.sender.stop();
    await clock.advance(5_000);
    await stopped;
  });
});
