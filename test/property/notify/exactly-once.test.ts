import { describe, expect, it } from "vitest";

import { silentLogs } from "../../../src/base/log.js";
import type { Answer } from "../../../src/model/contract/receiver.js";
import type { OutboxRow } from "../../../src/model/incident.js";
import type { Severity } from "../../../src/model/rule.js";
import { createSender } from "../../../src/notify/sender.js";
import type { Sender } from "../../../src/notify/sender.js";
import { openStore } from "../../../src/store/open.js";
import type { Store } from "../../../src/store/contract.js";
import { FakeClock } from "../../support/fake-clock.js";
import { createDirectBudget } from "../../support/notify/direct-budget.js";
import { FakeDiscord, UNCLEAR, UNREACHABLE, refusal } from "../../support/notify/fake-discord.js";
import type { Fate } from "../../support/notify/fake-discord.js";
import { Life } from "../../support/notify/mortal.js";
import type { Moment } from "../../support/notify/mortal.js";
import { CHANNEL, Newsroom, OTHER_CHANNEL, testRenderer } from "../../support/notify/stage.js";
import { fc } from "../../support/fast-check.js";

type Step =
  | { readonly do: "open"; readonly severity: Severity; readonly other: boolean }
  | { readonly do: "announce"; readonly kind: "rose" | "joined" | "repeated" | "reopened"; readonly which: number }
  | { readonly do: "join"; readonly which: number }
  | { readonly do: "end"; readonly which: number }
  | { readonly do: "pass"; readonly ms: number }
  | { readonly do: "trouble"; readonly fates: readonly Fate[] }
  /** The process dies at its nth moment of that kind from now on, and is away for a while. */
  | { readonly do: "die"; readonly at: Moment; readonly nth: number; readonly awayMs: number };

const severity = fc.constantFrom<Severity>("critical", "warning", "info");
const which = fc.nat({ max: 5 });
const certain = fc.constantFrom<Answer>(
  UNREACHABLE,
  refusal(429, undefined, { retryAfterMs: 2_000, scope: "user" }),
  refusal(429, undefined, { retryAfterMs: 700, scope: "global" }),
  refusal(429, undefined, { retryAfterMs: 700, scope: "shared" }),
  refusal(429, undefined, { edge: true }),
  refusal(401, 0),
  refusal(403, 50_013),
  refusal(404, 10_003),
  { kind: "not_sent", retryAfterMs: 500, detail: "" },
);
const uncertain = fc.constantFrom<Answer>(UNCLEAR, refusal(500), refusal(502, undefined, { edge: true }));
const fate: fc.Arbitrary<Fate> = fc.oneof(
  certain.map((answer): Fate => ({ at: "before", answer })),
  uncertain.map((answer): Fate => ({ at: "before", answer })),
  uncertain.map((answer): Fate => ({ at: "after", answer })),
  fc.constant<Fate>({ at: "pass" }),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("open" as const), severity, other: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("announce" as const),
      kind: fc.constantFrom("rose" as const, "joined" as const, "repeated" as const, "reopened" as const),
      which,
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("join" as const), which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("end" as const), which }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("pass" as const), ms: fc.integer({ min: 0, max: 90_000 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("trouble" as const), fates: fc.array(fate, { maxLength: 4 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("die" as const),
      at: fc.constantFrom<Moment>("before write", "after write", "before request", "after request"),
      nth: fc.integer({ min: 1, max: 4 }),
      awayMs: fc.integer({ min: 0, max: 600_000 }),
    }),
  },
);

class World {
  readonly clock = new FakeClock();
  readonly discord: FakeDiscord;
  readonly store: Store;
  readonly news: Newsroom;
  readonly rows: string[] = [];
  readonly incidents: string[] = [];
  #deaths: { at: Moment; nth: number; awayMs: number }[] = [];
  #life: Life;
  #sender: Sender;

  constructor(store: Store, clock: FakeClock) {
    this.clock = clock;
    this.store = store;
    this.discord = new FakeDiscord({ clock, nonceWindowMs: 60_000 });
    this.news = new Newsroom(store, clock);
    [this.#life, this.#sender] = this.#born();
  }

  #born(): [Life, Sender] {
    const life = new Life(this.store, this.discord, (moment) => this.#dies(moment));
    const sender = createSender({
      store: life.store,
      clock: this.clock,
      log: silentLogs.for("sender"),
      receiver: life.receiver,
      render: testRenderer,
      budget: createDirectBudget(),
      random: () => 0.5,
    });
    return [life, sender];
  }

  #dies(moment: Moment): boolean {
    const death = this.#deaths[0];
    if (death?.at !== moment) return false;
    death.nth -= 1;
    return death.nth <= 0;
  }

  /** One round of work; a process that dies meanwhile is away, and comes back. */
  async work(): Promise<void> {
    await Promise.race([this.#sender.runOnce(), this.#life.dead]);
    if (!this.#life.isDead) return;
    const death = this.#deaths.shift();
    await this.clock.advance(death?.awayMs ?? 0);
    [this.#life, this.#sender] = this.#born();
  }

  async take(one: Step): Promise<void> {
    switch (one.do) {
      case "open": {
        const { incident, row } = await this.news.open(
          `t${this.incidents.length}`,
          one.severity,
          one.other ? OTHER_CHANNEL : CHANNEL,
        );
        this.incidents.push(incident.id);
        this.rows.push(row.id);
        break;
      }
      case "announce": {
        const id = this.#some(one.which);
        if (id !== undefined) this.rows.push((await this.news.announce(one.kind, "critical", id)).id);
        break;
      }
      case "join": {
        const id = this.#some(one.which);
        if (id !== undefined) await this.news.join(id, `j${this.clock.now()}`, "warning");
        break;
      }
      case "end": {
        const id = this.#some(one.which);
        if (id !== undefined) await this.news.end(id);
        break;
      }
      case "pass":
        await this.clock.advance(one.ms);
        break;
      case "trouble":
        this.discord.script.push(...one.fates);
        break;
      case "die":
        this.#deaths.push({ ...one });
        break;
    }
    await this.work();
  }

  /** An open incident. */
  #some(index: number): string | undefined {
    const open = this.incidents.filter((id) => this.news.incident(id).endedAt === undefined);
    return open.length === 0 ? undefined : open[index % open.length];
  }

  /** Everything works again; enough time passes for every pause to end. */
  async heal(): Promise<void> {
    this.discord.script.length = 0;
    this.#deaths = [];
    await this.work();
    for (let round = 0; round < 40 && !this.#settled(); round += 1) {
      for (const ms of [2_000, 60_000, 600_000]) {
        await this.clock.advance(ms);
        await this.work();
        if (this.#settled()) break;
      }
    }
  }

  #settled(): boolean {
    return this.store.read(
      ({ outbox, messages }) => outbox.depth().pending === 0 && messages.stale(Number.MAX_SAFE_INTEGER, 1).length === 0,
    );
  }

  row(id: string): OutboxRow {
    return this.news.outbox(id);
  }

  /** What breaks the promise, in words; empty when it is kept. */
  faults(): readonly string[] {
    const { messages } = this.discord;
    const faults: string[] = [];
    for (const id of this.rows) {
      const row = this.row(id);
      const posts = messages.filter((message) => message.nonce === id);
      const wanted = row.state === "sent" ? 1 : 0;
      if (row.state !== "sent" && row.state !== "dropped") faults.push(`${row.kind} is ${row.state}`);
      if (posts.length !== wanted) faults.push(`${row.kind} is ${row.state} and stands ${posts.length} times`);
    }
    for (const id of this.incidents) faults.push(...this.#faultsOf(id));
    return faults;
  }

  #faultsOf(id: string): readonly string[] {
    const faults: string[] = [];
    const incident = this.news.incident(id);
    const rows = this.rows.map((row) => this.row(row)).filter((row) => row.incident === id);
    const posts = this.discord.messages.filter((message) => rows.some((row) => row.id === message.nonce));
    const mains = posts.filter((message) => message.replyTo === undefined);
    const shown = this.store.read((tables) => tables.messages.get(id, incident.channel));
    if (mains.length !== 1) faults.push(`incident has ${mains.length} messages`);
    if (shown?.messageId !== mains[0]?.id) faults.push("the shown message is not the one that stands");
    if (shown?.shownRevision !== incident.revision) faults.push("the message shows an old revision");
    for (const post of posts) {
      if (post.replyTo !== undefined && post.replyTo !== mains[0]?.id) faults.push("a reply to something else");
      if (post.createdAt < (mains[0]?.createdAt ?? 0)) faults.push("a reply before its message");
    }
    if (posts[0] !== mains[0]) faults.push("the incident's message was not the first");
    const over = mains[0]?.text.includes("over after") ?? false;
    if (over !== (incident.endedAt !== undefined)) faults.push(`ended: ${incident.endedAt}, but shown over: ${over}`);
    return faults;
  }
}

async function play(steps: readonly Step[]): Promise<World> {
  const clock = new FakeClock();
  const store = await openStore({ dataDir: undefined, clock, log: silentLogs.for("store") });
  const world = new World(store, clock);
  for (const one of steps) await world.take(one);
  await world.heal();
  return world;
}

describe("exactly once", () => {
  it("holds for any order of news, faults and deaths", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
        const world = await play(steps);
        const faults = world.faults();
        await world.store.close();
        expect(faults).toEqual([]);
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  const moments: readonly Moment[] = ["before write", "after write", "before request", "after request"];
  const cases = moments.flatMap((at) =>
    [1, 2, 3, 4, 5, 6].flatMap((nth) => [1_000, 55_000, 600_000].map((awayMs) => ({ at, nth, awayMs }))),
  );

  it.each(cases)("holds when the process dies at $at $nth and is away for $awayMs ms", async (death) => {
    const world = await play([
      { do: "die", ...death },
      { do: "open", severity: "warning", other: false },
      { do: "announce", kind: "rose", which: 0 },
      { do: "pass", ms: 2_000 },
      { do: "open", severity: "critical", other: false },
      { do: "end", which: 0 },
      { do: "pass", ms: 2_000 },
    ]);
    expect(world.faults()).toEqual([]);
    await world.store.close();
  });
});
