import { createConnection } from "node:net";
import type { Socket } from "node:net";

import type { Clock } from "../clock.js";
import { messageOf, systemCodeOf } from "../errors.js";
import { DEFAULT_SYSTEM_BUS_ADDRESS, socketsOf } from "./address.js";
import { BusProtocolError, encodeCall, MESSAGE_TYPES, MessageReader } from "./codec.js";
import type { BusMessage } from "./codec.js";
import { authenticate } from "./handshake.js";

/** Why a bus or what stands behind it did not do as asked. */
export type BusProblem =
  /** No bus there, or none we could talk to. */
  | { readonly kind: "unreachable"; readonly message: string }
  | { readonly kind: "not_permitted"; readonly message: string }
  | { readonly kind: "no_descriptors"; readonly message: string }
  /** The connection ended before the answer came. */
  | { readonly kind: "closed"; readonly message: string }
  /** The caller's signal aborted. */
  | { readonly kind: "aborted"; readonly message: string }
  /** An error reply; `name` as on the bus (`org.freedesktop.DBus.Error.…`). */
  | { readonly kind: "error"; readonly name: string; readonly message: string };

export type BusReply =
  | { readonly ok: true; readonly body: readonly unknown[] }
  | { readonly ok: false; readonly problem: BusProblem };

export type BusOpened =
  | { readonly ok: true; readonly bus: BusConnection }
  | { readonly ok: false; readonly problem: BusProblem };

export interface BusCall {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly signature?: string;
  readonly body?: readonly unknown[];
}

/** The bus itself, as a destination. */
const BUS = {
  destination: "org.freedesktop.DBus",
  path: "/org/freedesktop/DBus",
  interface: "org.freedesktop.DBus",
} as const;

const LAST_SERIAL = 2 ** 32 - 1;

/** One connection to a message bus. Every outcome is a value; nothing throws, and nothing waits longer than its signal. */
export class BusConnection {
  readonly #socket: Socket;
  readonly #pending = new Map<number, (reply: BusReply) => void>();
  readonly #reader = new MessageReader();
  readonly #onSignal: (message: BusMessage) => void;
  readonly #onClose: (message: string) => void;
  #serial = 0;
  #closed: string | undefined;

  /** Takes over a socket that is logged in. `early` are bytes that came with the end of the login. */
  constructor(
    socket: Socket,
    early: Buffer,
    listeners: { onSignal: (message: BusMessage) => void; onClose: (message: string) => void },
  ) {
    this.#socket = socket;
    this.#onSignal = listeners.onSignal;
    this.#onClose = listeners.onClose;
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
    socket.on("error", (error) => this.#end(error.message));
    socket.on("close", () => this.#end("the bus closed the connection"));
    if (early.length > 0) this.#read(early);
    // The login left it paused, so that no byte was lost in between.
    socket.resume();
  }

  get closed(): boolean {
    return this.#closed !== undefined;
  }

  call(call: BusCall, signal: AbortSignal): Promise<BusReply> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve(aborted(signal));
      if (this.#closed !== undefined) return resolve(failure("closed", this.#closed));
      this.#serial = this.#serial === LAST_SERIAL ? 1 : this.#serial + 1;
      const serial = this.#serial;
      const settle = (reply: BusReply): void => {
        this.#pending.delete(serial);
        signal.removeEventListener("abort", onAbort);
        resolve(reply);
      };
      const onAbort = (): void => settle(aborted(signal));
      signal.addEventListener("abort", onAbort, { once: true });
      this.#pending.set(serial, settle);
      this.#socket.write(encodeCall({ ...call, serial }));
    });
  }

  /** Asks the bus for the signals a match rule describes (`type='signal',path='/…'`). */
  addMatch(rule: string, signal: AbortSignal): Promise<BusReply> {
    return this.call({ ...BUS, member: "AddMatch", signature: "s", body: [rule] }, signal);
  }

  removeMatch(rule: string, signal: AbortSignal): Promise<BusReply> {
    return this.call({ ...BUS, member: "RemoveMatch", signature: "s", body: [rule] }, signal);
  }

  hello(signal: AbortSignal): Promise<BusReply> {
    return this.call({ ...BUS, member: "Hello" }, signal);
  }

  close(): void {
    this.#end("closed here");
  }

  #read(chunk: Buffer): void {
    try {
      for (const message of this.#reader.push(chunk)) this.#dispatch(message);
    } catch (thrown) {
      // After one unreadable message the rest of the stream cannot be trusted to be cut right.
      if (!(thrown instanceof BusProtocolError)) throw thrown;
      this.#end(thrown.message);
    }
  }

  #dispatch(message: BusMessage): void {
    if (this.#closed !== undefined) return;
    if (message.type === MESSAGE_TYPES.signal) {
      this.#onSignal(message);
      return;
    }
    const settle = message.replySerial === undefined ? undefined : this.#pending.get(message.replySerial);
    // A late answer to an aborted call finds nobody waiting.
    if (!settle) return;
    if (message.type === MESSAGE_TYPES.reply) settle({ ok: true, body: message.body() });
    else if (message.type === MESSAGE_TYPES.error) settle(errorReply(message));
  }

  #end(message: string): void {
    if (this.#closed !== undefined) return;
    this.#closed = message;
    this.#socket.destroy();
    for (const settle of this.#pending.values()) settle(failure("closed", message));
    this.#onClose(message);
  }
}

function failure(kind: Exclude<BusProblem["kind"], "error">, message: string): BusReply & { ok: false } {
  return { ok: false, problem: { kind, message } };
}

function aborted(signal: AbortSignal): BusReply & { ok: false } {
  return failure("aborted", messageOf(signal.reason));
}

function errorReply(message: BusMessage): BusReply {
  const [text] = message.body();
  return {
    ok: false,
    problem: { kind: "error", name: message.errorName, message: typeof text === "string" ? text : "" },
  };
}

function connectProblem(thrown: unknown): BusProblem {
  const message = messageOf(thrown);
  switch (systemCodeOf(thrown)) {
    case "EACCES":
    case "EPERM":
      return { kind: "not_permitted", message };
    case "EMFILE":
    case "ENFILE":
      return { kind: "no_descriptors", message };
    default:
      return { kind: "unreachable", message };
  }
}

function connect(path: string, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ path });
    const onAbort = (): void => {
      socket.destroy();
      reject(signal.reason as Error);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    socket.once("error", (error) => {
      signal.removeEventListener("abort", onAbort);
      reject(error);
    });
    socket.once("connect", () => {
      signal.removeEventListener("abort", onAbort);
      resolve(socket);
    });
  });
}

async function openOne(path: string, options: OpenOptions, signal: AbortSignal): Promise<BusOpened> {
  let socket: Socket | undefined;
  try {
    socket = await connect(path, signal);
    const early = await authenticate(socket, process.getuid?.() ?? 0, signal);
    if (!early.ok) {
      socket.destroy();
      return { ok: false, problem: { kind: early.kind, message: early.message } };
    }
    const bus = new BusConnection(socket, early.rest, options);
    const hello = await bus.hello(signal);
    if (hello.ok) return { ok: true, bus };
    bus.close();
    return { ok: false, problem: { kind: "unreachable", message: `the bus refused us: ${hello.problem.message}` } };
  } catch (thrown) {
    socket?.destroy();
    return { ok: false, problem: connectProblem(thrown) };
  }
}

export interface OpenOptions {
  /** As in DBUS_SYSTEM_BUS_ADDRESS; undefined: the platform's system bus. */
  readonly address: string | undefined;
  readonly clock: Clock;
  /** For connecting and logging in together. */
  readonly timeoutMs: number;
  readonly onSignal: (message: BusMessage) => void;
  /** Called once, when the connection has ended, whoever ended it. */
  readonly onClose: (message: string) => void;
}

/** Connects to a message bus and logs in as the user this process runs as. */
export async function openBus(options: OpenOptions, parent?: AbortSignal): Promise<BusOpened> {
  const address = options.address ?? DEFAULT_SYSTEM_BUS_ADDRESS;
  const paths = socketsOf(address);
  if (paths.length === 0) {
    return {
      ok: false,
      problem: { kind: "unreachable", message: `"${address}" names no unix socket; expected unix:path=…` },
    };
  }
  using deadline = options.clock.deadline(options.timeoutMs, parent);
  let last: BusOpened | undefined;
  for (const path of paths) {
    last = await openOne(path, options, deadline.signal);
    if (last.ok) return last;
    if (deadline.signal.aborted) break;
  }
  if (parent?.aborted) return aborted(parent);
  return last ?? { ok: false, problem: { kind: "unreachable", message: "no socket to try" } };
}
