import { SimpleShardingStrategy } from "@discordjs/ws";
import type { WebSocketManager } from "@discordjs/ws";

import type { Clock } from "../../base/clock.js";
import { field } from "./fields.js";

/** Everything the library's shard tells, by its event names. */
const SHARD_EVENTS = ["closed", "debug", "dispatch", "error", "heartbeat", "hello", "ready", "resumed"] as const;

const HANDSHAKE_TIMEOUT_MS = 10_000;
const HELLO_TIMEOUT_MS = 20_000;
/** How long a socket may take to close in good order before it is cut. */
const CLOSE_TIMEOUT_MS = 1_500;

export interface ShardListener {
  /** Whether the session has ended, though the library may not have noticed yet. */
  isOver(): boolean;
  /** The raw `d` of an INTERACTION_CREATE frame, the moment it is read. */
  onInteraction(data: unknown): void;
  /** The type and the raw `d` of every other event of Discord's. */
  onDispatch(type: unknown, data: unknown): void;
  /** A session began; `d` of READY. */
  onReady(data: unknown): void;
  onResumed(): void;
  onHello(): void;
  onClosed(code: number): void;
  onHeartbeat(latencyMs: number): void;
  /** A frame or an event that could not be taken; the session goes on. */
  onBadFrame(thrown: unknown): void;
  /** The socket had an error; a close follows. */
  onError(thrown: unknown): void;
  /** No socket could even be made: the address that Discord gave is none. */
  onNoSocket(thrown: unknown): void;
}

interface Emitter {
  on(event: string, listener: (payload: unknown) => void): unknown;
  removeAllListeners(event: string): unknown;
}

interface Socket {
  on(event: "error", listener: () => void): unknown;
  terminate(): void;
}

/**
 * The library's one-process strategy with four things changed, which its seams do not offer otherwise:
 *
 * - What happens goes to one listener, in the turn in which its frame was read: an interaction waits for nothing.
 * - What a listener throws, or a frame that lacks what the library takes for granted, is told and dropped. The library
 *   reads frames in a promise that nobody awaits, so that either would end the process. Likewise an address that is none.
 * - A shard that is destroyed while it pauses before a reconnect, or whose manager is destroyed while it still asks for
 *   the gateway's address, does not connect after all.
 * - A socket that is destroyed while it still connects, or that does not close in time, is cut and leaves no handle.
 */
export class GuardedStrategy extends SimpleShardingStrategy {
  readonly #clock: Clock;
  readonly #listener: ShardListener;
  #destroyed = false;

  constructor(inner: WebSocketManager, clock: Clock, listener: ShardListener) {
    super(inner);
    this.#clock = clock;
    this.#listener = listener;
    inner.options.handshakeTimeout = HANDSHAKE_TIMEOUT_MS;
    inner.options.helloTimeout = HELLO_TIMEOUT_MS;
    const retrieve = inner.options.retrieveSessionInfo.bind(inner.options);
    inner.options.retrieveSessionInfo = (shardId) => {
      // A shard asks for its session just before it opens a socket: one that is over never gets an answer.
      return this.#destroyed || listener.isOver() ? new Promise(() => undefined) : retrieve(shardId);
    };
  }

  override async spawn(shardIds: number[]): Promise<void> {
    await super.spawn(shardIds);
    for (const shard of this.#shards().values()) this.#guard(shard);
  }

  override async destroy(options?: Parameters<SimpleShardingStrategy["destroy"]>[0]): Promise<void> {
    // The manager calls this before each spawn too, when there is nothing to destroy yet.
    const shards = [...this.#shards().values()];
    if (shards.length > 0) this.#destroyed = true;
    const sockets = shards.map(socketOf).filter((socket) => socket !== undefined);
    for (const socket of sockets) socket.on("error", () => undefined);
    const cut = (): void => {
      for (const socket of sockets) socket.terminate();
    };
    const timer = this.#clock.setTimeout(cut, CLOSE_TIMEOUT_MS);
    try {
      await super.destroy(options);
    } finally {
      timer.cancel();
      cut();
    }
  }

  #shards(): ReadonlyMap<number, Emitter> {
    const shards: unknown = Reflect.get(this, "shards");
    if (shards instanceof Map) return shards as ReadonlyMap<number, Emitter>;
    throw new Error("the Discord library keeps its shards elsewhere than this version of Toban expects");
  }

  #guard(shard: Emitter): void {
    for (const event of SHARD_EVENTS) {
      shard.removeAllListeners(event);
      shard.on(event, (payload) => this.#take(event, payload));
    }
    guardMethod(shard, "onMessage", (thrown) => this.#listener.onBadFrame(thrown));
    guardMethod(shard, "internalConnect", (thrown) => this.#listener.onNoSocket(thrown));
  }

  #take(event: (typeof SHARD_EVENTS)[number], payload: unknown): void {
    try {
      this.#tell(event, payload);
    } catch (thrown) {
      this.#listener.onBadFrame(thrown);
    }
  }

  #tell(event: (typeof SHARD_EVENTS)[number], payload: unknown): void {
    switch (event) {
      case "dispatch": {
        const frame = field(payload, "data");
        const [type, data] = [field(frame, "t"), field(frame, "d")];
        if (type === "INTERACTION_CREATE") return this.#listener.onInteraction(data);
        return this.#listener.onDispatch(type, data);
      }
      case "ready":
        return this.#listener.onReady(field(payload, "data"));
      case "resumed":
        return this.#listener.onResumed();
      case "hello":
        return this.#listener.onHello();
      case "closed":
        return this.#listener.onClosed(Number(field(payload, "code")));
      case "heartbeat":
        return this.#listener.onHeartbeat(Number(field(payload, "latency")));
      case "error":
        return this.#listener.onError(field(payload, "error"));
      case "debug":
        return;
    }
  }
}

/** Hands what a method of the library rejects with to somebody: the library itself awaits it nowhere. */
function guardMethod(shard: Emitter, name: string, onThrown: (thrown: unknown) => void): void {
  const method: unknown = Reflect.get(shard, name);
  if (typeof method !== "function")
    throw new Error(`the Discord library has no ${name}, which this version of Toban expects`);
  Reflect.set(shard, name, async (...args: unknown[]): Promise<void> => {
    try {
      await Reflect.apply(method, shard, args);
    } catch (thrown) {
      onThrown(thrown);
    }
  });
}

function socketOf(shard: Emitter): Socket | undefined {
  const socket: unknown = Reflect.get(shard, "connection");
  return typeof field(socket, "terminate") === "function" ? (socket as Socket) : undefined;
}
