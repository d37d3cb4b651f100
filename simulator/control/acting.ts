import { hiddenFrom } from "../command-permissions.js";
import type { Core } from "../core.js";
import type { Gateway } from "../gateway/server.js";
import type { Interaction } from "../interactions/interaction.js";
import { interactionType } from "../interactions/interaction.js";
import { ClientRefusal, buildOptions, findComponent } from "../interactions/options.js";
import { interactionPayload } from "../interactions/payload.js";
import { isObject, objectsIn, text } from "../json.js";
import type { JsonObject } from "../json.js";
import { discordLocales } from "../limits.js";
import type { ApplicationCommand, Channel, Guild, User } from "../model.js";
import { directChannel } from "../routes/identity.js";
import type { Act, ActPlace } from "./types.js";

interface Place {
  readonly user: User;
  readonly channel: Channel;
  readonly guild: Guild | undefined;
  readonly locale: string;
  readonly force: boolean;
}

const TEXT_INPUT = 4;

/** People at their clients: what they may do, and the interactions that come of it. */
export class Acting {
  readonly #core: Core;
  readonly #gateway: Gateway;

  constructor(core: Core, gateway: Gateway) {
    this.#core = core;
    this.#gateway = gateway;
  }

  /** The user by the name that `control.as` takes, or by id. */
  person(name: string): User {
    const { world } = this.#core;
    const user = world.users.get(world.people.get(name) ?? name);
    if (user === undefined) throw new ClientRefusal(`nobody is called "${name}" here`);
    return user;
  }

  /** Does it; returns the id of the interaction that was sent to the bot. */
  act(as: string, act: Act, where: ActPlace): string {
    switch (act.kind) {
      case "command":
        return this.#command(as, act, where);
      case "message-command":
        return this.#messageCommand(as, act, where);
      case "autocomplete":
        return this.#autocomplete(as, act, where);
      case "component":
        return this.#component(as, act, where);
      default:
        return this.#modal(as, act, where);
    }
  }

  #place(as: string, where: ActPlace, channelId?: string): Place {
    const { world } = this.#core;
    const user = this.person(as);
    const locale = where.locale ?? "en-US";
    if (!(discordLocales as readonly string[]).includes(locale)) throw new ClientRefusal(`no locale "${locale}"`);
    const force = where.force ?? false;
    if (where.direct === true) {
      return { user, channel: directChannel(this.#core, user.id), guild: undefined, locale, force };
    }
    const guildId = where.guildId ?? world.guildId;
    const fallback = [...world.channels.values()].find((channel) => channel.guildId === guildId)?.id;
    const home = guildId === world.guildId && world.channels.has(world.opsChannelId) ? world.opsChannelId : fallback;
    const channel = world.channel(channelId ?? where.channelId ?? home ?? "");
    const guild = channel.guildId === null ? undefined : world.guild(channel.guildId);
    if (guild !== undefined && !guild.members.has(user.id)) {
      throw new ClientRefusal(`"${as}" is not a member of "${guild.name}"`);
    }
    return { user, channel, guild, locale, force };
  }

  #find(name: string, type: number, place: Place): ApplicationCommand {
    const { world } = this.#core;
    const guildId = place.guild?.id ?? null;
    const candidates = [...world.commands.values()].filter((command) => command.name === name && command.type === type);
    const command =
      candidates.find((each) => each.guildId === guildId) ??
      candidates.find((each) => each.guildId === null) ??
      (place.force ? candidates[0] : undefined);
    if (command !== undefined) return command;
    if (!place.force) throw new ClientRefusal(`there is no command /${name} here`);
    return { id: world.ids.next(), guildId, type, name, definition: { type, name, options: [] }, version: "1" };
  }

  /** What a client checks before it offers a command to a person. */
  #mayUse(command: ApplicationCommand, place: Place): void {
    const member = place.guild?.members.get(place.user.id);
    if (place.force || place.guild === undefined || member === undefined) return;
    const why = hiddenFrom(this.#core.world, command, { guild: place.guild, member, channel: place.channel });
    if (why !== undefined) throw new ClientRefusal(`${place.user.username} ${why}`);
  }

  /** The commands that a person's client offers in a channel. */
  offered(as: string, channelId: string | undefined): readonly ApplicationCommand[] {
    const { user, guild, channel } = this.#place(as, channelId === undefined ? {} : { channelId });
    const { world } = this.#core;
    const member = guild?.members.get(user.id);
    return [...world.commands.values()].filter((command) => {
      if (command.guildId !== null && command.guildId !== guild?.id) return false;
      if (guild === undefined || member === undefined) return true;
      return hiddenFrom(world, command, { guild, member, channel }) === undefined;
    });
  }

  #commandData(
    command: ApplicationCommand,
    built: { options: readonly JsonObject[]; resolved: JsonObject | undefined },
  ): JsonObject {
    return {
      id: command.id,
      name: command.name,
      type: command.type,
      ...(command.guildId === null ? {} : { guild_id: command.guildId }),
      ...(built.options.length === 0 ? {} : { options: built.options }),
      ...(built.resolved === undefined ? {} : { resolved: built.resolved }),
    };
  }

  #command(as: string, act: Extract<Act, { kind: "command" }>, where: ActPlace): string {
    const place = this.#place(as, where);
    const [name = "", ...words] = act.name.trim().split(/\s+/);
    const command = this.#find(name, 1, place);
    this.#mayUse(command, place);
    const built = place.force
      ? forcedOptions(command, words, act.options ?? {})
      : buildOptions(command, words, act.options ?? {}, this.#core.world, place.guild);
    return this.#send(interactionType.command, place, act.name, this.#commandData(command, built));
  }

  #messageCommand(as: string, act: Extract<Act, { kind: "message-command" }>, where: ActPlace): string {
    const message = this.#core.messages.store.find(act.messageId);
    if (message === undefined) throw new ClientRefusal(`there is no message ${act.messageId}`);
    const place = this.#place(as, where, message.channelId);
    const command = this.#find(act.name, 3, place);
    this.#mayUse(command, place);
    const data = {
      ...this.#commandData(command, {
        options: [],
        resolved: { messages: { [message.id]: this.#core.messages.view(message) } },
      }),
      target_id: message.id,
    };
    return this.#send(interactionType.command, place, act.name, data);
  }

  #autocomplete(as: string, act: Extract<Act, { kind: "autocomplete" }>, where: ActPlace): string {
    const place = this.#place(as, where);
    const [name = "", ...words] = act.name.trim().split(/\s+/);
    const command = this.#find(name, 1, place);
    this.#mayUse(command, place);
    const values = { ...act.options, [act.option]: act.partial };
    const built = buildOptions(command, words, values, this.#core.world, place.guild, act.option);
    return this.#send(interactionType.autocomplete, place, act.name, this.#commandData(command, built));
  }

  #component(as: string, act: Extract<Act, { kind: "component" }>, where: ActPlace): string {
    const { messages } = this.#core;
    const message = messages.store.find(act.messageId);
    if (message === undefined) throw new ClientRefusal(`there is no message ${act.messageId}`);
    const place = this.#place(as, where, message.channelId);
    if (message.ephemeralFor !== undefined && message.ephemeralFor !== place.user.id && !place.force) {
      throw new ClientRefusal(`only the asker sees message ${act.messageId}`);
    }
    const component = findComponent(message.components, act.customId);
    if (component === undefined && !place.force) {
      throw new ClientRefusal(`message ${act.messageId} has no component "${act.customId}"`);
    }
    if (component?.["disabled"] === true && !place.force) throw new ClientRefusal(`"${act.customId}" is disabled`);
    const type = component?.["type"] ?? (act.values === undefined ? 2 : 3);
    if (component !== undefined && !place.force) checkSelection(component, act);
    const data = {
      component_type: type,
      custom_id: act.customId,
      id: component?.["id"] ?? 1,
      ...(act.values === undefined ? {} : { values: act.values }),
    };
    return this.#send(interactionType.component, place, act.customId, data, message.id, message.interaction?.id);
  }

  #modal(as: string, act: Extract<Act, { kind: "modal" }>, where: ActPlace): string {
    const opener = this.#core.interactions.find(act.interactionId);
    const modal = opener?.modal;
    if (opener === undefined || modal === undefined) throw new ClientRefusal(`${act.interactionId} opened no modal`);
    const place = this.#place(as, where, opener.channelId);
    const data = {
      custom_id: modal["custom_id"],
      components: objectsIn(modal["components"]).map((component) => fillModal(component, act.values, place.force)),
    };
    return this.#send(interactionType.modal, place, String(modal["custom_id"]), data, opener.source?.id);
  }

  #send(type: number, place: Place, name: string, data: JsonObject, sourceId?: string, originalId?: string): string {
    const { interactions, world, messages, clock } = this.#core;
    const source = sourceId === undefined ? undefined : messages.store.find(sourceId);
    const interaction: Interaction = interactions.open({
      type,
      user: place.user,
      guildId: place.guild?.id ?? null,
      channelId: place.channel.id,
      name,
      source,
      originalMessageId: originalId === undefined ? sourceId : (sourceId ?? originalId),
    });
    const message = source === undefined ? undefined : messages.view(source);
    const payload = interactionPayload(interaction, world, data, place.locale, message);
    interaction.sentAt = clock.monotonic();
    const told = this.#gateway.dispatch({ name: "INTERACTION_CREATE", data: payload, intents: 0 });
    if (told === 0) interaction.sentAt = undefined;
    return interaction.id;
  }
}

/** Options as they were given, for interactions that no honest client would send. */
function forcedOptions(
  command: ApplicationCommand,
  words: readonly string[],
  values: Readonly<Record<string, string | number | boolean>>,
): { options: readonly JsonObject[]; resolved: undefined } {
  const known = objectsIn(command.definition["options"]);
  const leaves: readonly JsonObject[] = Object.entries(values).map(([name, value]) => {
    const guessed = typeof value === "string" ? 3 : typeof value === "boolean" ? 5 : 10;
    return { name, type: known.find((option) => option["name"] === name)?.["type"] ?? guessed, value };
  });
  const options = words.reduceRight<readonly JsonObject[]>(
    (inner, word) => [{ name: word, type: 1, options: inner }],
    leaves,
  );
  return { options, resolved: undefined };
}

function checkSelection(component: JsonObject, act: Extract<Act, { kind: "component" }>): void {
  const isButton = component["type"] === 2;
  if (isButton !== (act.values === undefined)) {
    throw new ClientRefusal(`"${act.customId}" is ${isButton ? "a button" : "a select menu"}`);
  }
  if (act.values === undefined) return;
  const min = Number(component["min_values"] ?? 1);
  const max = Number(component["max_values"] ?? 1);
  if (act.values.length < min || act.values.length > max) {
    throw new ClientRefusal(`"${act.customId}" takes ${min} to ${max} values, found ${act.values.length}`);
  }
  const options = objectsIn(component["options"]);
  const unknown = act.values.find(
    (value) => component["type"] === 3 && !options.some((option) => option["value"] === value),
  );
  if (unknown !== undefined) throw new ClientRefusal(`"${act.customId}" has no option "${unknown}"`);
}

/** A modal's component as it is submitted: the same structure, with values in place of the definitions. */
function fillModal(
  component: JsonObject,
  values: Readonly<Record<string, string | readonly string[]>>,
  force: boolean,
): JsonObject {
  const place = { type: component["type"], id: component["id"] ?? 1 };
  if (isObject(component["component"]))
    return { ...place, component: fillModal(component["component"], values, force) };
  if (Array.isArray(component["components"])) {
    return { ...place, components: objectsIn(component["components"]).map((inner) => fillModal(inner, values, force)) };
  }
  const customId = text(component["custom_id"]);
  if (customId === undefined) return place;
  const given = values[customId];
  if (component["type"] !== TEXT_INPUT) {
    const list = given === undefined ? [] : typeof given === "string" ? [given] : given;
    return { ...place, custom_id: customId, values: list };
  }
  const value = typeof given === "string" ? given : (text(component["value"]) ?? "");
  const max = Number(component["max_length"] ?? 4000);
  if (!force && component["required"] !== false && value === "")
    throw new ClientRefusal(`"${customId}" must be filled in`);
  if (!force && value.length > max) throw new ClientRefusal(`"${customId}" takes at most ${max} characters`);
  return { ...place, custom_id: customId, value };
}
