import type { WebSocket } from "ws";

import type { JsonObject } from "../json.js";

export interface StoredEvent {
  readonly seq: number;
  readonly frame: string;
}

const REPLAY_KEPT = 5000;

/** A gateway session: what it may see, what it was sent, and the socket it has at the moment. */
export class GatewaySession {
  readonly id: string;
  readonly intents: number;
  readonly shard: readonly [number, number] | undefined;
  socket: WebSocket | undefined;
  seq = 0;
  /** Unix milliseconds of simulated time since which it has no socket. */
  detachedAt: number | undefined;
  #sent: StoredEvent[] = [];

  constructor(id: string, intents: number, shard: readonly [number, number] | undefined, socket: WebSocket) {
    this.id = id;
    this.intents = intents;
    this.shard = shard;
    this.socket = socket;
  }

  /** Numbers an event and keeps it for a resume. */
  enqueue(name: string, data: JsonObject): StoredEvent {
    this.seq += 1;
    const event = { seq: this.seq, frame: JSON.stringify({ op: 0, t: name, s: this.seq, d: data }) };
    this.#sent.push(event);
    if (this.#sent.length > REPLAY_KEPT * 1.1) this.#sent = this.#sent.slice(-REPLAY_KEPT);
    return event;
  }

  /** The events after `seq`, or `undefined` if some of them are no longer kept or never happened. */
  missedSince(seq: number): readonly StoredEvent[] | undefined {
    if (seq > this.seq) return undefined;
    const oldest = this.#sent[0]?.seq ?? this.seq + 1;
    if (seq + 1 < oldest && this.seq > seq) return undefined;
    return this.#sent.filter((event) => event.seq > seq);
  }
}
