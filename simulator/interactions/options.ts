import { isObject, objectsIn, text } from "../json.js";
import type { JsonObject } from "../json.js";
import type { ApplicationCommand, Guild } from "../model.js";
import { channelView, partialMemberView, roleView, userView } from "../views.js";
import type { World } from "../world.js";

export type OptionValue = string | number | boolean;

/** A person tried what their client would not have let them do. */
export class ClientRefusal extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ClientRefusal";
  }
}

const SUBCOMMAND = 1;
const GROUP = 2;

interface Resolved {
  readonly users: Record<string, JsonObject>;
  readonly members: Record<string, JsonObject>;
  readonly roles: Record<string, JsonObject>;
  readonly channels: Record<string, JsonObject>;
}

export interface BuiltOptions {
  readonly options: readonly JsonObject[];
  readonly resolved: JsonObject | undefined;
}

/** What a client sends for a command: `words` are the sub-commands typed after its name. */
export function buildOptions(
  command: ApplicationCommand,
  words: readonly string[],
  values: Readonly<Record<string, OptionValue>>,
  world: World,
  guild: Guild | undefined,
  focused?: string,
): BuiltOptions {
  const resolved: Resolved = { users: {}, members: {}, roles: {}, channels: {} };
  let definitions = objectsIn(command.definition["options"]);
  const path: JsonObject[] = [];
  for (const word of words) {
    const next = definitions.find((option) => option["name"] === word && isNesting(option));
    if (next === undefined) throw new ClientRefusal(`/${command.name} has no sub-command "${word}"`);
    path.push(next);
    definitions = objectsIn(next["options"]);
  }
  if (definitions.some(isNesting))
    throw new ClientRefusal(`/${[command.name, ...words].join(" ")} needs a sub-command`);
  const unknown = Object.keys(values).find((name) => !definitions.some((option) => option["name"] === name));
  if (unknown !== undefined) throw new ClientRefusal(`/${command.name} has no option "${unknown}"`);
  const leaves = definitions.flatMap((definition) => {
    const name = text(definition["name"]) ?? "";
    const value = values[name];
    if (value === undefined) {
      if (definition["required"] === true && focused === undefined) {
        throw new ClientRefusal(`option "${name}" of /${command.name} is required`);
      }
      return [];
    }
    const isFocused = name === focused;
    if (!isFocused) checkValue(definition, name, value);
    if (!isFocused) resolve(definition, String(value), resolved, world, guild);
    return [{ name, type: definition["type"], value, ...(isFocused ? { focused: true } : {}) }];
  });
  const options = path.reduceRight<readonly JsonObject[]>(
    (inner, step) => [{ name: step["name"], type: step["type"], options: inner }],
    leaves,
  );
  const entries = Object.entries(resolved).filter(([, map]) => Object.keys(map as object).length > 0);
  return { options, resolved: entries.length === 0 ? undefined : Object.fromEntries(entries) };
}

function isNesting(option: JsonObject): boolean {
  return option["type"] === SUBCOMMAND || option["type"] === GROUP;
}

function checkValue(definition: JsonObject, name: string, value: OptionValue): void {
  const refuseValue = (expected: string): never => {
    throw new ClientRefusal(`option "${name}": expected ${expected}, found ${JSON.stringify(value)}`);
  };
  switch (definition["type"]) {
    case 3: {
      if (typeof value !== "string") return refuseValue("text");
      const min = definition["min_length"];
      const max = definition["max_length"];
      if (value.length > (typeof max === "number" ? max : 6000)) return refuseValue("a shorter text");
      if (typeof min === "number" && value.length < min) return refuseValue("a longer text");
      break;
    }
    case 4:
    case 10: {
      if (typeof value !== "number" || (definition["type"] === 4 && !Number.isInteger(value)))
        return refuseValue("a number");
      const min = definition["min_value"];
      const max = definition["max_value"];
      if (typeof min === "number" && value < min) return refuseValue(`at least ${min}`);
      if (typeof max === "number" && value > max) return refuseValue(`at most ${max}`);
      break;
    }
    case 5:
      if (typeof value !== "boolean") return refuseValue("true or false");
      break;
    default:
      if (typeof value !== "string" || !/^\d{17,20}$/.test(value)) return refuseValue("an id");
  }
  const choices = objectsIn(definition["choices"]);
  if (choices.length > 0 && !choices.some((choice) => choice["value"] === value)) {
    return refuseValue(`one of ${choices.map((choice) => String(choice["value"])).join(", ")}`);
  }
  return undefined;
}

function resolve(definition: JsonObject, id: string, resolved: Resolved, world: World, guild: Guild | undefined): void {
  const type = definition["type"];
  const user = world.users.get(id);
  const role = guild?.roles.get(id);
  const channel = world.channels.get(id);
  if ((type === 6 || type === 9) && user !== undefined) {
    resolved.users[id] = userView(user);
    const member = guild?.members.get(id);
    if (guild !== undefined && member !== undefined) {
      const permissions = world.permissionsOf(guild, id).toString();
      resolved.members[id] = { ...partialMemberView(member), permissions };
    }
    return;
  }
  if ((type === 8 || type === 9) && role !== undefined) {
    resolved.roles[id] = roleView(role);
    return;
  }
  if (type === 7 && channel !== undefined) {
    const { id: channelId, name, type: kind, parent_id } = channelView(channel, world);
    const app = world.permissionsIn(channel, world.bot.id).toString();
    resolved.channels[id] = { id: channelId, name, type: kind, parent_id, permissions: app, app_permissions: app };
    return;
  }
  if (type === 6 || type === 7 || type === 8 || type === 9)
    throw new ClientRefusal(`no such user, role or channel: ${id}`);
}

/** Finds a component by its `custom_id`, at any depth. */
export function findComponent(components: readonly JsonObject[], customId: string): JsonObject | undefined {
  for (const component of components) {
    if (component["custom_id"] === customId) return component;
    const accessory = isObject(component["accessory"]) ? [component["accessory"]] : [];
    const found = findComponent([...objectsIn(component["components"]), ...accessory], customId);
    if (found !== undefined) return found;
  }
  return undefined;
}
