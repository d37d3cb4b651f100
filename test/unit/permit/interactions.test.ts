import { describe, expect, it } from "vitest";

import { actingCommand } from "../../../commands/acting.js";
import type { ActingServices } from "../../../commands/acting.js";
import { silentLogs } from "../../../src/base/log.js";
import { text } from "../../../src/base/text.js";
import { createDispatcher } from "../../../src/discord/dispatch/dispatcher.js";
import { catalogueFor } from "../../../src/locale/index.js";
import { toDiscord } from "../../../src/message/to-discord.js";
import type { Command, CommandReply } from "../../../src/model/contract/command.js";
import { VERBS } from "../../../src/model/principal.js";
import type { PermissionPolicy, Verb } from "../../../src/model/principal.js";
import { fakeRest } from "../../support/discord/fake-rest.js";
import { GUILD, OPERATOR, PERSON, interaction } from "../../support/discord/payload.js";
import type { Raw } from "../../support/discord/payload.js";
import { FakeClock } from "../../support/fake-clock.js";
import { aMember, bench } from "../../support/operate/bench.js";
import type { Bench } from "../../support/operate/bench.js";

interface Did {
  readonly done: string[];
}

const REPLY: CommandReply = {
  ephemeral: true,
  message: { tone: "well", summary: text`done`, mentions: [], lines: [], actions: [], files: [] },
};

/** A command for a verb, with a button, select or modal of the same verb behind world. */
function commandFor(verb: Verb): Command<Did> {
  return {
    name: `do-${verb}`,
    description: "x",
    options: [{ name: "target", description: "x", type: "string", required: true, autocomplete: true }],
    verb: () => verb,
    targetOf: (options) => String(options["target"]),
    ephemeral: true,
    presses: {
      [`press-${verb}`]: {
        verb,
        targetOf: (id) => id,
        effect: "reply",
        execute: async (_request, { done }) => {
          done.push(verb);
          return REPLY;
        },
      },
    },
    execute: async (_request, { done }) => {
      done.push(verb);
      return REPLY;
    },
    complete: () => [{ name: "web", value: "web" }],
  };
}

const TARGET = { name: "target", type: 3, value: "web" };
const KINDS: Readonly<Record<string, (verb: Verb) => Raw>> = {
  slash: (verb) => ({ type: 2, data: { id: "1500000000000000001", name: `do-${verb}`, type: 1, options: [TARGET] } }),
  button: (verb) => ({ type: 3, message: { id: "1" }, data: { custom_id: `v1:press-${verb}:web`, component_type: 2 } }),
  select: (verb) => ({
    type: 3,
    message: { id: "1" },
    data: { custom_id: `v1:press-${verb}:web`, component_type: 3, values: ["a"] },
  }),
  modal: (verb) => ({
    type: 5,
    data: {
      custom_id: `v1:press-${verb}:web`,
      components: [{ type: 1, components: [{ type: 4, custom_id: "x", value: "y" }] }],
    },
  }),
  autocomplete: (verb) => ({
    type: 4,
    data: {
      id: "1500000000000000001",
      name: `do-${verb}`,
      type: 1,
      options: [{ ...TARGET, value: "w", focused: true }],
    },
  }),
};

const SOME: readonly Verb[] = ["view", "logs"];
const ALL_ROLE = "1200000000000000002";
const SOME_ROLE = "1200000000000000003";
const grants: PermissionPolicy["grants"] = [
  { role: ALL_ROLE, may: VERBS },
  { role: SOME_ROLE, may: SOME },
];
const EVERY_BIT = String((1n << 53n) - 1n);

interface Who {
  readonly roles?: readonly string[];
  readonly permissions?: string;
  readonly guild?: string;
  readonly direct?: true;
  /** With a `permissions` section, and without one. */
  readonly may: readonly [readonly Verb[], readonly Verb[]];
}

/** The summary is named by a grant here, so that it is nobody's else. */
const NONE: readonly Verb[] = [];
const WHO: Readonly<Record<string, Who>> = {
  "a member with nothing": { may: [NONE, ["view-summary"]] },
  "a member with some": { roles: [SOME_ROLE], may: [["view-summary", ...SOME], ["view-summary"]] },
  "a member with all": { roles: [ALL_ROLE], may: [VERBS, ["view-summary"]] },
  "an administrator by that bit alone": { permissions: "8", may: [NONE, ["view-summary"]] },
  "the owner, with every bit": { permissions: EVERY_BIT, may: [NONE, VERBS] },
  "the same roles and bits in a foreign guild": {
    roles: [ALL_ROLE],
    permissions: EVERY_BIT,
    guild: "1100000000000000077",
    may: [NONE, NONE],
  },
  "somebody in a direct message": { direct: true, may: [NONE, NONE] },
};

function asWho({ roles = [], permissions = "0", guild = GUILD, direct }: Who, what: Raw): Raw {
  const user = { id: PERSON, username: "someone", global_name: null };
  if (direct) return interaction({ ...what, member: undefined, guild_id: undefined, user });
  return interaction({ ...what, guild_id: guild, member: { user, nick: null, roles, permissions } });
}

async function ask(
  raw: Raw,
  policy: PermissionPolicy,
): Promise<{ readonly done: string[]; readonly answers: unknown[] }> {
  const rest = fakeRest([]);
  const services: Did = { done: [] };
  const dispatcher = createDispatcher<Did>({
    rest,
    clock: new FakeClock(),
    log: silentLogs.for("dispatch"),
    commands: VERBS.map(commandFor),
    services,
    policy: () => policy,
    catalogue: catalogueFor,
    locale: () => "en",
    lower: (message, reduced) => toDiscord(message, { form: "answer", reduced }),
    roleName: () => undefined,
    postToChannel: () => Promise.resolve(),
  });
  dispatcher.take(raw);
  await dispatcher.idle();
  return { done: services.done, answers: rest.requests.map(({ body }) => body) };
}

describe.each([
  ["with a permissions section", { guild: GUILD, grants }, 0],
  ["without one", { guild: GUILD }, 1],
] as const)("every verb by every kind of interaction, %s", (_name, policy, which) => {
  for (const [who, fields] of Object.entries(WHO)) {
    it.each(Object.keys(KINDS))(`${who}, by %s`, async (kind) => {
      const make = KINDS[kind];
      if (!make) throw new Error(kind);
      for (const verb of VERBS) {
        const { done, answers } = await ask(asWho(fields, make(verb)), policy);
        const may = fields.may[which].includes(verb);
        const choices = { type: 8, data: { choices: may ? [{ name: "web", value: "web" }] : [] } };
        const isList = kind === "autocomplete";
        expect([verb, done]).toEqual([verb, may && !isList ? [verb] : []]);
        expect([verb, isList ? answers : answers.length > 0]).toEqual([verb, isList ? [choices] : true]);
      }
    });
  }
});

describe("a confirmation", () => {
  const commands = (["restart", "stop"] as const).map(actingCommand);

  async function press(world: Bench, customId: string, person: string = PERSON): Promise<string> {
    const rest = fakeRest([]);
    const dispatcher = createDispatcher<ActingServices>({
      rest,
      clock: world.clock,
      log: silentLogs.for("dispatch"),
      commands,
      services: { operate: world.operate, incidents: { targetOf: () => undefined } },
      policy: () => world.policy,
      catalogue: catalogueFor,
      locale: () => "en",
      lower: (message, reduced) => toDiscord(message, { form: "answer", reduced }),
      roleName: () => undefined,
      postToChannel: () => Promise.resolve(),
    });
    const user = { id: person, username: "someone", global_name: null };
    dispatcher.take(
      interaction({
        type: 3,
        message: { id: "1" },
        data: { custom_id: customId, component_type: 2 },
        member: { user, nick: null, roles: [OPERATOR], permissions: "32" },
      }),
    );
    await world.clock.settle(20);
    await dispatcher.idle();
    return JSON.stringify(rest.requests.map(({ body }) => body));
  }

  async function planned(): Promise<{ readonly world: Bench; readonly id: string }> {
    const world = await bench();
    const principal = aMember(PERSON, "someone");
    const { record } = await world.operate.plan({ principal, target: "shop-bot", action: "restart" });
    return { world, id: record.id };
  }

  it("of the asker's own is done, once", async () => {
    const { world, id } = await planned();
    expect(await press(world, `v1:restart-confirm:${id}`)).toContain("watching it");
    expect(await press(world, `v1:restart-confirm:${id}`)).toContain("Already under way");
    expect(world.actor.acts).toEqual(["restart"]);
  });

  it("of somebody else's is refused, and stays theirs", async () => {
    const { world, id } = await planned();
    expect(await press(world, `v1:restart-confirm:${id}`, "1300000000000000009")).toContain("only they can answer it");
    expect(await press(world, `v1:restart-cancel:${id}`, "1300000000000000009")).toContain("only they can answer it");
    expect(world.actor.acts).toEqual([]);
    expect(world.record(id).state).toBe("planned");
  });

  it("that has expired, or never was, answers kindly", async () => {
    const { world, id } = await planned();
    await world.clock.advance(5 * 60_000);
    expect(await press(world, `v1:restart-confirm:${id}`)).toContain("has expired");
    expect(await press(world, "v1:restart-confirm:0000000000000000000000000")).toContain("has expired");
    expect(world.actor.acts).toEqual([]);
  });

  it("of one action is none of another's, whose right the asker may have", async () => {
    const { world, id } = await planned();
    expect(await press(world, `v1:stop-confirm:${id}`)).toContain("has expired");
    expect(world.actor.acts).toEqual([]);
  });

  it("does nothing once the right is gone", async () => {
    const { world, id } = await planned();
    world.policy = { ...world.policy, grants: [] };
    expect(await press(world, `v1:restart-confirm:${id}`)).toContain("You may not restart");
    expect(world.actor.acts).toEqual([]);
  });
});
