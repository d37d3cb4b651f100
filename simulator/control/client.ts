import type { FaultKind, FaultMatch, FaultStage, FaultState } from "../faults.js";
import type { OptionValue } from "../interactions/options.js";
import type { JsonObject } from "../json.js";
import type { RequestFilter, RequestRecord } from "../rest/log.js";
import type { OutageMode } from "../rest/server.js";
import type { Switches } from "../switches.js";
import type {
  Act,
  ActPlace,
  GatewayState,
  Identity,
  Operations,
  CommandOverwriteInput,
  OverwriteInput,
  ShownChannel,
  ShownInteraction,
  ShownMessage,
  WirePattern,
} from "./types.js";

/** Something a test asked for did not happen, or was refused. */
export class ControlError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ControlError";
  }
}

export interface WaitOptions {
  /** Real milliseconds; default 5000. */
  readonly timeoutMs?: number;
}

/** What a person did, and what came of it. */
export interface InteractionHandle {
  readonly id: string;
  view(): Promise<ShownInteraction>;
  /** Waits for the first answer (a deferred one counts) or for the failure after three seconds. */
  first(options?: WaitOptions): Promise<ShownInteraction>;
  /** Waits for the complete answer: a message that no longer loads, a modal, choices, or the failure. */
  response(options?: WaitOptions): Promise<ShownInteraction>;
  /** Waits until there are `count` follow-ups. */
  followUps(count: number, options?: WaitOptions): Promise<readonly ShownMessage[]>;
}

export type MessageTest = ((message: ShownMessage) => boolean) | { readonly text: RegExp };

/** A person at their client. */
export interface Actor {
  /** Types a command; sub-commands follow its name: `"config reload"`. */
  command(name: string, options?: Readonly<Record<string, OptionValue>>, place?: ActPlace): Promise<InteractionHandle>;
  autocomplete(
    name: string,
    option: string,
    partial: string,
    options?: Readonly<Record<string, OptionValue>>,
    place?: ActPlace,
  ): Promise<InteractionHandle>;
  /** Uses a message command (in a client: right click, Apps). */
  messageCommand(name: string, messageId: string, place?: ActPlace): Promise<InteractionHandle>;
  press(messageId: string, customId: string, place?: ActPlace): Promise<InteractionHandle>;
  select(messageId: string, customId: string, values: readonly string[], place?: ActPlace): Promise<InteractionHandle>;
  /** Fills in and sends the modal that an interaction opened. */
  submitModal(
    opener: InteractionHandle,
    values: Readonly<Record<string, string | readonly string[]>>,
    place?: ActPlace,
  ): Promise<InteractionHandle>;
  say(channelId: string, content: string, options?: { readonly replyTo?: string }): Promise<ShownMessage>;
}

export type FaultInput = FaultKind & { readonly match?: FaultMatch; readonly stage?: FaultStage };

export interface FaultHandle {
  readonly id: number;
  state(): Promise<FaultState | null>;
  /** Resolves when it has struck `count` times (default once). */
  struck(count?: number): Promise<void>;
  remove(): Promise<void>;
}

/** The control interface: the same over HTTP and in process. */
export interface Control {
  readonly operations: Operations;
  identity(): Promise<Identity>;
  as(name: string): Actor;
  /** A channel's messages, oldest first; with `as`, those ephemeral to others are left out; `deleted` adds the gone ones. */
  messages(channelId: string, options?: { readonly as?: string; readonly deleted?: boolean }): Promise<ShownMessage[]>;
  /** The first message, in order of creation, that fits; waits for it. */
  waitForMessage(channelId: string, test: MessageTest, options?: WaitOptions): Promise<ShownMessage>;
  /** Waits until a condition holds; it is looked at again after every change in the simulator. */
  waitFor<T>(what: string, look: () => Promise<T | undefined | false>, options?: WaitOptions): Promise<T>;
  attachment(id: string): Promise<Buffer>;
  deleteMessage(id: string): Promise<void>;
  channels(): Promise<ShownChannel[]>;
  createChannel(
    name: string,
    options?: { readonly id?: string; readonly type?: number; readonly tags?: readonly string[] },
  ): Promise<string>;
  deleteChannel(id: string): Promise<void>;
  setThread(id: string, state: { readonly archived?: boolean; readonly locked?: boolean }): Promise<void>;
  /** Replaces a channel's permission overwrites. */
  setPermissions(channelId: string, overwrites: readonly OverwriteInput[]): Promise<void>;
  /** What the server's managers set for a command by its name, or for all of the bot's with `null`; replaces what was set. */
  setCommandPermissions(command: string | null, overwrites: readonly CommandOverwriteInput[]): Promise<void>;
  addRole(
    name: string,
    options?: { readonly permissions?: readonly string[]; readonly mentionable?: boolean },
  ): Promise<string>;
  setRole(
    role: string,
    change: { readonly permissions?: readonly string[]; readonly mentionable?: boolean },
  ): Promise<void>;
  deleteRole(role: string): Promise<void>;
  addMember(name: string, options?: { readonly roles?: readonly string[] }): Promise<string>;
  /** The roles of a person, or of `bot`. */
  setMember(name: string, roles: readonly string[]): Promise<void>;
  removeBot(): Promise<void>;
  /** Invites it again. */
  addBot(): Promise<void>;
  /** Whether Discord says that the server is within reach. */
  setGuildAvailable(available: boolean): Promise<void>;
  addWebhook(
    channelId: string,
    name: string,
  ): Promise<{ readonly id: string; readonly token: string; readonly url: string }>;
  deleteWebhook(id: string): Promise<void>;
  /** Registered application commands as the API shows them. */
  commands(): Promise<JsonObject[]>;
  revokeToken(): Promise<void>;
  restoreToken(): Promise<void>;
  requests(filter?: RequestFilter): Promise<RequestRecord[]>;
  clearRequests(): Promise<void>;
  invalidRequests(): Promise<number>;
  liftBan(): Promise<void>;
  fault(order: FaultInput): Promise<FaultHandle>;
  clearFaults(): Promise<void>;
  /** `true` until `false`; a number of simulated milliseconds; connections are refused, or accepted and reset. */
  outage(state: boolean | number, mode?: OutageMode): Promise<void>;
  readonly gateway: {
    close(code: number): Promise<void>;
    op7(): Promise<void>;
    invalidSession(resumable: boolean): Promise<void>;
    dropSocket(): Promise<void>;
    refuse(ms: number): Promise<void>;
    stopAcks(): Promise<void>;
    resumeAcks(): Promise<void>;
    badFrame(text: string): Promise<void>;
    state(): Promise<GatewayState>;
    setSessionStartLimit(input: {
      readonly remaining: number;
      readonly total?: number;
      readonly resetAfterMs?: number;
    }): Promise<void>;
    /** Waits until a session is identified or resumed and has its socket. */
    waitForSession(options?: WaitOptions): Promise<void>;
  };
  readonly clock: {
    now(): Promise<number>;
    freeze(): Promise<number>;
    advance(ms: number): Promise<number>;
    release(): Promise<number>;
  };
  /** Changes switches; returns all of them. */
  switches(change?: Partial<Switches>): Promise<Switches>;
}

const DEFAULT_TIMEOUT_MS = 5000;

function wire(route: string | RegExp | undefined): { route?: WirePattern } {
  if (route === undefined) return {};
  return { route: typeof route === "string" ? route : { source: route.source, flags: route.flags } };
}

/** Builds the control interface on any carrier of its operations. `now` is a monotonic clock in milliseconds. */
export function createControl(operations: Operations, now: () => number): Control {
  const waitFor: Control["waitFor"] = async (what, look, options = {}) => {
    const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const deadline = now() + timeoutMs;
    let revision = await operations.changed({ since: -1, timeoutMs: 0 });
    for (;;) {
      const found = await look();
      if (found !== undefined && found !== false) return found;
      const left = deadline - now();
      if (left <= 0) throw new ControlError(`waited ${timeoutMs} ms in vain for ${what}`);
      revision = await operations.changed({ since: revision, timeoutMs: Math.min(left, 1000) });
    }
  };

  const handle = (id: string): InteractionHandle => {
    const until = (what: string, done: (view: ShownInteraction) => boolean, options?: WaitOptions) =>
      waitFor(
        `${what} to interaction ${id}`,
        async () => {
          const view = await operations.interaction({ id });
          return done(view) ? view : undefined;
        },
        options,
      );
    return {
      id,
      view: () => operations.interaction({ id }),
      first: (options) => until("an answer", (view) => view.state !== "waiting", options),
      response: (options) =>
        until("a complete answer", (view) => view.state !== "waiting" && view.state !== "loading", options),
      followUps: async (count, options) =>
        (await until(`${count} follow-ups`, (view) => view.followUps.length >= count, options)).followUps,
    };
  };

  const actor = (as: string): Actor => {
    const act = async (what: Act, place: ActPlace = {}): Promise<InteractionHandle> =>
      handle(await operations.act({ as, act: what, place }));
    return {
      command: (name, options = {}, place) => act({ kind: "command", name, options }, place),
      autocomplete: (name, option, partial, options = {}, place) =>
        act({ kind: "autocomplete", name, option, partial, options }, place),
      messageCommand: (name, messageId, place) => act({ kind: "message-command", name, messageId }, place),
      press: (messageId, customId, place) => act({ kind: "component", messageId, customId }, place),
      select: (messageId, customId, values, place) => act({ kind: "component", messageId, customId, values }, place),
      submitModal: (opener, values, place) => act({ kind: "modal", interactionId: opener.id, values }, place),
      say: (channelId, content, options = {}) => operations.say({ as, channelId, content, ...options }),
    };
  };

  return {
    operations,
    waitFor,
    as: actor,
    identity: () => operations.identity(),
    messages: (channelId, options = {}) => operations.messages({ channelId, ...options }),
    waitForMessage: (channelId, test, options) => {
      const fits = typeof test === "function" ? test : (message: ShownMessage) => test.text.test(message.text);
      const what = typeof test === "function" ? "a fitting message" : `a message like ${String(test.text)}`;
      return waitFor(what, async () => (await operations.messages({ channelId })).find(fits), options);
    },
    attachment: async (id) => Buffer.from(await operations.attachment({ id }), "base64"),
    deleteMessage: (id) => operations.deleteMessage({ id }),
    channels: () => operations.channels(),
    createChannel: (name, options = {}) => operations.createChannel({ name, ...options }),
    deleteChannel: (id) => operations.deleteChannel({ id }),
    setThread: (id, state) => operations.setThread({ id, ...state }),
    setPermissions: (channelId, overwrites) => operations.setPermissions({ channelId, overwrites }),
    setCommandPermissions: (command, overwrites) => operations.setCommandPermissions({ command, overwrites }),
    addRole: (name, options = {}) => operations.addRole({ name, ...options }),
    setRole: (role, change) => operations.setRole({ role, ...change }),
    deleteRole: (role) => operations.deleteRole({ role }),
    addMember: (name, options = {}) => operations.addMember({ name, ...options }),
    setMember: (name, roles) => operations.setMember({ name, roles }),
    removeBot: () => operations.removeBot(),
    addBot: () => operations.addBot(),
    setGuildAvailable: (available) => operations.setGuildAvailable({ available }),
    addWebhook: (channelId, name) => operations.addWebhook({ channelId, name }),
    deleteWebhook: (id) => operations.deleteWebhook({ id }),
    commands: () => operations.commands(),
    revokeToken: () => operations.setToken({ valid: false }),
    restoreToken: () => operations.setToken({ valid: true }),
    requests: (filter = {}) => {
      const { route, ...rest } = filter;
      return operations.requests({ ...rest, ...wire(route) });
    },
    clearRequests: () => operations.clearRequests(),
    invalidRequests: () => operations.invalidRequests(),
    liftBan: () => operations.liftBan(),
    fault: async (order) => {
      const { match, ...rest } = order;
      const matched = match === undefined ? {} : { match: { ...match, ...wire(match.route) } };
      const id = await operations.fault({ ...rest, ...matched });
      return {
        id,
        state: () => operations.faultState({ id }),
        struck: (count = 1) => operations.faultStruck({ id, moreThan: count - 1 }),
        remove: () => operations.removeFault({ id }),
      };
    },
    clearFaults: () => operations.clearFaults(),
    outage: (state, mode = "refuse") => {
      if (state === false) return operations.outage({ mode: "off" });
      return operations.outage(state === true ? { mode } : { mode, ms: state });
    },
    gateway: {
      close: (code) => operations.gateway({ act: "close", code }),
      op7: () => operations.gateway({ act: "op7" }),
      invalidSession: (resumable) => operations.gateway({ act: "invalid-session", resumable }),
      dropSocket: () => operations.gateway({ act: "drop-socket" }),
      refuse: (ms) => operations.gateway({ act: "refuse", ms }),
      stopAcks: () => operations.gateway({ act: "acks", on: false }),
      resumeAcks: () => operations.gateway({ act: "acks", on: true }),
      badFrame: (text) => operations.gateway({ act: "bad-frame", text }),
      state: () => operations.gatewayState(),
      setSessionStartLimit: (input) => operations.setSessionStartLimit(input),
      waitForSession: async (options) => {
        await waitFor(
          "a gateway session",
          async () => (await operations.gatewayState()).sessions.some((session) => session.connected),
          options,
        );
      },
    },
    clock: {
      now: () => operations.clock({ act: "now" }),
      freeze: () => operations.clock({ act: "freeze" }),
      advance: (ms) => operations.clock({ act: "advance", ms }),
      release: () => operations.clock({ act: "release" }),
    },
    switches: (change = {}) => operations.switches(change),
  };
}
