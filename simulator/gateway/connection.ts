import type { RawData, WebSocket } from "ws";

import type { Cancel } from "../clock.js";
import { integer, isObject, text } from "../json.js";
import type { JsonObject } from "../json.js";
import { limits } from "../limits.js";
import { SlidingWindow } from "../rest/buckets.js";
import { KNOWN_INTENTS, PRIVILEGED_INTENTS } from "./intents.js";
import type { Gateway } from "./server.js";
import type { GatewaySession } from "./session.js";

/** Close codes as the gateway documents them. */
export const closeCode = {
  unknown: 4000,
  unknownOpcode: 4001,
  decode: 4002,
  notAuthenticated: 4003,
  authentication: 4004,
  alreadyAuthenticated: 4005,
  invalidSequence: 4007,
  rateLimited: 4008,
  sessionTimeout: 4009,
  invalidShard: 4010,
  shardingRequired: 4011,
  invalidVersion: 4012,
  invalidIntents: 4013,
  disallowedIntents: 4014,
} as const;

const CLOSE_REASONS: Readonly<Record<number, string>> = {
  4000: "Unknown error.",
  4001: "Unknown opcode.",
  4002: "Error while decoding payload.",
  4003: "Not authenticated.",
  4004: "Authentication failed.",
  4005: "Already authenticated.",
  4007: "Invalid seq.",
  4008: "Rate limited.",
  4009: "Session timed out.",
  4010: "Invalid shard.",
  4011: "Sharding required.",
  4012: "Invalid API version.",
  4013: "Invalid intent(s).",
  4014: "Disallowed intent(s).",
};

/** Opcodes that a client may send. */
const op = { heartbeat: 1, identify: 2, presence: 3, voice: 4, resume: 6, members: 8, soundboard: 31 } as const;

/** Codes after which a session cannot be resumed. */
const ENDS_SESSION: ReadonlySet<number> = new Set([4004, 4010, 4011, 4012, 4013, 4014]);

/** One WebSocket: opcodes in, frames out, its heartbeat and its allowance of sends. */
export class Connection {
  readonly socket: WebSocket;
  session: GatewaySession | undefined;
  closedByServer: number | undefined;
  endsSession = false;
  readonly #gateway: Gateway;
  readonly #sends: SlidingWindow;
  #deadline: Cancel | undefined;

  constructor(socket: WebSocket, gateway: Gateway) {
    this.socket = socket;
    this.#gateway = gateway;
    this.#sends = new SlidingWindow(gateway.clock, limits.gatewaySends, limits.gatewaySendWindowMs);
    socket.on("message", (data, isBinary) => this.#receive(data, isBinary));
    socket.once("close", () => this.#deadline?.());
  }

  hello(): void {
    this.sendRaw(JSON.stringify({ op: 10, d: { heartbeat_interval: this.#gateway.heartbeatIntervalMs, _trace: [] } }));
    this.#expectHeartbeat();
  }

  sendRaw(frame: string): void {
    if (this.socket.readyState === this.socket.OPEN) this.socket.send(frame);
  }

  close(code: number): void {
    this.closedByServer = code;
    if (ENDS_SESSION.has(code)) this.endsSession = true;
    this.socket.close(code, CLOSE_REASONS[code] ?? "");
  }

  invalidSession(resumable: boolean): void {
    if (!resumable) this.endsSession = true;
    this.sendRaw(JSON.stringify({ op: 9, d: resumable }));
  }

  /** A client that misses its heartbeat by half an interval is taken for dead. */
  #expectHeartbeat(): void {
    this.#deadline?.();
    const patience = this.#gateway.heartbeatIntervalMs * 1.5;
    this.#deadline = this.#gateway.clock.afterReal(patience, () => this.close(closeCode.sessionTimeout));
  }

  #receive(data: RawData, isBinary: boolean): void {
    const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer);
    if (isBinary || bytes.length > limits.gatewayPayloadBytes) {
      this.close(closeCode.decode);
      return;
    }
    if (this.#sends.take() > 0) {
      this.close(closeCode.rateLimited);
      return;
    }
    let payload: unknown;
    try {
      payload = JSON.parse(bytes.toString("utf8"));
    } catch {
      payload = undefined;
    }
    if (!isObject(payload) || integer(payload["op"]) === undefined) this.close(closeCode.decode);
    else this.#handle(payload);
  }

  #handle(payload: JsonObject): void {
    const data = payload["d"];
    switch (payload["op"]) {
      case op.heartbeat:
        this.#expectHeartbeat();
        if (this.#gateway.acks) this.sendRaw(JSON.stringify({ op: 11 }));
        return;
      case op.identify:
        this.#identify(isObject(data) ? data : undefined);
        return;
      case op.resume:
        this.#resume(isObject(data) ? data : undefined);
        return;
      case op.presence:
      case op.voice:
      case op.members:
      case op.soundboard:
        if (this.session === undefined) this.close(closeCode.notAuthenticated);
        return;
      default:
        this.close(closeCode.unknownOpcode);
    }
  }

  #identify(data: JsonObject | undefined): void {
    if (this.session !== undefined) return this.close(closeCode.alreadyAuthenticated);
    if (data === undefined || !isObject(data["properties"])) return this.close(closeCode.decode);
    if (!this.#gateway.tokenFits(stripPrefix(data["token"]))) return this.close(closeCode.authentication);
    const intents = integer(data["intents"]);
    if (intents === undefined || intents < 0 || (intents & ~KNOWN_INTENTS) !== 0) {
      return this.close(closeCode.invalidIntents);
    }
    if ((intents & PRIVILEGED_INTENTS & ~this.#gateway.privilegedIntents) !== 0) {
      return this.close(closeCode.disallowedIntents);
    }
    const shard = shardOf(data["shard"]);
    if (shard === "invalid") return this.close(closeCode.invalidShard);
    return this.#gateway.identify(this, intents, shard);
  }

  #resume(data: JsonObject | undefined): void {
    if (this.session !== undefined) return this.close(closeCode.alreadyAuthenticated);
    const seq = integer(data?.["seq"]);
    const sessionId = text(data?.["session_id"]);
    if (seq === undefined || sessionId === undefined) return this.close(closeCode.decode);
    if (!this.#gateway.tokenFits(stripPrefix(data?.["token"]))) return this.close(closeCode.authentication);
    return this.#gateway.resume(this, sessionId, seq);
  }
}

function stripPrefix(token: unknown): unknown {
  return typeof token === "string" ? token.replace(/^Bot /, "") : token;
}

function shardOf(value: unknown): readonly [number, number] | undefined | "invalid" {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || value.length !== 2) return "invalid";
  const [id, count] = [integer(value[0]), integer(value[1])];
  if (id === undefined || count === undefined || id < 0 || id >= count || count > 16) return "invalid";
  return [id, count];
}
