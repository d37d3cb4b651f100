import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";

import { type WebSocket, WebSocketServer } from "ws";

import type { SimulatedClock } from "../clock.js";
import type { JsonObject } from "../json.js";
import { hexToken } from "../random.js";
import { guildCreateView, userView } from "../views.js";
import type { GatewayEvent, World } from "../world.js";
import { IdentifyBudget } from "./budget.js";
import { Connection, closeCode } from "./connection.js";
import { visibleTo } from "./filter.js";
import { intent } from "./intents.js";
import { GatewaySession } from "./session.js";

export interface ConnectionRecord {
  readonly at: number;
  readonly event: "connected" | "identified" | "resumed" | "closed";
  readonly sessionId?: string;
  readonly code?: number;
  readonly intents?: number;
}

const RECORDS_KEPT = 10_000;

/** All gateway connections and sessions: identify, resume, dispatch, and the misbehaviour that tests order. */
export class Gateway {
  readonly budget: IdentifyBudget;
  readonly #world: World;
  readonly #clock: SimulatedClock;
  readonly #url: () => string;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: 1 << 20 });
  readonly #connections = new Set<Connection>();
  readonly #sessions = new Map<string, GatewaySession>();
  readonly #stopListening: () => void;
  #records: ConnectionRecord[] = [];
  #refusedUntil = 0;
  #held: (() => void) | undefined;
  acks = true;
  /** Told after every change of connections, for observers. */
  onChange: () => void = () => undefined;

  constructor(world: World, clock: SimulatedClock, url: () => string) {
    this.#world = world;
    this.#clock = clock;
    this.#url = url;
    this.budget = new IdentifyBudget(clock);
    this.#stopListening = world.listen((event) => this.dispatch(event));
  }

  get sessions(): readonly GatewaySession[] {
    return [...this.#sessions.values()];
  }

  get records(): readonly ConnectionRecord[] {
    return this.#records;
  }

  get heartbeatIntervalMs(): number {
    return this.#world.switches.heartbeatIntervalMs;
  }

  get privilegedIntents(): number {
    return this.#world.switches.privilegedIntents;
  }

  get clock(): SimulatedClock {
    return this.#clock;
  }

  /** Whether a session would get events now. */
  get connected(): boolean {
    return this.sessions.some((session) => session.socket !== undefined);
  }

  upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const url = new URL(request.url ?? "/", "http://discord.invalid");
    if (this.#clock.now() < this.#refusedUntil || !url.pathname.startsWith("/gateway")) {
      socket.destroy();
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (client) => this.#accept(client, url.searchParams));
  }

  #accept(client: WebSocket, query: URLSearchParams): void {
    const connection = new Connection(client, this);
    this.#connections.add(connection);
    this.record({ at: this.#clock.now(), event: "connected" });
    client.once("close", (code) => {
      this.#connections.delete(connection);
      this.#detach(connection, code);
    });
    client.on("error", () => undefined);
    if (query.get("v") !== "10") connection.close(closeCode.invalidVersion);
    else if ((query.get("encoding") ?? "json") !== "json") connection.close(closeCode.decode);
    else connection.hello();
  }

  record(entry: ConnectionRecord): void {
    this.#records.push(entry);
    if (this.#records.length > RECORDS_KEPT * 1.1) this.#records = this.#records.slice(-RECORDS_KEPT);
    this.onChange();
  }

  /** A valid token, or why not: the answer to IDENTIFY. */
  tokenFits(token: unknown): boolean {
    return this.#world.tokenValid && token === this.#world.token;
  }

  identify(connection: Connection, intents: number, shard: readonly [number, number] | undefined): void {
    const taken = this.budget.take();
    if (taken === "too-soon") {
      connection.invalidSession(false);
      return;
    }
    if (taken === "exhausted") {
      // Discord ends every session and resets the token of a bot that identifies too often.
      this.#world.resetToken();
      for (const session of this.sessions) this.#end(session, closeCode.authentication);
      connection.close(closeCode.authentication);
      return;
    }
    const session = new GatewaySession(hexToken(this.#world.random, 32), intents, shard, connection.socket);
    this.#sessions.set(session.id, session);
    connection.session = session;
    this.record({ at: this.#clock.now(), event: "identified", sessionId: session.id, intents });
    this.#send(session, "READY", this.#ready(session));
    if ((intents & intent.GUILDS) !== 0) this.#announceGuilds(session);
  }

  #ready(session: GatewaySession): JsonObject {
    const world = this.#world;
    return {
      v: 10,
      user_settings: {},
      user: { ...userView(world.bot), mfa_enabled: true, verified: true, email: null },
      session_type: "normal",
      session_id: session.id,
      resume_gateway_url: this.#url(),
      relationships: [],
      private_channels: [],
      presences: [],
      guilds: this.#botGuilds().map((guild) => ({ id: guild.id, unavailable: true })),
      guild_join_requests: [],
      geo_ordered_rtc_regions: [],
      application: { id: world.applicationId, flags: 1 << 23 },
      ...(session.shard === undefined ? {} : { shard: session.shard }),
    };
  }

  #botGuilds() {
    return [...this.#world.guilds.values()].filter((guild) => guild.members.has(this.#world.bot.id));
  }

  #announceGuilds(session: GatewaySession): void {
    const { guildCreate } = this.#world.switches;
    if (guildCreate === "never") return;
    const announce = (): void => {
      for (const guild of this.#botGuilds()) this.#send(session, "GUILD_CREATE", guildCreateView(guild, this.#world));
    };
    if (guildCreate === "at-once") announce();
    else this.#clock.after(guildCreate, announce);
  }

  resume(connection: Connection, sessionId: string, seq: number): void {
    const session = this.#sessions.get(sessionId);
    const missed = session?.missedSince(seq);
    const lapsed =
      session?.detachedAt !== undefined && this.#clock.now() - session.detachedAt > this.#world.switches.resumeWindowMs;
    if (session === undefined || missed === undefined || lapsed) {
      if (lapsed) this.#sessions.delete(sessionId);
      connection.invalidSession(false);
      return;
    }
    if (session.socket !== undefined && session.socket !== connection.socket)
      session.socket.close(closeCode.sessionTimeout);
    session.socket = connection.socket;
    session.detachedAt = undefined;
    connection.session = session;
    this.record({ at: this.#clock.now(), event: "resumed", sessionId });
    for (const event of missed) connection.sendRaw(event.frame);
    this.#send(session, "RESUMED", { _trace: [] });
  }

  /** Tells every session that may see it. Returns how many connected ones were told. */
  dispatch(event: GatewayEvent): number {
    let told = 0;
    for (const session of this.#sessions.values()) {
      const data = visibleTo(session.intents, event, this.#world);
      if (data !== undefined && this.#send(session, event.name, data)) told += 1;
    }
    return told;
  }

  #send(session: GatewaySession, name: string, data: JsonObject): boolean {
    const { frame } = session.enqueue(name, data);
    const { socket } = session;
    if (socket === undefined || socket.readyState !== socket.OPEN) return false;
    const { duplicateEvents, reorderedEvents } = this.#world.switches;
    const held = this.#held;
    this.#held = undefined;
    if (name !== "READY" && held === undefined && reorderedEvents > 0 && this.#world.random() < reorderedEvents) {
      this.#held = () => socket.send(frame);
      this.#clock.afterReal(1_000, () => {
        this.#held?.();
        this.#held = undefined;
      });
      return true;
    }
    socket.send(frame);
    if (duplicateEvents > 0 && this.#world.random() < duplicateEvents) socket.send(frame);
    held?.();
    return true;
  }

  /** Ends or parks a session whose socket is gone: a client's 1000 or 1001 ends it, anything else can be resumed. */
  #detach(connection: Connection, code: number): void {
    const { session } = connection;
    this.record({
      at: this.#clock.now(),
      event: "closed",
      code,
      ...(session === undefined ? {} : { sessionId: session.id }),
    });
    if (session === undefined || session.socket !== connection.socket) return;
    session.socket = undefined;
    session.detachedAt = this.#clock.now();
    const byClient = connection.closedByServer === undefined;
    if ((byClient && (code === 1000 || code === 1001)) || connection.endsSession) this.#sessions.delete(session.id);
    for (const other of this.sessions) {
      const age = other.detachedAt === undefined ? 0 : this.#clock.now() - other.detachedAt;
      if (age > this.#world.switches.resumeWindowMs) this.#sessions.delete(other.id);
    }
  }

  #end(session: GatewaySession, code: number): void {
    this.#sessions.delete(session.id);
    session.socket?.close(code);
  }

  /** Closes every connection with a code, as Discord does on its own accord. */
  closeAll(code: number): void {
    for (const connection of this.#connections) connection.close(code);
  }

  /** Cuts every connection without a closing hand-shake. */
  dropAll(): void {
    for (const connection of this.#connections) connection.socket.terminate();
  }

  reconnectAll(): void {
    for (const connection of this.#connections) connection.sendRaw(JSON.stringify({ op: 7, d: null }));
  }

  invalidateAll(resumable: boolean): void {
    for (const connection of this.#connections) {
      if (!resumable && connection.session !== undefined) this.#sessions.delete(connection.session.id);
      connection.invalidSession(resumable);
    }
  }

  sendRawToAll(text: string): void {
    for (const connection of this.#connections) connection.sendRaw(text);
  }

  /** Refuses new connections for a while. */
  refuseFor(ms: number): void {
    this.#refusedUntil = this.#clock.now() + ms;
  }

  /** What a revoked token means here: every session ends with 4004. */
  revoke(): void {
    for (const connection of this.#connections) {
      connection.endsSession = true;
      connection.close(closeCode.authentication);
    }
    this.#sessions.clear();
  }

  close(): void {
    this.#stopListening();
    for (const connection of this.#connections) connection.socket.terminate();
    this.#server.close();
  }
}
