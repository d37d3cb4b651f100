import { describe, expect, it } from "vitest";

import { startReady } from "../../support/discord/bot.js";
import { until } from "../../support/until.js";

describe("an answer that takes longer", () => {
  it("is promised in time and given where it was promised", async () => {
    await using started = await startReady();
    const { simulator, bot } = started;
    const viewer = simulator.control.as("viewer");
    const [open, secret] = [await viewer.command("slow"), await viewer.command("slow-secret")];
    expect(await open.first()).toMatchObject({ state: "loading", deferred: true, ephemeral: false });
    expect(await secret.first()).toMatchObject({ state: "loading", deferred: true, ephemeral: true });
    bot.release();
    expect(await open.response()).toMatchObject({ error: null, ephemeral: false });
    expect((await open.view()).message?.text).toContain("at last");
    expect((await secret.response()).message?.text).toContain("for you at last");
    expect((await open.view()).callbackMs).toBeLessThan(3_000);
  });

  it("and turns out a refusal is told the asker alone, though the answer was promised to all", async () => {
    await using started = await startReady();
    const { simulator, bot } = started;
    const asked = await simulator.control.as("viewer").command("slow-refusal");
    const promised = await asked.first();
    expect(promised.ephemeral).toBe(false);
    bot.release();
    const [refusal] = await asked.followUps(1);
    expect(refusal?.text).toContain("Nothing has been measured for `web` yet");
    expect(refusal?.ephemeralFor).not.toBeNull();
    const open = await simulator.control.messages(simulator.opsChannelId);
    expect(open.filter((message) => message.ephemeralFor === null)).toEqual([]);
  });

  it("of a button changes its message when it is there", async () => {
    await using started = await startReady();
    const { simulator, bot } = started;
    const panel = await (await simulator.control.as("viewer").command("panel")).response();
    const pressed = await simulator.control.as("viewer").press(panel.message?.id ?? "", "v1:slow-refresh:web");
    expect(await pressed.first()).toMatchObject({ deferred: true });
    bot.release();
    await simulator.control.waitForMessage(simulator.opsChannelId, { text: /refresh web/ });
    expect(await simulator.control.messages(simulator.opsChannelId)).toHaveLength(1);
  });
});

describe("an answer that cannot be given in its place any more", () => {
  it("goes to the channel when it was for everybody, with who asked what", async () => {
    await using started = await startReady();
    const { simulator, bot } = started;
    const asked = await simulator.control.as("viewer").command("slow");
    await asked.first();
    await simulator.control.clock.advance(15 * 60_000);
    bot.release();
    await until("the late answer", () => bot.posted.length > 0);
    const [late] = bot.posted;
    expect(late?.channel).toBe(simulator.opsChannelId);
    expect(JSON.stringify(late?.message)).toContain("at last");
    expect(JSON.stringify(late?.message.lines)).toContain("/slow");
  });

  it("is only said to be late when it was for the asker alone", async () => {
    await using started = await startReady();
    const { simulator, bot } = started;
    const asked = await simulator.control.as("viewer").command("slow-secret");
    await asked.first();
    await simulator.control.clock.advance(15 * 60_000);
    bot.release();
    await until("the late word", () => bot.posted.length > 0);
    expect(JSON.stringify(bot.posted)).toContain("for you alone and came too late");
    expect(JSON.stringify(bot.posted)).not.toContain("for you at last");
  });

  it("is not given twice when the answer to a callback was lost on the way", async () => {
    await using started = await startReady();
    const { simulator, bot } = started;
    const fault = await simulator.control.fault({
      match: { route: /\/callback$/, times: 1 },
      stage: "after-processing",
      kind: "reset",
    });
    const asked = await (await simulator.control.as("viewer").command("quick")).response();
    await fault.struck();
    expect(asked.message?.text).toContain("at once");
    await bot.stop();
    expect(bot.posted).toEqual([]);
  });

  it("survives a server error and a limit on the callback itself", async () => {
    await using started = await startReady();
    const { simulator } = started;
    await simulator.control.fault({ match: { route: /\/callback$/, times: 1 }, kind: "status", status: 502 });
    const first = await (await simulator.control.as("viewer").command("quick")).response();
    expect(first.error).toBeNull();
    await simulator.control.fault({ match: { route: /\/callback$/, times: 1 }, kind: "rate-limit", retryAfterMs: 300 });
    const second = await (await simulator.control.as("viewer").command("quick")).response();
    expect(second.error).toBeNull();
  });
});

describe("what changes something", () => {
  it("is not begun when Discord delivers it too late, and that is said", async () => {
    await using started = await startReady();
    const { simulator, bot } = started;
    await simulator.control.fault({
      match: { route: /\/callback$/, times: "always" },
      kind: "status",
      status: 404,
      body: { message: "Unknown interaction", code: 10_062 },
    });
    await simulator.control.as("admin").command("mend", { target: "web" });
    await until("the word that it was too late", () => bot.posted.length > 0);
    expect(bot.services.executed).toEqual([]);
    expect(JSON.stringify(bot.posted)).toContain("so nothing was done");
  });
});
