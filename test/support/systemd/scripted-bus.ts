import type { Socket } from "node:net";

import { marshall } from "@homebridge/dbus-native/lib/message.js";

import { MESSAGE_TYPES, MessageReader } from "../../../src/base/bus/codec.js";
import type { BusMessage } from "../../../src/base/bus/codec.js";
import { MANAGER_INTERFACE, MANAGER_PATH } from "../../../src/base/systemd/protocol.js";
import { streamServer } from "../faults/stream-server.js";

/** What a scripted systemd can do about a call. */
export interface Teller {
  reply(signature?: string, ...body: readonly unknown[]): void;
  error(name: string, message: string): void;
  jobRemoved(path: string, result: string, unit?: string): void;
  /** Ends the connection, as a bus that is killed does. */
  hangUp(): void;
}

type Script = Readonly<Record<string, (teller: Teller, body: readonly unknown[]) => void>>;

export interface ScriptedBus extends AsyncDisposable {
  readonly address: string;
  /** The members that were called, in order. */
  readonly calls: readonly string[];
}

/**
 * A bus with a systemd on it that answers as told, for what a real one does too seldom or not at all. A call that the script does not
 * know is answered by nothing, but for the bus's own.
 */
export async function scriptedBus(script: Script): Promise<ScriptedBus> {
  const calls: string[] = [];
  const server = await streamServer("unix", (socket) => {
    const reader = new MessageReader();
    let loggedIn = false;
    socket.on("data", (chunk: Buffer) => {
      if (loggedIn) return serve(chunk);
      const begin = chunk.indexOf("BEGIN\r\n");
      if (begin < 0) return socket.write("OK 0123456789abcdef0123456789abcdef\r\n");
      loggedIn = true;
      serve(chunk.subarray(begin + 7));
    });
    const serve = (chunk: Buffer): void => {
      for (const call of reader.push(chunk)) {
        calls.push(call.member);
        const teller = tellerOf(socket, call);
        const own = script[call.member];
        if (own) own(teller, call.body());
        else if (call.member === "Hello") teller.reply("s", ":1.1");
        else if (call.member === "AddMatch" || call.member === "Subscribe") teller.reply();
      }
    };
  });
  return {
    address: `unix:path=${server.path}`,
    calls,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

let serial = 0;

function send(socket: Socket, message: Readonly<Record<string, unknown>>): void {
  serial += 1;
  socket.write(marshall({ serial, sender: "org.freedesktop.systemd1", destination: ":1.1", ...message }));
}

function tellerOf(socket: Socket, call: BusMessage): Teller {
  const replySerial = call.serial;
  return {
    reply(signature, ...body) {
      const content = signature === undefined ? {} : { signature, body };
      send(socket, { type: MESSAGE_TYPES.reply, replySerial, ...content });
    },
    error(errorName, message) {
      send(socket, { type: MESSAGE_TYPES.error, replySerial, errorName, signature: "s", body: [message] });
    },
    jobRemoved(path, result, unit = "shop.service") {
      const body = [7, path, unit, result];
      const place = { path: MANAGER_PATH, interface: MANAGER_INTERFACE, member: "JobRemoved" };
      send(socket, { type: MESSAGE_TYPES.signal, ...place, signature: "uoss", body });
    },
    hangUp: () => socket.destroy(),
  };
}
