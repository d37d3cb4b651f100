import { everyChannel, overwriteKind, setCommandPermissions } from "../command-permissions.js";
import type { CommandOverwrite } from "../command-permissions.js";
import type { Core } from "../core.js";
import type { FaultMatch, FaultOrder, FaultState, Faults } from "../faults.js";
import { intent } from "../gateway/intents.js";
import type { Gateway } from "../gateway/server.js";
import { ClientRefusal } from "../interactions/options.js";
import type { JsonObject } from "../json.js";
import { channelType } from "../model.js";
import type { Member } from "../model.js";
import type { Pipeline } from "../rest/pipeline.js";
import type { RequestLog, RequestRecord } from "../rest/log.js";
import type { RestServer } from "../rest/server.js";
import type { Revision } from "../revision.js";
import { deleteChannel } from "../routes/channels.js";
import { addWebhook } from "../routes/webhooks.js";
import { ServerSettings, overwriteOf } from "../server.js";
import type { Switches } from "../switches.js";
import { channelEventView, channelView, commandView, memberView, webhookView } from "../views.js";
import { Acting } from "./acting.js";
import { showInteraction, showMessage } from "./show.js";
import type {
  Act,
  ActPlace,
  GatewayAct,
  GatewayState,
  Identity,
  Operations,
  CommandOverwriteInput,
  OverwriteInput,
  ShownChannel,
  ShownGuild,
  ShownInteraction,
  ShownMessage,
  WireFault,
  WireFilter,
  WirePattern,
} from "./types.js";

export interface LocalParts {
  readonly core: Core;
  readonly gateway: Gateway;
  readonly faults: Faults;
  readonly log: RequestLog;
  readonly rest: RestServer;
  readonly pipeline: Pipeline;
  readonly revision: Revision;
  readonly identity: () => Identity;
}

function pattern(wire: WirePattern | undefined): { route?: string | RegExp } {
  if (wire === undefined) return {};
  return { route: typeof wire === "string" ? wire : new RegExp(wire.source, wire.flags.replaceAll(/[gy]/g, "")) };
}

/** The control operations, carried out in this process. */
export class LocalOperations implements Operations {
  readonly #parts: LocalParts;
  readonly #core: Core;
  readonly #acting: Acting;
  readonly #server: ServerSettings;

  constructor(parts: LocalParts) {
    this.#parts = parts;
    this.#core = parts.core;
    this.#server = new ServerSettings(parts.core.world);
    this.#acting = new Acting(parts.core, parts.gateway);
  }

  async identity(): Promise<Identity> {
    return this.#parts.identity();
  }

  changed(input: { readonly since: number; readonly timeoutMs: number }): Promise<number> {
    return this.#parts.revision.after(input.since, input.timeoutMs);
  }

  async act(input: { readonly as: string; readonly act: Act; readonly place: ActPlace }): Promise<string> {
    return this.#acting.act(input.as, input.act, input.place);
  }

  async interaction(input: { readonly id: string }): Promise<ShownInteraction> {
    const interaction = this.#core.interactions.find(input.id);
    if (interaction === undefined) throw new ClientRefusal(`no interaction ${input.id}`);
    return showInteraction(interaction, this.#core);
  }

  async say(input: { as: string; channelId: string; content: string; replyTo?: string }): Promise<ShownMessage> {
    const user = this.#acting.person(input.as);
    const channel = this.#core.world.channel(input.channelId);
    const message = this.#core.messages.create({
      channel,
      author: user,
      body: { content: input.content },
      files: [],
      mentionDefaults: "all",
      senderBits: this.#core.world.permissionsIn(channel, user.id),
      reference: input.replyTo === undefined ? undefined : { messageId: input.replyTo, channelId: channel.id },
    });
    return showMessage(message, this.#core);
  }

  async messages(input: { channelId: string; as?: string; deleted?: boolean }): Promise<ShownMessage[]> {
    const { store } = this.#core.messages;
    const viewer = input.as === undefined ? undefined : this.#acting.person(input.as).id;
    const standing = store
      .all(input.channelId)
      .filter(
        (message) => viewer === undefined || message.ephemeralFor === undefined || message.ephemeralFor === viewer,
      );
    const all = input.deleted === true ? [...standing, ...store.deleted(input.channelId)] : standing;
    return all
      .map((message) => showMessage(message, this.#core))
      .sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
  }

  async deleteMessage(input: { readonly id: string }): Promise<void> {
    const message = this.#core.messages.store.find(input.id);
    if (message === undefined) throw new ClientRefusal(`no message ${input.id}`);
    this.#core.messages.remove(message);
  }

  async attachment(input: { readonly id: string }): Promise<string> {
    const attachment = this.#core.messages.attachment(input.id);
    if (attachment === undefined) throw new ClientRefusal(`no attachment ${input.id}`);
    return attachment.bytes.toString("base64");
  }

  async channels(): Promise<ShownChannel[]> {
    return [...this.#core.world.channels.values()].map((channel) => ({
      id: channel.id,
      guildId: channel.guildId,
      type: channel.type,
      name: channel.name,
      parentId: channel.parentId,
      archived: channel.thread?.archived ?? false,
      locked: channel.thread?.locked ?? false,
      topic: channel.topic,
    }));
  }

  async guild(): Promise<ShownGuild> {
    const { world } = this.#core;
    const guild = world.guild(world.guildId);
    const roles = [...guild.roles.values()].filter((role) => role.id !== guild.id);
    return {
      id: guild.id,
      name: guild.name,
      roles: roles.map(({ id, name, mentionable }) => ({ id, name, mentionable })),
      members: [...guild.members.values()].map(({ user, roles: held }) => ({
        id: user.id,
        name: user.username,
        bot: user.bot,
        roles: roles.filter((role) => held.includes(role.id)).map((role) => role.name),
        permissions: world.permissionsOf(guild, user.id).toString(),
      })),
    };
  }

  async createChannel(input: { name: string; id?: string; type?: number; tags?: readonly string[] }): Promise<string> {
    const { world } = this.#core;
    if (input.id !== undefined && world.channels.has(input.id)) throw new ClientRefusal(`channel ${input.id} exists`);
    const channel = world.addChannel({
      guildId: world.guildId,
      name: input.name,
      type: input.type ?? channelType.text,
      tags: (input.tags ?? []).map((name) => ({ id: world.ids.next(), name, moderated: false, emojiName: null })),
      ...(input.id === undefined ? {} : { id: input.id }),
    });
    world.emit({ name: "CHANNEL_CREATE", data: channelEventView(channel, world), intents: intent.GUILDS });
    return channel.id;
  }

  async deleteChannel(input: { readonly id: string }): Promise<void> {
    deleteChannel(this.#core, this.#core.world.channel(input.id));
    this.#parts.revision.bump();
  }

  async setThread(input: { id: string; archived?: boolean; locked?: boolean }): Promise<void> {
    const { world, clock } = this.#core;
    const channel = world.channel(input.id);
    if (channel.thread === undefined) throw new ClientRefusal(`channel ${input.id} is no thread`);
    channel.thread.archived = input.archived ?? channel.thread.archived;
    channel.thread.locked = input.locked ?? channel.thread.locked;
    channel.thread.archiveChangedAt = clock.now();
    world.emit({ name: "THREAD_UPDATE", data: channelView(channel, world), intents: intent.GUILDS });
  }

  async setPermissions(input: { channelId: string; overwrites: readonly OverwriteInput[] }): Promise<void> {
    this.#server.setPermissions(this.#core.world.channel(input.channelId), input.overwrites);
  }

  async setCommandPermissions(input: {
    command: string | null;
    overwrites: readonly CommandOverwriteInput[];
  }): Promise<void> {
    const { world } = this.#core;
    const found = [...world.commands.values()].find(({ name }) => name === input.command);
    if (input.command !== null && found === undefined) throw new ClientRefusal(`there is no command /${input.command}`);
    const lines = input.overwrites.map((entry) => this.#commandOverwrite(entry));
    setCommandPermissions(world, world.guildId, found?.id ?? world.applicationId, lines);
  }

  #commandOverwrite({ who, allow }: CommandOverwriteInput): CommandOverwrite {
    const { world } = this.#core;
    if (who === "all channels") return { id: everyChannel(world.guildId), type: overwriteKind.channel, allow };
    if (world.channels.has(who)) return { id: who, type: overwriteKind.channel, allow };
    const { id, type } = overwriteOf(world, { who });
    return { id, type: type === 0 ? overwriteKind.role : overwriteKind.user, allow };
  }

  async addRole(input: { name: string; permissions?: readonly string[]; mentionable?: boolean }): Promise<string> {
    return this.#server.addRole(input.name, input).id;
  }

  async setRole(input: { role: string; permissions?: readonly string[]; mentionable?: boolean }): Promise<void> {
    this.#server.setRole(input.role, input);
  }

  async deleteRole(input: { role: string }): Promise<void> {
    this.#server.deleteRole(input.role);
  }

  async addMember(input: { name: string; roles?: readonly string[] }): Promise<string> {
    const { world } = this.#core;
    if (world.people.has(input.name)) throw new ClientRefusal(`"${input.name}" is a member already`);
    const member = world.addPerson(world.home, input.name, { roles: input.roles ?? [] });
    const data = { guild_id: world.guildId, ...memberView(member) };
    world.emit({ name: "GUILD_MEMBER_ADD", data, intents: intent.GUILD_MEMBERS });
    return member.user.id;
  }

  async setMember(input: { name: string; roles: readonly string[] }): Promise<void> {
    this.#server.setMember(this.#member(input.name), input.roles);
  }

  #member(name: string): Member {
    const { world } = this.#core;
    const id = name === "bot" ? world.bot.id : this.#acting.person(name).id;
    const member = world.home.members.get(id);
    if (member === undefined) throw new ClientRefusal(`"${name}" is no member`);
    return member;
  }

  async removeBot(): Promise<void> {
    this.#server.removeBot();
  }

  async addBot(): Promise<void> {
    this.#server.addBot();
  }

  async setGuildAvailable(input: { available: boolean }): Promise<void> {
    this.#server.setAvailable(input.available);
  }

  async addWebhook(input: { channelId: string; name: string }): Promise<{ id: string; token: string; url: string }> {
    const { world } = this.#core;
    const owner = world.users.get(world.home.ownerId) ?? world.bot;
    const webhook = addWebhook(this.#core, input.channelId, world.guildId, input.name, null, owner);
    const { url } = webhookView(webhook, this.#core.baseUrl());
    return { id: webhook.id, token: webhook.token, url: String(url) };
  }

  async deleteWebhook(input: { readonly id: string }): Promise<void> {
    this.#core.world.webhooks.delete(input.id);
  }

  async commands(input: { as?: string; channelId?: string } = {}): Promise<JsonObject[]> {
    const { world } = this.#core;
    const wanted = input.as === undefined ? world.commands.values() : this.#acting.offered(input.as, input.channelId);
    return [...wanted].map((command) => commandView(command, world, true));
  }

  async setToken(input: { readonly valid: boolean }): Promise<void> {
    this.#core.world.tokenValid = input.valid;
    if (!input.valid) this.#parts.gateway.revoke();
  }

  async requests(input: WireFilter): Promise<RequestRecord[]> {
    const { route, ...rest } = input;
    return this.#parts.log.find({ ...rest, ...pattern(route) }).map((record) => ({ ...record }));
  }

  async clearRequests(): Promise<void> {
    this.#parts.log.clear();
  }

  async invalidRequests(): Promise<number> {
    return this.#core.limiter.invalidRequests;
  }

  async liftBan(): Promise<void> {
    this.#core.limiter.liftBan();
  }

  async fault(input: WireFault): Promise<number> {
    const { match, ...order } = input;
    if (match === undefined) return this.#parts.faults.add(order);
    const { route, ...rest } = match;
    const wanted: FaultMatch = { ...rest, ...pattern(route) };
    const whole: FaultOrder = { ...order, match: wanted };
    return this.#parts.faults.add(whole);
  }

  async faultState(input: { readonly id: number }): Promise<FaultState | null> {
    return this.#parts.faults.state(input.id) ?? null;
  }

  faultStruck(input: { readonly id: number; readonly moreThan: number }): Promise<void> {
    return this.#parts.faults.struckMoreThan(input.id, input.moreThan);
  }

  async removeFault(input: { readonly id: number }): Promise<void> {
    this.#parts.faults.remove(input.id);
  }

  async clearFaults(): Promise<void> {
    this.#parts.faults.clear();
    this.#parts.pipeline.releaseHung();
  }

  async outage(input: { readonly mode: "refuse" | "reset" | "off"; readonly ms?: number }): Promise<void> {
    const { rest, gateway } = this.#parts;
    if (input.mode === "off") {
      await rest.endOutage();
      return;
    }
    gateway.dropAll();
    await rest.beginOutage(input.mode);
    if (input.ms !== undefined) this.#core.clock.after(input.ms, () => void rest.endOutage());
  }

  async gateway(input: GatewayAct): Promise<void> {
    const { gateway } = this.#parts;
    switch (input.act) {
      case "close":
        gateway.closeAll(input.code);
        return;
      case "op7":
        gateway.reconnectAll();
        return;
      case "invalid-session":
        gateway.invalidateAll(input.resumable);
        return;
      case "drop-socket":
        gateway.dropAll();
        return;
      case "refuse":
        gateway.refuseFor(input.ms);
        return;
      case "acks":
        gateway.acks = input.on;
        return;
      case "bad-frame":
        gateway.sendRawToAll(input.text);
    }
  }

  async gatewayState(): Promise<GatewayState> {
    const { gateway } = this.#parts;
    return {
      sessions: gateway.sessions.map((session) => ({
        id: session.id,
        connected: session.socket !== undefined,
        intents: session.intents,
        seq: session.seq,
      })),
      connections: [...gateway.records],
      sessionStartLimit: gateway.budget.state,
    };
  }

  async setSessionStartLimit(input: { remaining: number; total?: number; resetAfterMs?: number }): Promise<void> {
    this.#parts.gateway.budget.set(input.remaining, input.total, input.resetAfterMs);
  }

  async clock(
    input: { readonly act: "freeze" | "release" | "now" } | { readonly act: "advance"; readonly ms: number },
  ): Promise<number> {
    const { clock } = this.#core;
    if (input.act === "freeze") clock.freeze();
    else if (input.act === "release") clock.release();
    else if (input.act === "advance") clock.advance(input.ms);
    if (input.act !== "now") this.#parts.revision.bump();
    return clock.now();
  }

  async switches(input: Partial<Switches>): Promise<Switches> {
    const { world } = this.#core;
    world.switches = { ...world.switches, ...input };
    return world.switches;
  }
}
