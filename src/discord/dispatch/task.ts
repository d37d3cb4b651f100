import { UserError } from "../../base/errors.js";
import type { Catalogue } from "../../locale/index.js";
import type { Command, CommandReply, OptionValue, Press } from "../../model/contract/command.js";
import type { Verb } from "../../model/principal.js";

import type { Asker, InteractionKind } from "./interaction.js";
import { checkOptions } from "./options.js";
import type { Place } from "./reply.js";

/** What is to be done for an interaction: enough for the gate to decide before anything else happens. */
export interface Task {
  readonly verb: Verb;
  readonly target: string | undefined;
  /** Nothing is changed by it, whatever else its verb allows. */
  readonly reads: boolean;
  /** What a person would call it: `health` or the press's name. */
  readonly asked: string;
  /** Where the answer is promised to appear if it takes longer. */
  readonly promised: Place;
  /** Where an answer appears. */
  readonly place: (reply: CommandReply) => Place;
  readonly execute: (signal: AbortSignal) => Promise<CommandReply>;
}

/** `v1:<name>:<id>`; the id may hold anything. */
const CUSTOM_ID = /^v1:([a-z0-9-]+):(.*)$/su;

export function commandTask<Services>(
  command: Command<Services>,
  given: Extract<InteractionKind, { kind: "command" }>,
  asker: Asker,
  services: Services,
  words: Catalogue,
  channel: string | undefined,
): Task {
  const options = checkOptions(command.options, given.options, words);
  return {
    verb: command.verb(options),
    target: command.targetOf(options),
    reads: command.reads === true,
    asked: askedText(command.name, options),
    promised: command.ephemeral ? "ephemeral" : "public",
    place: seenBy,
    execute: (signal) =>
      command.execute(
        {
          principal: asker.principal,
          options,
          people: given.people,
          locale: asker.locale,
          signal,
          ...(channel === undefined ? {} : { channel }),
        },
        services,
      ),
  };
}

export function pressTask<Services>(
  commands: readonly Command<Services>[],
  given: Extract<InteractionKind, { kind: "press" }>,
  asker: Asker,
  services: Services,
  channel: string | undefined,
): Task {
  const match = CUSTOM_ID.exec(given.customId);
  const name = match?.[1] ?? "";
  const id = match?.[2] ?? "";
  const press = findPress(commands, name);
  if (!press || id === "") throw new UserError("expired");
  const updates = press.effect === "update" && given.onMessage;
  return {
    verb: press.verb,
    target: press.targetOf(id, services),
    reads: press.reads === true,
    asked: name,
    // Whether others may see it is known when it is there: until then it is the asker's alone.
    promised: updates ? "update" : "ephemeral",
    place: (reply) => (updates ? "update" : seenBy(reply)),
    execute: (signal) =>
      press.execute(
        {
          principal: asker.principal,
          id,
          locale: asker.locale,
          signal,
          ...(channel === undefined ? {} : { channel }),
          ...(given.values.length > 0 ? { values: given.values } : {}),
        },
        services,
      ),
  };
}

function findPress<Services>(commands: readonly Command<Services>[], name: string): Press<Services> | undefined {
  for (const command of commands) {
    // An own property: `constructor` is a name like any other.
    if (command.presses && Object.hasOwn(command.presses, name)) return command.presses[name];
  }
  return undefined;
}

function seenBy(reply: CommandReply): Place {
  return reply.ephemeral ? "ephemeral" : "public";
}

function askedText(name: string, options: Readonly<Record<string, OptionValue>>): string {
  const given = Object.entries(options).map(([option, value]) => `${option}: ${String(value)}`);
  return [`/${name}`, ...given].join(" ").slice(0, 120);
}
