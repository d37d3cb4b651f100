import type { FaultKind, FaultStage, FaultState } from "../faults.js";
import type { ConnectionRecord } from "../gateway/server.js";
import type { InteractionState } from "../interactions/interaction.js";
import type { OptionValue } from "../interactions/options.js";
import type { JsonObject } from "../json.js";
import type { Mentioned, MessageVersion } from "../model.js";
import type { RequestRecord } from "../rest/log.js";
import type { RouteClass } from "../rest/route.js";
import type { OutageMode } from "../rest/server.js";
import type { Switches } from "../switches.js";

/** What a program must know to talk to this simulator. */
export interface Identity {
  readonly apiUrl: string;
  readonly controlUrl: string;
  readonly token: string;
  readonly applicationId: string;
  readonly botUserId: string;
  readonly guildId: string;
  readonly foreignGuildId: string;
  readonly opsChannelId: string;
  readonly seed: number;
  /** Name known to `control.as` → user id. */
  readonly people: Readonly<Record<string, string>>;
}

export interface ShownAttachment {
  readonly id: string;
  readonly filename: string;
  readonly size: number;
  readonly url: string;
  readonly contentType: string | null;
}

/** A message as a person behind the scenes sees it: with its past, its end and whom it notified. */
export interface ShownMessage {
  readonly id: string;
  readonly channelId: string;
  readonly author: { readonly id: string; readonly username: string; readonly bot: boolean };
  readonly content: string;
  readonly embeds: readonly JsonObject[];
  readonly components: readonly JsonObject[];
  readonly attachments: readonly ShownAttachment[];
  /** Everything readable in it, line by line: content, embeds, components. */
  readonly text: string;
  readonly flags: number;
  readonly type: number;
  readonly ephemeralFor: string | null;
  readonly loading: boolean;
  /** Unix milliseconds of simulated time. */
  readonly createdAt: number;
  readonly editedAt: number | null;
  readonly deletedAt: number | null;
  readonly pinned: boolean;
  readonly nonce: string | number | null;
  readonly replyTo: string | null;
  readonly threadId: string | null;
  readonly mentioned: Mentioned;
  /** What it showed before each edit, oldest first. */
  readonly history: readonly MessageVersion[];
  readonly reactions: Readonly<Record<string, readonly string[]>>;
  /** What it answers: who used which command or component. */
  readonly interaction: { readonly type: number; readonly name: string; readonly user: string } | null;
}

export interface ShownMember {
  readonly id: string;
  readonly name: string;
  readonly bot: boolean;
  /** Names of the roles, without @everyone. */
  readonly roles: readonly string[];
  /** The permission bits in the guild as a decimal number. */
  readonly permissions: string;
}

/** The guild as its members see it. */
export interface ShownGuild {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly { readonly id: string; readonly name: string; readonly mentionable: boolean }[];
  readonly members: readonly ShownMember[];
}

export interface ShownChannel {
  readonly id: string;
  readonly guildId: string | null;
  readonly type: number;
  readonly name: string;
  readonly parentId: string | null;
  readonly archived: boolean;
  readonly locked: boolean;
  readonly topic: string | null;
}

export interface ShownInteraction {
  readonly id: string;
  readonly type: number;
  readonly state: InteractionState;
  /** Whether a connected gateway session got the frame. */
  readonly delivered: boolean;
  readonly callbackType: number | null;
  /** From the gateway frame to the arrival of the callback request, real milliseconds. */
  readonly callbackMs: number | null;
  /** From the gateway frame to the complete answer, real milliseconds. */
  readonly completeMs: number | null;
  readonly deferred: boolean;
  readonly ephemeral: boolean;
  readonly message: ShownMessage | null;
  readonly modal: JsonObject | null;
  readonly choices: readonly JsonObject[] | null;
  readonly followUps: readonly ShownMessage[];
  /** What the person reads when it failed. */
  readonly error: string | null;
}

/** A regular expression that can travel as JSON. */
export type WirePattern = string | { readonly source: string; readonly flags: string };

export interface WireFilter {
  readonly method?: string;
  readonly route?: WirePattern;
  readonly routeClass?: RouteClass;
  readonly status?: number;
  readonly avoidable429?: boolean;
  readonly afterId?: number;
}

export interface WireMatch {
  readonly method?: string;
  readonly route?: WirePattern;
  readonly routeClass?: RouteClass;
  readonly nth?: number;
  readonly times?: number | "always";
}

export type WireFault = FaultKind & { readonly match?: WireMatch; readonly stage?: FaultStage };

/** Where and how a person acts. */
export interface ActPlace {
  readonly locale?: string;
  readonly channelId?: string;
  readonly guildId?: string;
  /** In the direct-message channel with the bot. */
  readonly direct?: boolean;
  /** Send it although the client would not let the person (unregistered command, no permission, bad value). */
  readonly force?: boolean;
}

export type Act =
  | { readonly kind: "command"; readonly name: string; readonly options?: Readonly<Record<string, OptionValue>> }
  | {
      readonly kind: "autocomplete";
      readonly name: string;
      readonly option: string;
      readonly partial: string;
      readonly options?: Readonly<Record<string, OptionValue>>;
    }
  | {
      readonly kind: "component";
      readonly messageId: string;
      readonly customId: string;
      readonly values?: readonly string[];
    }
  | {
      readonly kind: "modal";
      readonly interactionId: string;
      readonly values: Readonly<Record<string, string | readonly string[]>>;
    }
  | { readonly kind: "message-command"; readonly name: string; readonly messageId: string };

export type GatewayAct =
  | { readonly act: "close"; readonly code: number }
  | { readonly act: "op7" }
  | { readonly act: "invalid-session"; readonly resumable: boolean }
  | { readonly act: "drop-socket" }
  | { readonly act: "refuse"; readonly ms: number }
  | { readonly act: "acks"; readonly on: boolean }
  | { readonly act: "bad-frame"; readonly text: string };

export interface SessionInfo {
  readonly id: string;
  readonly connected: boolean;
  readonly intents: number;
  readonly seq: number;
}

export interface GatewayState {
  readonly sessions: readonly SessionInfo[];
  readonly connections: readonly ConnectionRecord[];
  readonly sessionStartLimit: { readonly total: number; readonly remaining: number; readonly reset_after: number };
}

export interface OverwriteInput {
  /** `@everyone`, a role's or person's name, `bot`, or an id. */
  readonly who: string;
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
}

/** A line of the server's settings for a command: a role, a person or `@everyone`, or a channel (its id, or `all channels`). */
export interface CommandOverwriteInput {
  readonly who: string;
  readonly allow: boolean;
}

/** Every operation of the control interface; arguments and results are plain JSON. */
export interface Operations {
  identity(): Promise<Identity>;
  /** The revision once it exceeds `since`, or after `timeoutMs` of real time. */
  changed(input: { readonly since: number; readonly timeoutMs: number }): Promise<number>;
  act(input: { readonly as: string; readonly act: Act; readonly place: ActPlace }): Promise<string>;
  interaction(input: { readonly id: string }): Promise<ShownInteraction>;
  say(input: {
    readonly as: string;
    readonly channelId: string;
    readonly content: string;
    readonly replyTo?: string;
  }): Promise<ShownMessage>;
  messages(input: {
    readonly channelId: string;
    readonly as?: string;
    readonly deleted?: boolean;
  }): Promise<ShownMessage[]>;
  deleteMessage(input: { readonly id: string }): Promise<void>;
  attachment(input: { readonly id: string }): Promise<string>;
  channels(): Promise<ShownChannel[]>;
  guild(): Promise<ShownGuild>;
  createChannel(input: {
    readonly name: string;
    readonly id?: string;
    readonly type?: number;
    readonly tags?: readonly string[];
  }): Promise<string>;
  deleteChannel(input: { readonly id: string }): Promise<void>;
  setThread(input: { readonly id: string; readonly archived?: boolean; readonly locked?: boolean }): Promise<void>;
  setPermissions(input: { readonly channelId: string; readonly overwrites: readonly OverwriteInput[] }): Promise<void>;
  setCommandPermissions(input: {
    readonly command: string | null;
    readonly overwrites: readonly CommandOverwriteInput[];
  }): Promise<void>;
  addRole(input: {
    readonly name: string;
    readonly permissions?: readonly string[];
    readonly mentionable?: boolean;
  }): Promise<string>;
  setRole(input: {
    readonly role: string;
    readonly permissions?: readonly string[];
    readonly mentionable?: boolean;
  }): Promise<void>;
  deleteRole(input: { readonly role: string }): Promise<void>;
  addMember(input: { readonly name: string; readonly roles?: readonly string[] }): Promise<string>;
  setMember(input: { readonly name: string; readonly roles: readonly string[] }): Promise<void>;
  removeBot(): Promise<void>;
  addBot(): Promise<void>;
  setGuildAvailable(input: { readonly available: boolean }): Promise<void>;
  addWebhook(input: {
    readonly channelId: string;
    readonly name: string;
  }): Promise<{ readonly id: string; readonly token: string; readonly url: string }>;
  deleteWebhook(input: { readonly id: string }): Promise<void>;
  /** All of them, or what the client of a person offers in a channel. */
  commands(input?: { readonly as?: string; readonly channelId?: string }): Promise<JsonObject[]>;
  setToken(input: { readonly valid: boolean }): Promise<void>;
  requests(input: WireFilter): Promise<RequestRecord[]>;
  clearRequests(): Promise<void>;
  invalidRequests(): Promise<number>;
  liftBan(): Promise<void>;
  fault(input: WireFault): Promise<number>;
  faultState(input: { readonly id: number }): Promise<FaultState | null>;
  faultStruck(input: { readonly id: number; readonly moreThan: number }): Promise<void>;
  removeFault(input: { readonly id: number }): Promise<void>;
  clearFaults(): Promise<void>;
  outage(input: { readonly mode: OutageMode | "off"; readonly ms?: number }): Promise<void>;
  gateway(input: GatewayAct): Promise<void>;
  gatewayState(): Promise<GatewayState>;
  setSessionStartLimit(input: {
    readonly remaining: number;
    readonly total?: number;
    readonly resetAfterMs?: number;
  }): Promise<void>;
  clock(
    input:
      | { readonly act: "freeze" | "release" }
      | { readonly act: "advance"; readonly ms: number }
      | { readonly act: "now" },
  ): Promise<number>;
  switches(input: Partial<Switches>): Promise<Switches>;
}
