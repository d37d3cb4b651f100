import { describe, expect, it } from "vitest";

import { silentLogs } from "../../../src/base/log.js";
import { Secret } from "../../../src/base/secret.js";
import { createDiscordReceiver } from "../../../src/notify/discord-receiver.js";
import type { DiscordReceiver } from "../../../src/notify/discord-receiver.js";
import { createSender } from "../../../src/notify/sender.js";
import type { Sender, SenderOptions } from "../../../src/notify/sender.js";
import type { Severity } from "../../../src/model/rule.js";
import type { TroubleKind } from "../../../src/notify/troubles.js";
import { openStore } from "../../../src/store/open.js";
import type { Store } from "../../../src/store/contract.js";
import { Simulator } from "../../../simulator/index.js";
import type { RequestRecord, ShownMessage } from "../../../simulator/index.js";
import { OffsetClock } from "../../support/notify/offset-clock.js";
import { Newsroom, testRenderer } from "../../support/notify/stage.js";
import type { Opened } from "../../support/notify/stage.js";
import { until } from "../../support/until.js";

const MESSAGES = "/channels/:channelId/messages";
const POST = { method: "POST", route: /^\/channels\/\d+\/messages$/u };
const PATCH = { method: "PATCH", route: /^\/channels\/\d+\/messages\/\d+$/u };
/** Beyond the nonce's window, whatever the simulator chose. */
const LONG = 10 * 60_000;

class Scene implements AsyncDisposable {
  readonly discord: Simulator;
  readonly clock: OffsetClock;
  readonly store: Store;
  readonly news: Newsroom;
  sender: Sender;
  #receiver: DiscordReceiver;

  private constructor(discord: Simulator, clock: OffsetClock, store: Store, timeoutMs: number) {
    this.discord = discord;
    this.clock = clock;
    this.store = store;
    this.news = new Newsroom(store, clock);
    this.#receiver = this.#receive(timeoutMs);
    this.sender = this.#send({});
    this.sender.start();
  }

  static async open({ seed = 7, timeoutMs = 10_000 } = {}): Promise<Scene> {
    const discord = await Simulator.start({ seed });
    const clock = new OffsetClock();
    const store = await openStore({ dataDir: undefined, clock, log: silentLogs.for("store") });
    return new Scene(discord, clock, store, timeoutMs);
  }

  #receive(timeoutMs: number): DiscordReceiver {
    const { apiUrl, token } = this.discord;
    return createDiscordReceiver({ apiUrl, token: new Secret(token), clock: this.clock, timeoutMs });
  }

  #send(options: Partial<SenderOptions>): Sender {
    const { store, clock } = this;
    return createSender({
      store,
      clock,
      log: silentLogs.for("sender"),
      receiver: this.#receiver,
      render: testRenderer,
      ...options,
    });
  }

  /** The process dies and comes back: all memory is lost but the store. */
  async restart(options: Partial<SenderOptions> = {}): Promise<void> {
    await this.sender.stop({ drainMs: 0 });
    this.#receiver.stop();
    this.#receiver = this.#receive(10_000);
    this.sender = this.#send(options);
    this.sender.start();
  }

  pass(ms: number): void {
    this.clock.forward(ms);
    this.discord.clock.advance(ms);
    this.discord.clock.release();
    this.sender.poke();
  }

  async standing(): Promise<readonly ShownMessage[]> {
    return await this.discord.control.messages(this.discord.opsChannelId);
  }

  async sent(count: number): Promise<readonly ShownMessage[]> {
    await until(`${count} messages`, async () => (await this.standing()).length >= count);
    return await this.standing();
  }

  async settled(): Promise<void> {
    await until("nothing is left to send", () =>
      this.store.read(
        ({ outbox, messages }) =>
          outbox.depth().pending === 0 && messages.stale(this.clock.now() + LONG, 10).length === 0,
      ),
    );
  }

  async requests(method: string): Promise<readonly RequestRecord[]> {
    return await this.discord.control.requests({ method });
  }

  async open(name: string, severity: Severity = "warning"): Promise<Opened> {
    const opened = await this.news.open(name, severity, this.discord.opsChannelId);
    this.sender.poke();
    return opened;
  }

  async deny(...permissions: readonly string[]): Promise<void> {
    const overwrites = permissions.length === 0 ? [] : [{ who: "@everyone", deny: permissions }];
    await this.discord.control.setPermissions(this.discord.opsChannelId, overwrites);
  }

  async trouble(kind: TroubleKind): Promise<void> {
    await until(kind, () => this.sender.numbers().troubles.some((trouble) => trouble.kind === kind));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.sender.stop({ drainMs: 0 });
    this.#receiver.stop();
    await this.store.close();
    await this.discord.stop();
  }
}

describe.concurrent("the sender against the local Discord", () => {
  it("posts, replies and edits, each message carrying its id where history shows it", async () => {
    await using scene = await Scene.open();
    const { discord, news } = scene;
    const { incident, row } = await scene.open("web");
    const [first] = await scene.sent(1);
    expect(JSON.stringify(first?.embeds)).toContain(row.id);
    await news.announce("rose", "critical", incident.id);
    scene.sender.poke();
    const [, reply] = await scene.sent(2);
    expect(reply?.replyTo).toBe(first?.id);
    await news.end(incident.id);
    scene.sender.poke();
    await scene.settled();
    const [edited] = await scene.standing();
    expect(edited?.content).toContain("over after");
    expect(edited?.history.length).toBeGreaterThan(0);
    expect(await discord.control.requests({ status: 429 })).toHaveLength(0);
  });

  it("tells the turns of an incident in its thread, which it opens once and takes out of the archive", async () => {
    await using scene = await Scene.open();
    const { discord, news } = scene;
    const { incident } = await scene.open("web");
    const [first] = await scene.sent(1);
    const lines = async (): Promise<readonly string[]> =>
      (await discord.control.messages(first?.id ?? "")).map((message) => message.content);
    await news.turn(incident.id, 3);
    scene.sender.poke();
    await scene.settled();
    expect(await lines()).toEqual([expect.stringContaining("again")]);
    await scene.restart();
    await fetch(`${discord.apiUrl}/v10/channels/${first?.id}`, {
      method: "PATCH",
      headers: { authorization: `Bot ${discord.token}`, "content-type": "application/json" },
      body: JSON.stringify({ archived: true }),
    });
    await news.turn(incident.id, 1);
    scene.sender.poke();
    await scene.settled();
    expect(await lines()).toHaveLength(2);
    expect(await scene.standing()).toHaveLength(1);
  });

  it("replies in the channel where it may open no thread, or write in none", async () => {
    for (const denied of ["CREATE_PUBLIC_THREADS", "SEND_MESSAGES_IN_THREADS"]) {
      await using scene = await Scene.open();
      const { incident } = await scene.open("web");
      const [first] = await scene.sent(1);
      await scene.deny(denied);
      await scene.news.turn(incident.id, 3);
      scene.sender.poke();
      await scene.settled();
      const [, reply, ...more] = (await scene.standing()).filter((message) => message.embeds.length > 0);
      expect(reply?.replyTo).toBe(first?.id);
      expect(more).toEqual([]);
      expect(scene.sender.numbers().troubles).toEqual([]);
    }
  });

  it.each(["reset", "hang"] as const)("says once what was processed before a %s", async (kind) => {
    await using scene = await Scene.open({ timeoutMs: 300 });
    const { discord, news } = scene;
    const fault = await discord.control.fault({ kind, match: POST, stage: "after-processing" });
    const { row } = await scene.open("web");
    await fault.struck();
    await scene.settled();
    expect(await scene.standing()).toHaveLength(1);
    expect((await scene.requests("POST")).length).toBeGreaterThanOrEqual(2);
    expect(news.outbox(row.id).state).toBe("sent");
  });

  it("finds in history what was posted before a crash, when the nonce is no longer kept", async () => {
    await using scene = await Scene.open();
    const { discord, news } = scene;
    const fault = await discord.control.fault({ kind: "hang", match: POST, stage: "after-processing" });
    const { row } = await scene.open("web");
    await fault.struck();
    await scene.restart();
    for (let index = 0; index < 120; index += 1)
      await discord.control.as("admin").say(discord.opsChannelId, `${index}`);
    scene.pass(LONG);
    scene.sender.poke();
    await until("the row is settled", () => news.outbox(row.id).state === "sent");
    const own = (await scene.standing()).filter((message) => message.author.bot);
    expect(own).toHaveLength(1);
    expect(news.outbox(row.id).messageId).toBe(own[0]?.id);
    expect(await scene.requests("POST")).toHaveLength(1);
  });

  it("posts after a crash what history does not hold", async () => {
    await using scene = await Scene.open();
    const { discord } = scene;
    const fault = await discord.control.fault({ kind: "hang", match: POST, stage: "before" });
    await scene.open("web");
    await fault.struck();
    await scene.restart();
    scene.pass(LONG);
    scene.sender.poke();
    await scene.settled();
    expect(await scene.standing()).toHaveLength(1);
  });

  it("does not take an empty history for the truth when it may not read it", async () => {
    await using scene = await Scene.open();
    const { discord, news } = scene;
    const fault = await discord.control.fault({ kind: "hang", match: POST, stage: "after-processing" });
    const { row } = await scene.open("web");
    await fault.struck();
    await scene.deny("READ_MESSAGE_HISTORY");
    const troubles: string[] = [];
    await scene.restart({ onTrouble: (trouble, change) => troubles.push(`${trouble.kind} ${change}`) });
    scene.pass(LONG);
    scene.sender.poke();
    await until("it is said", () => troubles.length > 0);
    expect(troubles).toEqual(["history_unreadable began"]);
    expect(news.outbox(row.id).state).toBe("sending");
    expect(await scene.requests("POST")).toHaveLength(1);
    await scene.deny();
    await scene.sender.retryNow();
    await scene.settled();
    expect(await scene.standing()).toHaveLength(1);
  });

  it("waits out 429 of each kind and posts once", async () => {
    await using scene = await Scene.open();
    const { discord, news } = scene;
    for (const scope of ["user", "shared", "global"] as const) {
      await discord.control.fault({ kind: "rate-limit", retryAfterMs: 300, scope, match: POST });
      const { row } = await scene.open(scope);
      await until(`${scope} is over`, () => news.outbox(row.id).state === "sent");
    }
    expect(await scene.standing()).toHaveLength(3);
    expect(scene.sender.numbers()).toMatchObject({ rateLimitedTotal: 2, sharedLimitedTotal: 1 });
  });

  it("falls silent at a page of the edge", async () => {
    await using scene = await Scene.open();
    const { discord } = scene;
    await discord.control.fault({ kind: "edge-html", status: 429, match: POST });
    await scene.open("web");
    await scene.trouble("edge_block");
    await scene.open("db", "critical");
    expect(await scene.requests("POST")).toHaveLength(1);
    scene.pass(10 * 60_000 + 1_000);
    scene.sender.poke();
    await scene.settled();
    expect((await scene.standing()).length).toBe(2);
    expect(scene.sender.numbers().troubles).toHaveLength(0);
  });

  it.each([
    ["an hour", 3_600, false],
    ["an hour, over a restart", 3_600, true],
    ["a year, which is taken as a day", 365 * 86_400, false],
  ])("is silent as long as a page of the edge asks: %s", async (_as, retryAfterS, restarts) => {
    await using scene = await Scene.open();
    await scene.discord.control.fault({ kind: "edge-html", status: 429, retryAfterS, match: POST });
    await scene.open("web");
    await scene.trouble("edge_block");
    const silentMs = Math.min(retryAfterS, 86_400) * 1_000;
    scene.pass(silentMs - 60_000);
    if (restarts) await scene.restart();
    await scene.sender.retryNow();
    await scene.sender.runOnce();
    expect(await scene.requests("POST")).toHaveLength(1);
    scene.pass(62_000);
    scene.sender.poke();
    await scene.settled();
    expect(await scene.standing()).toHaveLength(1);
  });

  it("takes 40333 in JSON for the edge too", async () => {
    await using scene = await Scene.open();
    const { discord } = scene;
    await discord.control.fault({ kind: "edge-json", match: POST });
    await scene.open("web");
    await scene.trouble("edge_block");
    expect(scene.sender.numbers().edgeBlocksTotal).toBe(1);
  });

  it("goes on with the same token after it was refused and given back", async () => {
    await using scene = await Scene.open();
    const { discord } = scene;
    await discord.control.revokeToken();
    const refused: string[] = [];
    await scene.restart({ onRefused: (detail) => refused.push(detail) });
    await scene.open("web");
    await until("the refusal", () => refused.length === 1);
    await discord.control.restoreToken();
    await scene.sender.retryNow();
    await scene.settled();
    expect(await scene.standing()).toHaveLength(1);
    expect(refused).toHaveLength(1);
  });

  it("holds a channel that was deleted, and goes on when it is there again", async () => {
    await using scene = await Scene.open();
    const { discord, news } = scene;
    const { incident } = await scene.open("web");
    await scene.sent(1);
    await discord.control.deleteChannel(discord.opsChannelId);
    await news.announce("rose", "critical", incident.id);
    scene.sender.poke();
    await scene.trouble("receiver_broken");
    await discord.control.createChannel("ops", { id: discord.opsChannelId });
    await scene.sender.retryNow();
    await scene.settled();
    // The old message went with its channel, so one that says everything takes its place.
    const messages = await scene.standing();
    expect(messages).toHaveLength(1);
    expect(messages[0]?.text).toContain("Posted again");
  });

  it("holds a channel in which it may not write, and goes on when it may", async () => {
    await using scene = await Scene.open();
    await scene.deny("SEND_MESSAGES");
    await scene.open("web");
    await scene.open("db");
    await until("the trouble", () => scene.sender.numbers().troubles.length === 1);
    expect((await scene.requests("POST")).length).toBeLessThanOrEqual(2);
    await scene.deny();
    await scene.sender.retryNow();
    await scene.settled();
    expect(await scene.standing()).toHaveLength(2);
  });

  it("posts a deleted message anew, once, with a note", async () => {
    await using scene = await Scene.open();
    const { discord, news } = scene;
    const { incident } = await scene.open("web");
    const [first] = await scene.sent(1);
    await discord.control.deleteMessage(first?.id ?? "");
    await news.join(incident.id, "db", "warning");
    scene.sender.poke();
    await scene.settled();
    const [again] = await scene.standing();
    expect(again?.id).not.toBe(first?.id);
    await discord.control.deleteMessage(again?.id ?? "");
    await news.join(incident.id, "ftp", "warning");
    scene.sender.poke();
    await scene.settled();
    expect(await scene.standing()).toHaveLength(0);
  });

  it("continues in a reply when an old message takes no more edits", async () => {
    await using scene = await Scene.open();
    const { discord, news } = scene;
    await discord.control.switches({ oldMessageEdits: { limit: 0, windowMs: 3_600_000 } });
    const { incident } = await scene.open("web");
    const [first] = await scene.sent(1);
    scene.pass(2 * 3_600_000);
    await news.end(incident.id);
    scene.sender.poke();
    await scene.settled();
    const messages = await scene.standing();
    expect(messages).toHaveLength(2);
    expect(messages[1]?.replyTo).toBe(first?.id);
    expect(messages[1]?.content).toContain("over after");
  });

  it("shrinks what is refused as too large", async () => {
    await using scene = await Scene.open();
    const { discord } = scene;
    await discord.control.fault({
      kind: "status",
      status: 413,
      body: { code: 40_005, message: "Too large" },
      match: POST,
    });
    await discord.control.fault({
      kind: "status",
      status: 400,
      body: { code: 50_035, message: "Invalid Form Body" },
      match: POST,
    });
    const { row } = await scene.open("web");
    await scene.settled();
    const [message] = await scene.standing();
    expect(message?.embeds).toHaveLength(0);
    expect(message?.content).toContain(row.id);
  });

  it("retries 5xx and refused connections until they are over", async () => {
    await using scene = await Scene.open();
    const { discord, news } = scene;
    await discord.control.fault({ kind: "status", status: 502, match: { ...POST, times: 2 } });
    await scene.open("web");
    await scene.settled();
    await discord.control.outage(true);
    const { row } = await scene.open("db");
    await until("a try was made", () => news.outbox(row.id).attempts > 0);
    await discord.control.outage(false);
    await scene.settled();
    expect(await scene.standing()).toHaveLength(2);
  });

  it("edits again what was cut off", async () => {
    await using scene = await Scene.open();
    const { discord, news } = scene;
    const { incident } = await scene.open("web");
    await scene.sent(1);
    await discord.control.fault({ kind: "reset", match: PATCH, stage: "before" });
    await news.end(incident.id);
    scene.sender.poke();
    await scene.settled();
    expect((await scene.standing())[0]?.content).toContain("over after");
  });

  it("draws no avoidable 429 in a storm of 500 alerts, and few requests", async () => {
    await using scene = await Scene.open();
    const { discord, news } = scene;
    const { incident } = await scene.open("web", "critical");
    for (let index = 0; index < 499; index += 1) {
      await news.join(incident.id, `alert-${index}`, index % 7 === 0 ? "critical" : "warning");
      scene.sender.poke();
      if (index % 50 === 0) await scene.clock.sleep(120);
    }
    await scene.settled();
    expect(await discord.control.requests({ avoidable429: true })).toHaveLength(0);
    expect(await discord.control.requests({ status: 429 })).toHaveLength(0);
    expect((await discord.control.requests({ route: MESSAGES })).length).toBeLessThanOrEqual(20);
    expect(await scene.standing()).toHaveLength(1);
  });

  it("draws no avoidable 429 with many incidents at once, in any run of bucket sizes", async () => {
    await using scene = await Scene.open();
    const { discord } = scene;
    for (let index = 0; index < 12; index += 1) await scene.open(`target-${index}`, index < 3 ? "critical" : "warning");
    await until("all are posted", async () => (await scene.standing()).length === 12, 30_000);
    expect(await discord.control.requests({ status: 429 })).toHaveLength(0);
    const order = (await scene.standing()).map((message) => message.content.includes("critical"));
    expect(order.length).toBe(12);
  }, 40_000);
});
