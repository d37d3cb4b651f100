import type { Core } from "../core.js";
import { commandPermissionsView } from "../command-permissions.js";
import { invalidForm, refuse } from "../errors.js";
import { integer, objectsIn, text } from "../json.js";
import type { JsonObject } from "../json.js";
import { limits } from "../limits.js";
import type { ApplicationCommand } from "../model.js";
import { NO_CONTENT, ok, param } from "../rest/route.js";
import type { Reply, RequestContext, Route } from "../rest/route.js";
import { commandIssues } from "../rules/commands.js";
import { issue, merged } from "../rules/issue.js";
import { formIssues } from "../rules/message.js";
import { commandView } from "../views.js";
import { queryFlag } from "./query.js";

const CHAT_INPUT = 1;
const MOST: Readonly<Record<number, number>> = {
  1: limits.chatInputCommands,
  2: limits.userCommands,
  3: limits.messageCommands,
};

interface Scope {
  /** `null` for global commands. */
  readonly guildId: string | null;
}

/** The stored form of an option: absent and default fields left out, as Discord gives them back. */
function storedOption(option: JsonObject): JsonObject {
  const { options, required, autocomplete, ...rest } = option;
  const nested = Array.isArray(options) ? { options: objectsIn(options).map(storedOption) } : {};
  const known = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined && value !== null));
  return {
    ...known,
    ...(required === true ? { required: true } : {}),
    ...(typeof autocomplete === "boolean" ? { autocomplete } : {}),
    ...nested,
  };
}

/** A bit set given as digits or, as the published schema says, as a number. */
function bitsText(value: unknown): string | null {
  return typeof value === "string" || typeof value === "number" ? BigInt(value).toString() : null;
}

function storedDefinition(body: JsonObject, guild: boolean): JsonObject {
  const type = integer(body["type"]) ?? CHAT_INPUT;
  const options = objectsIn(body["options"]).map(storedOption);
  return {
    type,
    name: body["name"],
    description: type === CHAT_INPUT ? body["description"] : "",
    name_localizations: body["name_localizations"] ?? null,
    description_localizations: body["description_localizations"] ?? null,
    default_member_permissions: bitsText(body["default_member_permissions"]),
    ...(options.length === 0 ? {} : { options }),
    nsfw: body["nsfw"] === true,
    ...(guild
      ? {}
      : {
          contexts: body["contexts"] ?? null,
          integration_types: body["integration_types"] ?? [0],
          dm_permission: body["dm_permission"] ?? true,
        }),
  };
}

/** Application commands of one scope and the daily budget of new ones. */
class CommandBook {
  readonly #core: Core;
  readonly #created = new Map<string, number[]>();

  constructor(core: Core) {
    this.#core = core;
  }

  list(scope: Scope): ApplicationCommand[] {
    return [...this.#core.world.commands.values()].filter((command) => command.guildId === scope.guildId);
  }

  get(scope: Scope, id: string): ApplicationCommand {
    const command = this.#core.world.commands.get(id);
    if (command === undefined || command.guildId !== scope.guildId) throw refuse("UnknownCommand");
    return command;
  }

  same(scope: Scope, body: JsonObject): ApplicationCommand | undefined {
    const type = integer(body["type"]) ?? CHAT_INPUT;
    return this.list(scope).find((command) => command.name === body["name"] && command.type === type);
  }

  requireRoom(commands: readonly JsonObject[]): void {
    for (const [type, most] of Object.entries(MOST)) {
      const count = commands.filter((command) => (integer(command["type"]) ?? CHAT_INPUT) === Number(type)).length;
      if (count > most) throw refuse("MaxCommands");
    }
  }

  /** Charges new commands to the day's budget of their scope; refuses with 30034 when it is used up. */
  charge(scope: Scope, count: number): void {
    const now = this.#core.clock.now();
    const key = scope.guildId ?? "global";
    const recent = (this.#created.get(key) ?? []).filter((at) => now - at < 86_400_000);
    if (recent.length + count > limits.commandCreatesPerDay) throw refuse("MaxDailyCommands");
    this.#created.set(key, [...recent, ...Array.from({ length: count }, () => now)]);
  }

  store(scope: Scope, body: JsonObject, existing: ApplicationCommand | undefined): ApplicationCommand {
    const { world } = this.#core;
    const definition = storedDefinition(body, scope.guildId !== null);
    const unchanged = existing !== undefined && JSON.stringify(existing.definition) === JSON.stringify(definition);
    const command: ApplicationCommand = {
      id: existing?.id ?? world.ids.next(),
      guildId: scope.guildId,
      type: integer(body["type"]) ?? CHAT_INPUT,
      name: text(body["name"]) ?? "",
      definition,
      version: unchanged ? existing.version : world.ids.next(),
    };
    world.commands.set(command.id, command);
    return command;
  }
}

function scopeOf(core: Core, context: RequestContext): Scope {
  if (param(context, "application") !== core.world.applicationId) throw refuse("MissingAccess");
  const guildId = context.params["guild"] ?? null;
  if (guildId !== null && !core.world.guild(guildId).members.has(core.world.bot.id)) throw refuse("MissingAccess");
  return { guildId };
}

async function upsert(core: Core, book: CommandBook, context: RequestContext): Promise<Reply> {
  const scope = scopeOf(core, context);
  const { body } = context;
  const issues = merged(
    await formIssues("ApplicationCommandCreateRequest", body),
    commandIssues(body, scope.guildId !== null),
  );
  if (issues.length > 0) throw invalidForm(issues);
  const existing = book.same(scope, body);
  if (existing === undefined) {
    book.requireRoom([...book.list(scope).map((command) => command.definition), body]);
    book.charge(scope, 1);
  }
  const command = book.store(scope, body, existing);
  return ok(commandView(command, core.world, true), existing === undefined ? 201 : 200);
}

async function overwrite(core: Core, book: CommandBook, context: RequestContext): Promise<Reply> {
  const scope = scopeOf(core, context);
  if (!Array.isArray(context.json)) {
    throw invalidForm([issue([], "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")]);
  }
  const bodies = objectsIn(context.json);
  const issues = [];
  const names = new Set<string>();
  for (const [index, body] of bodies.entries()) {
    const schema = await formIssues("ApplicationCommandUpdateRequest", body);
    const placed = schema.map((each) => ({ ...each, path: [index, ...each.path] }));
    issues.push(...merged(placed, commandIssues(body, scope.guildId !== null, [index])));
    const key = `${integer(body["type"]) ?? CHAT_INPUT}/${String(body["name"])}`;
    if (names.has(key)) {
      issues.push(
        issue([index, "name"], "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique"),
      );
    }
    names.add(key);
  }
  if (issues.length > 0) throw invalidForm(issues);
  book.requireRoom(bodies);
  const before = book.list(scope);
  const existing = bodies.map((body) => book.same(scope, body));
  book.charge(scope, existing.filter((command) => command === undefined).length);
  for (const command of before) core.world.commands.delete(command.id);
  const stored = bodies.map((body, index) => book.store(scope, body, existing[index]));
  return ok(stored.map((command) => commandView(command, core.world, true)));
}

async function change(core: Core, book: CommandBook, context: RequestContext): Promise<Reply> {
  const scope = scopeOf(core, context);
  const command = book.get(scope, param(context, "command"));
  const wanted = { ...command.definition, ...context.body, type: command.type };
  const issues = merged(
    await formIssues("ApplicationCommandPatchRequestPartial", context.body),
    commandIssues(wanted, scope.guildId !== null),
  );
  if (issues.length > 0) throw invalidForm(issues);
  const clash = book.same(scope, wanted);
  if (clash !== undefined && clash.id !== command.id) {
    throw invalidForm([
      issue(["name"], "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique"),
    ]);
  }
  return ok(commandView(book.store(scope, wanted, command), core.world, true));
}

/** Application commands, global and per guild; the paths differ only in the guild. */
export function commandRoutes(core: Core): Route[] {
  const book = new CommandBook(core);
  const scopes = ["/applications/:application/commands", "/applications/:application/guilds/:guild/commands"];
  const routes = scopes.flatMap((path): Route[] => {
    const base = { class: "bot", bucket: "command", major: path.includes(":guild") ? ["guild"] : [] } as const;
    return [
      {
        ...base,
        method: "GET",
        path,
        handle: (context) => {
          const full = queryFlag(context.query, "with_localizations");
          const list = book.list(scopeOf(core, context));
          return ok(list.map((command) => commandView(command, core.world, full)));
        },
      },
      { ...base, method: "PUT", path, handle: (context) => overwrite(core, book, context) },
      { ...base, method: "POST", path, handle: (context) => upsert(core, book, context) },
      {
        ...base,
        method: "GET",
        path: `${path}/:command`,
        handle: (context) => {
          const command = book.get(scopeOf(core, context), param(context, "command"));
          return ok(commandView(command, core.world, true));
        },
      },
      { ...base, method: "PATCH", path: `${path}/:command`, handle: (context) => change(core, book, context) },
      {
        ...base,
        method: "DELETE",
        path: `${path}/:command`,
        handle: (context) => {
          core.world.commands.delete(book.get(scopeOf(core, context), param(context, "command")).id);
          return NO_CONTENT;
        },
      },
    ];
  });
  return [...routes, ...permissionRoutes(core, book)];
}

/** Command permissions: a bot may read them; setting them needs a person's Bearer token, which a bot never has. */
function permissionRoutes(core: Core, book: CommandBook): Route[] {
  const guild = "/applications/:application/guilds/:guild/commands";
  const base = { class: "bot", bucket: "command-permissions", major: ["guild"] } as const;
  return [
    {
      ...base,
      method: "GET",
      path: `${guild}/permissions`,
      handle: (context) => {
        const { guildId } = scopeOf(core, context);
        const ids = [core.world.applicationId, ...core.world.commands.keys()];
        const views = ids.map((id) => commandPermissionsView(core.world, guildId ?? "", id));
        return ok(views.filter((view) => view !== undefined));
      },
    },
    {
      ...base,
      method: "GET",
      path: `${guild}/:command/permissions`,
      handle: (context) => {
        const scope = scopeOf(core, context);
        const id = param(context, "command");
        if (id !== core.world.applicationId) book.get(scope, id);
        const view = commandPermissionsView(core.world, scope.guildId ?? "", id);
        if (view === undefined) throw refuse("UnknownCommandPermissions");
        return ok(view);
      },
    },
    {
      ...base,
      method: "PUT",
      path: `${guild}/:command/permissions`,
      handle: () => {
        throw refuse("BotsNotAllowed");
      },
    },
  ];
}
