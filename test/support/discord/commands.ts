import { UserError } from "../../../src/base/errors.js";
import { text } from "../../../src/base/text.js";
import type { Command, CommandReply, CommandRequest, PressRequest } from "../../../src/model/contract/command.js";
import type { Message, MessageAction } from "../../../src/model/message.js";

/** What the test commands may reach: the test decides how long they take and what they find. */
export interface TestServices {
  readonly executed: string[];
  readonly targets: readonly string[];
  /** Resolves when the slow command may end. */
  readonly gate: () => Promise<void>;
}

export function say(summary: string, more: Partial<Message> = {}): Message {
  return { tone: "well", summary: text`${summary}`, mentions: [], lines: [], actions: [], files: [], ...more };
}

function reply(summary: string, ephemeral: boolean, actions: readonly MessageAction[] = []): CommandReply {
  return { message: say(summary, { actions }), ephemeral };
}

function target(request: { readonly options: CommandRequest["options"] }): string | undefined {
  const value = request.options["target"];
  return typeof value === "string" ? value : undefined;
}

const TARGET = {
  name: "target",
  description: "Which one",
  type: "string",
  required: false,
  maxLength: 64,
  autocomplete: true,
} as const;

type Declared = Pick<Command<TestServices>, "name" | "execute"> & Partial<Command<TestServices>>;

function command(declared: Declared): Command<TestServices> {
  return {
    description: `Tests ${declared.name}`,
    options: [],
    verb: () => "view-summary",
    targetOf: () => undefined,
    ephemeral: false,
    ...declared,
  };
}

const BUTTONS: readonly MessageAction[] = [
  { id: "v1:refresh:web", label: "Refresh", style: "secondary" },
  { id: "v1:details:web", label: "Details", style: "secondary" },
  { id: "v1:restart:web", label: "Restart", style: "danger" },
  { id: "v1:slow-refresh:web", label: "Slow", style: "secondary" },
  { id: "v1:aged:web", label: "Aged", style: "secondary" },
  { id: "v1:unheard-of:web", label: "Unknown", style: "secondary" },
];

function press(name: string): (request: PressRequest, services: TestServices) => Promise<CommandReply> {
  return async (request, services) => {
    services.executed.push(`${name} ${request.id} by ${request.principal.kind}`);
    return reply(`${name} ${request.id}`, name === "restart", name === "refresh" ? BUTTONS : []);
  };
}

export const TEST_COMMANDS: readonly Command<TestServices>[] = [
  command({ name: "quick", execute: async () => reply("at once", false) }),
  command({ name: "secret", ephemeral: true, execute: async () => reply("for you", true) }),
  command({
    name: "slow",
    execute: async (_request, services) => {
      await services.gate();
      services.executed.push("slow");
      return reply("at last", false);
    },
  }),
  command({
    name: "slow-secret",
    ephemeral: true,
    execute: async (_request, services) => {
      await services.gate();
      return reply("for you at last", true);
    },
  }),
  command({
    name: "slow-refusal",
    execute: async (_request, services) => {
      await services.gate();
      throw new UserError("nothing_measured", { target: "web" });
    },
  }),
  command({
    name: "panel",
    execute: async () => reply("with buttons", false, BUTTONS),
    presses: {
      refresh: { verb: "view-summary", targetOf: (id) => id, effect: "update", execute: press("refresh") },
      details: { verb: "view", targetOf: (id) => id, effect: "reply", execute: press("details") },
      restart: { verb: "restart", targetOf: (id) => id, effect: "reply", execute: press("restart") },
      "slow-refresh": {
        verb: "view-summary",
        targetOf: (id) => id,
        effect: "update",
        execute: async (request, services) => {
          await services.gate();
          return press("refresh")(request, services);
        },
      },
      aged: {
        verb: "view-summary",
        targetOf: (id) => id,
        effect: "update",
        execute: () => Promise.reject(new UserError("expired", { command: "panel" })),
      },
    },
  }),
  command({
    name: "look",
    options: [TARGET, { name: "lines", description: "How many", type: "integer", required: false, min: 1, max: 100 }],
    verb: (options) => (options["target"] === undefined ? "view-summary" : "view"),
    targetOf: (options) => target({ options }),
    execute: async (request) => reply(`looked at ${target(request) ?? "all"} in ${request.locale}`, false),
    complete: (option, partial, _request, services) =>
      option === "target"
        ? services.targets.filter((name) => name.startsWith(partial)).map((name) => ({ name, value: name }))
        : [],
  }),
  command({
    name: "mend",
    options: [{ ...TARGET, required: true }],
    ephemeral: true,
    verb: () => "restart",
    targetOf: (options) => target({ options }),
    execute: async (request, services) => {
      services.executed.push(`mend ${target(request) ?? ""}`);
      return reply(`mended ${target(request) ?? ""}`, true);
    },
    complete: (_option, partial, _request, services) =>
      services.targets.filter((name) => name.startsWith(partial)).map((name) => ({ name, value: name })),
  }),
  command({
    name: "config reload",
    ephemeral: true,
    verb: () => "admin",
    execute: async () => reply("reloaded", true),
  }),
  command({
    name: "broken",
    execute: () => Promise.reject(new Error("the token is planted-secret-value")),
  }),
  command({
    name: "shy",
    execute: () => Promise.reject(new UserError("unknown_target", { target: "nothing" })),
  }),
  command({
    name: "huge",
    execute: async () => ({
      ephemeral: false,
      message: say("huge", { files: [{ name: "all.txt", content: "x".repeat(1_000) }] }),
    }),
  }),
];
