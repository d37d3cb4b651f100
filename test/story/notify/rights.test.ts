import { describe, expect, it } from "vitest";

import { CHANNEL, OTHER_CHANNEL, createStage } from "../../support/notify/stage.js";
import type { Stage } from "../../support/notify/stage.js";
import { UNCLEAR, refusal } from "../../support/notify/fake-discord.js";
import type { FakeDiscordOptions, FakeRequest } from "../../support/notify/fake-discord.js";

const MINUTE = 60_000;
const MISSING = refusal(403, 50_013);

interface Server {
  /** Channels that refuse the bot. */
  readonly closed: Set<string>;
}

async function stageWith(options: { readonly opsChannel?: string } = {}): Promise<{ stage: Stage } & Server> {
  const closed = new Set<string>();
  const fate: FakeDiscordOptions["fate"] = ({ channel }) =>
    closed.has(channel) ? { at: "before", answer: MISSING } : { at: "pass" };
  return { stage: await createStage({ ...options, discordOptions: { fate } }), closed };
}

const since = (stage: Stage, at: number, kind?: FakeRequest["kind"]): readonly FakeRequest[] =>
  stage.discord.requests.filter((request) => request.at >= at && (kind === undefined || request.kind === kind));

describe("a channel whose rights were given back", () => {
  it("gets what was held a second after Discord has told of it: one careful try, then the rest", async () => {
    const { stage, closed } = await stageWith();
    closed.add(CHANNEL);
    const web = await stage.news.open("web");
    const db = await stage.news.open("db", "critical");
    await stage.run(2 * MINUTE, 10_000);
    closed.delete(CHANNEL);
    const at = stage.clock.now();
    expect(since(stage, at)).toEqual([]);
    stage.sender.rightsChanged([CHANNEL]);
    await stage.run(5_000);
    expect(since(stage, at, "post")[0]?.at).toBe(at + 1_000);
    expect(stage.discord.standing(CHANNEL).map(({ nonce }) => nonce)).toEqual([db.row.id, web.row.id]);
    expect(stage.sender.numbers().troubles).toEqual([]);
  });

  it("is edited within seconds, too", async () => {
    const { stage, closed } = await stageWith();
    const { incident } = await stage.news.open("web");
    await stage.run(5_000);
    closed.add(CHANNEL);
    await stage.news.end(incident.id);
    await stage.run(MINUTE, 10_000);
    closed.delete(CHANNEL);
    stage.sender.rightsChanged();
    await stage.run(5_000);
    expect(stage.discord.messages[0]?.text).toContain("over after");
  });

  it("hears of a burst of words in one request while it still refuses, and later in few", async () => {
    const { stage, closed } = await stageWith();
    closed.add(CHANNEL);
    await stage.news.open("web");
    await stage.news.open("db");
    await stage.run(5_000);
    const at = stage.clock.now();
    for (let told = 0; told < 1_000; told += 1) stage.sender.rightsChanged(told % 2 === 0 ? undefined : [CHANNEL]);
    await stage.run(4_000);
    expect(since(stage, at)).toHaveLength(1);
    // Word in every second, for nine minutes.
    for (let passed = 0; passed < 9 * 60; passed += 1) {
      stage.sender.rightsChanged();
      await stage.run(1_000);
    }
    expect(since(stage, at).length).toBeLessThanOrEqual(11);
    closed.delete(CHANNEL);
    stage.sender.rightsChanged();
    await stage.run(10 * MINUTE, 10_000);
    expect(stage.discord.standing(CHANNEL)).toHaveLength(2);
  });

  it("comes when a word in vain is followed by one that is true, whatever the fraction of a millisecond", async () => {
    const { stage, closed } = await stageWith();
    closed.add(CHANNEL);
    await stage.news.open("web");
    await stage.run(2_000);
    stage.sender.rightsChanged();
    await stage.run(2_000);
    // The wall clock tells whole milliseconds.
    await stage.clock.advance(0.4);
    stage.clock.jump(-0.4);
    closed.delete(CHANNEL);
    stage.sender.rightsChanged();
    await stage.run(6_000);
    expect(stage.discord.requests).toHaveLength(3);
    expect(stage.discord.standing(CHANNEL)).toHaveLength(1);
  });

  it("is not asked for what happens to other channels, nor while nothing is held", async () => {
    const { stage, closed } = await stageWith();
    closed.add(CHANNEL);
    await stage.news.open("web");
    await stage.run(5_000);
    const at = stage.clock.now();
    stage.sender.rightsChanged([OTHER_CHANNEL]);
    await stage.run(MINUTE, 5_000);
    expect(since(stage, at)).toEqual([]);
    const calm = await createStage();
    calm.sender.rightsChanged();
    calm.sender.rightsChanged([CHANNEL]);
    await calm.run(5_000);
    expect(calm.discord.requests).toEqual([]);
  });

  it("goes on after a word that came while the refused request was on its way", async () => {
    const { stage, closed } = await stageWith();
    closed.add(CHANNEL);
    await stage.news.open("web");
    let answer: () => void = () => undefined;
    stage.discord.hold = new Promise((resolve) => {
      answer = resolve;
    });
    const pass = stage.sender.runOnce();
    await stage.clock.settle();
    expect(stage.discord.requests).toHaveLength(1);
    closed.delete(CHANNEL);
    stage.sender.rightsChanged([CHANNEL]);
    stage.discord.hold = undefined;
    answer();
    await pass;
    expect(stage.sender.numbers().troubles).toHaveLength(1);
    await stage.run(3_000);
    expect(stage.discord.standing(CHANNEL)).toHaveLength(1);
  });

  it("is looked into for a post whose answer was lost as soon as its history may be read again", async () => {
    const { stage } = await stageWith();
    stage.discord.script.push({ at: "after", answer: UNCLEAR });
    await stage.news.open("web");
    await stage.sender.runOnce();
    stage.discord.historyReadable = false;
    await stage.clock.advance(MINUTE);
    await stage.run(2 * MINUTE, 10_000);
    expect(stage.sender.numbers().troubles).toMatchObject([{ kind: "history_unreadable" }]);
    stage.discord.historyReadable = true;
    stage.sender.rightsChanged([CHANNEL]);
    await stage.run(5_000);
    expect(stage.sender.numbers()).toMatchObject({ troubles: [], pending: 0 });
    expect(stage.discord.standing(CHANNEL)).toHaveLength(1);
  });

  it("is told of in the channel that people watch once when it breaks and once when it is back", async () => {
    const { stage, closed } = await stageWith({ opsChannel: OTHER_CHANNEL });
    closed.add(CHANNEL);
    await stage.news.open("web");
    await stage.run(5_000);
    for (let word = 0; word < 20; word += 1) {
      stage.sender.rightsChanged();
      await stage.run(5_000);
    }
    closed.delete(CHANNEL);
    stage.sender.rightsChanged();
    stage.sender.rightsChanged();
    await stage.run(2 * MINUTE, 5_000);
    const told = stage.discord.standing(OTHER_CHANNEL).map(({ text }) => text);
    expect(told).toHaveLength(2);
    expect(stage.discord.standing(CHANNEL)).toHaveLength(1);
  });

  it("is tried at a restart, without word of anything", async () => {
    const { stage, closed } = await stageWith();
    closed.add(CHANNEL);
    const { incident } = await stage.news.open("web");
    await stage.news.open("db");
    await stage.run(5_000);
    stage.restart();
    const at = stage.clock.now();
    await stage.run(3_000);
    expect(since(stage, at)).toHaveLength(1);
    closed.delete(CHANNEL);
    stage.restart();
    await stage.run(5_000);
    expect(stage.discord.standing(CHANNEL)).toHaveLength(2);
    expect(stage.news.incident(incident.id).endedAt).toBeUndefined();
  });

  it("gets all of what was held, however much it is", async () => {
    const { stage, closed } = await stageWith();
    closed.add(CHANNEL);
    for (let index = 0; index < 450; index += 1) await stage.news.open(`web-${index}`);
    await stage.run(3_000);
    closed.delete(CHANNEL);
    stage.sender.rightsChanged([CHANNEL]);
    await stage.run(9_000, 1_000);
    expect(stage.discord.standing(CHANNEL)).toHaveLength(450);
  });
});
