import { expect, test } from "vitest";

import { BusProtocolError, encodeCall, MessageReader, propertiesOf } from "../../../src/base/bus/codec.js";
import type { BusMessage } from "../../../src/base/bus/codec.js";
import { fc } from "../../support/fast-check.js";

const word = fc.stringMatching(/^[a-z]{1,8}$/);
const call = fc.record({
  serial: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
  destination: word.map((name) => `org.${name}`),
  path: word.map((name) => `/${name}`),
  interface: word.map((name) => `org.${name}`),
  member: word,
  signature: fc.constant("sas"),
  body: fc.tuple(fc.string(), fc.array(fc.string())),
});

/** Cuts bytes at the given places, in order. */
function cut(bytes: Buffer, at: readonly number[]): readonly Buffer[] {
  const places = [...new Set(at.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, index) => bytes.subarray(from, places[index] ?? bytes.length));
}

function shown(message: BusMessage): unknown {
  const { serial, path, member } = message;
  return { serial, path, interface: message.interface, member, body: message.body() };
}

test("messages are read back whole, however the stream was cut", () => {
  fc.assert(
    fc.property(
      fc.array(call, { minLength: 1, maxLength: 4 }),
      fc.array(fc.nat(2_000), { maxLength: 8 }),
      (calls, at) => {
        const bytes = Buffer.concat(calls.map((one) => encodeCall(one)));
        const reader = new MessageReader();
        const messages = cut(bytes, at).flatMap((chunk) => reader.push(chunk));
        expect(messages.map(shown)).toEqual(
          calls.map(({ serial, path, member, body, interface: name }) => ({
            serial,
            path,
            interface: name,
            member,
            body,
          })),
        );
      },
    ),
  );
});

function outcomeOf(read: () => unknown): string {
  try {
    read();
    return "read";
  } catch (thrown) {
    return thrown instanceof BusProtocolError ? "refused" : String(thrown);
  }
}

test("bytes that are no messages are refused as such, or waited for; nothing else happens", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, begun) => {
      const start = begun ? [0x6c, 2, 0, 1, 8, 0, 0, 0, 1, 0, 0, 0, 24, 0, 0, 0] : [];
      const read = (): unknown => new MessageReader().push(Buffer.from([...start, ...bytes])).map(shown);
      expect(outcomeOf(read)).toMatch(/^(read|refused)$/);
    }),
  );
});

test("a message longer than is taken is refused from its header", () => {
  const header = Buffer.alloc(16);
  header.set([0x6c, 2, 0, 1]);
  header.writeUInt32LE(2 ** 31, 4);
  expect(() => new MessageReader().push(header)).toThrow(/more than is taken/);
});

test("properties become a map of plain values; what is none is left out", () => {
  const decoded = [
    ["ActiveState", [[{ type: "s", child: [] }], ["active"]]],
    ["NRestarts", [[{ type: "u", child: [] }], [3]]],
    [7, "odd"],
    "odder",
  ];
  expect([...propertiesOf(decoded)]).toEqual([
    ["ActiveState", "active"],
    ["NRestarts", 3],
  ]);
  expect(propertiesOf(undefined).size).toBe(0);
});
