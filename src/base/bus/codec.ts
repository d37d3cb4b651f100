import DBusBuffer from "@homebridge/dbus-native/lib/dbus-buffer.js";
import { marshall } from "@homebridge/dbus-native/lib/message.js";

/** The types of message (D-Bus Specification, "Message Format"). */
export const MESSAGE_TYPES = { call: 1, reply: 2, error: 3, signal: 4 } as const;

/** Longest message taken. The specification allows 128 MiB; a list of a thousand units has 0.3 MiB. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
const HEADER_BYTES = 16;
const LITTLE_ENDIAN = 0x6c;
const BIG_ENDIAN = 0x42;

/** Codes of the header fields that are read. */
const FIELDS = { path: 1, interface: 2, member: 3, errorName: 4, replySerial: 5, sender: 7, signature: 8 } as const;

export class BusProtocolError extends Error {
  override readonly name = "BusProtocolError";
}

export interface BusMessage {
  readonly type: number;
  readonly serial: number;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly errorName: string;
  readonly replySerial: number | undefined;
  readonly sender: string;
  /** Decodes the body, so that a signal nobody wants costs no more than its header. Throws {@link BusProtocolError}. */
  body(): readonly unknown[];
}

export interface OutgoingCall {
  readonly serial: number;
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly signature?: string;
  readonly body?: readonly unknown[];
}

export function encodeCall(call: OutgoingCall): Buffer {
  return marshall({ ...call, type: MESSAGE_TYPES.call });
}

function length(header: Buffer): number {
  const endianness = header[0];
  const type = header[1] ?? 0;
  if ((endianness !== LITTLE_ENDIAN && endianness !== BIG_ENDIAN) || type === 0 || header[3] !== 1) {
    throw new BusProtocolError("what came is no D-Bus message");
  }
  const little = endianness === LITTLE_ENDIAN;
  const body = little ? header.readUInt32LE(4) : header.readUInt32BE(4);
  const fields = little ? header.readUInt32LE(12) : header.readUInt32BE(12);
  const total = HEADER_BYTES + Math.ceil(fields / 8) * 8 + body;
  if (total > MAX_MESSAGE_BYTES) throw new BusProtocolError(`a message of ${total} bytes, more than is taken`);
  return total;
}

/** Cuts a stream of bytes into messages. */
export class MessageReader {
  #chunks: Buffer[] = [];
  #size = 0;

  /** The messages that are complete with this chunk. Throws {@link BusProtocolError} on anything that is none. */
  push(chunk: Buffer): readonly BusMessage[] {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    const messages: BusMessage[] = [];
    while (this.#size >= HEADER_BYTES) {
      if ((this.#chunks[0]?.length ?? 0) < HEADER_BYTES) this.#join();
      const first = this.#chunks[0] ?? Buffer.alloc(0);
      const wanted = length(first);
      if (this.#size < wanted) break;
      if (first.length < wanted) this.#join();
      const whole = this.#chunks[0] ?? Buffer.alloc(0);
      messages.push(decode(whole.subarray(0, wanted)));
      this.#chunks[0] = whole.subarray(wanted);
      this.#size -= wanted;
    }
    return messages;
  }

  #join(): void {
    this.#chunks = [Buffer.concat(this.#chunks)];
  }
}

function reader(frame: Buffer): DBusBuffer {
  return new DBusBuffer(frame, undefined, {
    ayBuffer: true,
    ReturnLongjs: false,
    littleEndian: frame[0] === LITTLE_ENDIAN,
  });
}

function decode(frame: Buffer): BusMessage {
  try {
    const buffer = reader(frame);
    const header = buffer.read("yyyyuua(yv)");
    const fields = new Map<unknown, unknown>();
    for (const field of asList(header[6])) {
      const [code, value] = asList(field);
      fields.set(code, plainValue(value));
    }
    const textOf = (code: number): string => {
      const value = fields.get(code);
      return typeof value === "string" ? value : "";
    };
    const signature = textOf(FIELDS.signature);
    const replySerial = fields.get(FIELDS.replySerial);
    buffer.align(3);
    return {
      type: Number(header[1]),
      serial: Number(header[5]),
      path: textOf(FIELDS.path),
      interface: textOf(FIELDS.interface),
      member: textOf(FIELDS.member),
      errorName: textOf(FIELDS.errorName),
      replySerial: typeof replySerial === "number" ? replySerial : undefined,
      sender: textOf(FIELDS.sender),
      body: () => (signature === "" ? [] : guarded(() => buffer.read(signature))),
    };
  } catch (thrown) {
    throw new BusProtocolError("a D-Bus message that cannot be read", { cause: thrown });
  }
}

function guarded(read: () => unknown[]): unknown[] {
  try {
    return read();
  } catch (thrown) {
    throw new BusProtocolError("a D-Bus body that cannot be read", { cause: thrown });
  }
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value inside a decoded variant `[tree, [value]]`. */
function plainValue(variant: unknown): unknown {
  return asList(asList(variant)[1])[0];
}

/** A decoded `a{sv}` as a map from name to plain value. */
export function propertiesOf(value: unknown): ReadonlyMap<string, unknown> {
  const map = new Map<string, unknown>();
  for (const entry of asList(value)) {
    const [name, variant] = asList(entry);
    if (typeof name === "string") map.set(name, plainValue(variant));
  }
  return map;
}
