import { describe, expect, it } from "vitest";

import { createLogs } from "../../../src/base/log.js";
import { createDispatcher } from "../../../src/discord/dispatch/dispatcher.js";
import type { DispatchDeps, Dispatcher } from "../../../src/discord/dispatch/dispatcher.js";
import type { RestAnswer } from "../../../src/discord/rest/rest.js";
import { catalogueFor } from "../../../src/locale/index.js";
import { toDiscord } from "../../../src/message/to-discord.js";
import type { Command } from "../../../src/model/contract/command.js";
import { TEST_COMMANDS, say } from "../../support/discord/commands.js";
import type { TestServices } from "../../support/discord/commands.js";
import { fakeRest } from "../../support/discord/fake-rest.js";
import type { FakeRest } from "../../support/discord/fake-rest.js";
import { GUILD, OPERATOR, interaction } from "../../support/discord/payload.js";
import type { Raw } from "../../support/discord/payload.js";
import { FakeClock } from "../../support/fake-clock.js";

interface Bench {
  readonly clock: FakeClock;
  readonly rest: FakeRest;
  readonly dispatcher: Dispatcher;
  readonly release: () => void;
  readonly log: () => string;
  readonly services: TestServices;
}

function bench(answers: readonly RestAnswer[] = [], changes: Partial<DispatchDeps<TestServices>> = {}): Bench {
  const clock = new FakeClock();
  const rest = fakeRest(answers);
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const lines: string[] = [];
  const logs = createLogs({ level: "debug", destination: { write: (line) => void lines.push(line) } });
  const services: TestServices = { executed: [], targets: [], gate: () => released };
  const dispatcher = createDispatcher<TestServices>({
    rest,
    clock,
    log: logs.for("dispatch"),
    commands: TEST_COMMANDS,
    services,
    policy: () => ({ guild: GUILD }),
    catalogue: catalogueFor,
    locale: () => "en",
    lower: (message, reduced) => toDiscord(message, { form: "answer", reduced }),
    roleName: () => undefined,
    postToChannel: () => Promise.resolve(),
    ...changes,
  });
  return { clock, rest, dispatcher, release, log: () => lines.join(""), services };
}

function command(name: string): Raw {
  return interaction({ data: { name, type: 1 } });
}

function contents(rest: FakeRest): string {
  return JSON.stringify(rest.requests.map((request) => request.body));
}

/** A command as who runs Toban has it: it may change things, unless it says that it only reads. */
function administrative(name: string, reads?: true): Command<TestServices> {
  return {
    name,
    description: name,
    options: [],
    verb: () => "admin",
    targetOf: () => undefined,
    ephemeral: true,
    ...(reads ? { reads } : {}),
    execute: async () => ({ message: say("here it is"), ephemeral: true }),
  };
}

describe("the dispatcher", () => {
  it("promises an answer first where something is changed, and answers at once what only reads", async () => {
    const commands = [administrative("log", true), administrative("reload")];
    const policy = { guild: GUILD, grants: [{ role: OPERATOR, may: ["admin"] }] } as const;
    const { rest, dispatcher } = bench([], { commands, policy: () => policy });
    dispatcher.take(command("log"));
    await dispatcher.idle();
    expect(rest.requests.map(({ body }) => (body as { type?: number }).type)).toEqual([4]);
    dispatcher.take(command("reload"));
    await dispatcher.idle();
    expect(rest.requests.slice(1).map(({ body }) => (body as { type?: number }).type)).toEqual([5, undefined]);
  });

  it("promises an answer after a second and a half, and not before", async () => {
    const { clock, rest, dispatcher, release } = bench();
    dispatcher.take(command("slow"));
    await clock.advance(1_499);
    expect(rest.requests).toEqual([]);
    await clock.advance(1);
    expect(rest.requests.map((request) => request.body)).toEqual([{ type: 5 }]);
    release();
    await dispatcher.idle();
    expect(rest.requests.length).toBe(2);
    expect(clock.pending).toBe(0);
  });

  it("leaves behind a command that never ends, when nobody can be answered any more", async () => {
    const { clock, dispatcher, log } = bench();
    dispatcher.take(command("slow"));
    await clock.advance(15 * 60_000);
    await dispatcher.idle();
    expect(clock.pending).toBe(0);
    expect(log()).toContain("a command failed");
  });

  it("tells the sixty-fifth at once to try again", async () => {
    const { clock, rest, dispatcher, release } = bench();
    for (let count = 0; count < 65; count += 1) dispatcher.take(command("slow"));
    dispatcher.take(command("quick"));
    await clock.settle();
    expect(contents(rest)).toContain("Too much is being asked at once");
    release();
    await dispatcher.idle();
    dispatcher.take(command("quick"));
    await dispatcher.idle();
    expect(contents(rest)).toContain("at once");
  });

  it("reads the policy for each interaction: what is taken away is gone at once, for buttons too", async () => {
    const policy = { guild: GUILD, grants: [] as { role: string; may: ["restart"] }[] };
    const { rest, dispatcher, services } = bench([], { policy: () => policy });
    const press = interaction({
      type: 3,
      message: { id: "1" },
      data: { custom_id: "v1:restart:web", component_type: 2 },
    });
    policy.grants = [{ role: GUILD, may: ["restart"] }];
    dispatcher.take(press);
    await dispatcher.idle();
    policy.grants = [];
    dispatcher.take(press);
    await dispatcher.idle();
    expect(services.executed).toEqual(["restart web by member"]);
    expect(contents(rest)).toContain("You may not restart");
  });

  it("tells of refused attempts to change something, and of no others", async () => {
    const denied: unknown[] = [];
    const { dispatcher } = bench([], {
      policy: () => ({ guild: GUILD, grants: [] }),
      onDenied: (attempt) => void denied.push(attempt),
    });
    for (const customId of ["v1:restart:web", "v1:details:web", "v1:refresh:web"]) {
      dispatcher.take(interaction({ type: 3, data: { custom_id: customId, component_type: 2 }, message: {} }));
    }
    await dispatcher.idle();
    expect(denied).toMatchObject([{ verb: "restart", target: "web", denial: "granted_to_nobody" }]);
  });

  it("names nothing of the bot to another server: not even which commands there are", async () => {
    const { rest, dispatcher } = bench();
    for (const name of ["quick", "gone", "mend"]) {
      dispatcher.take({ ...command(name), guild_id: "1100000000000000009" });
    }
    await dispatcher.idle();
    expect(new Set(rest.requests.map((request) => JSON.stringify(request.body))).size).toBe(1);
  });

  it("aborts what runs when it stops, and says so to whoever still asks", async () => {
    const { clock, rest, dispatcher } = bench();
    dispatcher.take(command("slow"));
    await clock.settle();
    const stopped = dispatcher.stop();
    dispatcher.take(command("quick"));
    await stopped;
    await dispatcher.idle();
    expect(rest.requests.length).toBe(2);
    expect(contents(rest).match(/just stopping or being restarted/g)?.length).toBe(2);
    expect(clock.pending).toBe(0);
  });

  it("goes on when the channel cannot take a late answer either", async () => {
    const late: RestAnswer = { kind: "status", status: 404, code: 10_062, edge: false, detail: "" };
    const { dispatcher, log } = bench([late], { postToChannel: () => Promise.reject(new Error("no channel")) });
    dispatcher.take(command("quick"));
    await dispatcher.idle();
    expect(log()).toContain("an answer that missed its place could not be posted");
    dispatcher.take(command("quick"));
    await dispatcher.idle();
  });

  it("keeps the token of an interaction out of the log, whatever goes wrong", async () => {
    const failing: RestAnswer[] = Array.from({ length: 40 }, () => ({ kind: "unclear", detail: "ECONNRESET" }));
    const { clock, dispatcher, log } = bench(failing, { postToChannel: () => Promise.reject(new Error("no")) });
    dispatcher.take({ ...command("broken"), token: "planted-token-value" });
    dispatcher.take({ ...command("quick"), token: "planted-token-value" });
    dispatcher.take({ ...command("quick"), token: "planted-token-value", data: null });
    await clock.advance(60_000);
    await dispatcher.idle();
    expect(log()).toContain("missed its place");
    expect(log()).not.toContain("planted-token-value");
  });
});
