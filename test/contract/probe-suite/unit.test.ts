import type { Socket } from "node:net";

import { afterAll, beforeAll } from "vitest";

import { unit } from "../../../src/probe/unit.js";
import { needs } from "../../support/engine/needs.js";
import { drip, pours, says, silent, streamServer } from "../../support/faults/stream-server.js";
import type { StreamServer } from "../../support/faults/stream-server.js";
import { SystemdEngine } from "../../support/systemd/engine.js";
import { until } from "../../support/until.js";
import type { FaultCase, Scene } from "./suite.js";
import { probeSuite } from "./suite.js";

needs("root", "systemd", "dbus");

let engine: SystemdEngine;

beforeAll(async () => {
  engine = await SystemdEngine.start({ "steady.service": "[Service]\nExecStart=/bin/sleep 1000\n" });
  await engine.systemctl("start", "steady");
});

afterAll(() => engine.stop());

interface BusScene extends Scene {
  readonly server: StreamServer;
}

async function bus(onConnection: (socket: Socket) => void): Promise<BusScene> {
  const server = await streamServer("unix", onConnection);
  return {
    server,
    options: { unit: "steady" },
    deps: { systemBusAddress: `unix:path=${server.path}` },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

function at(address: string): Promise<Scene> {
  return Promise.resolve({
    options: { unit: "steady" },
    deps: { systemBusAddress: address },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
}

function heard(times: number): (scene: Scene) => boolean {
  return (scene) => "server" in scene && (scene as BusScene).server.heard >= times;
}

/** However the bus misbehaves, the unit is not to blame. */
function faulty(as: string, onConnection: (socket: Socket) => void): FaultCase {
  return { as, expected: "bus_unreachable", arrange: () => bus(onConnection) };
}

/** The login is answered as a bus does; then comes the given condition. */
const OK = "OK 0123456789abcdef0123456789abcdef\r\n";

/** The fixed part of a message header that announces a body (D-Bus Specification, "Message Format"). */
function announcing(bodyBytes: number): Buffer {
  const header = Buffer.alloc(16);
  header.set([0x6c, 2, 0, 1]);
  header.writeUInt32LE(bodyBytes, 4);
  header.writeUInt32LE(1, 8);
  return header;
}

async function running(): Promise<Scene & { restart(): Promise<void> }> {
  return {
    ...(await at(engine.busAddress)),
    async restart() {
      const before = await engine.property("dbus.service", "MainPID");
      await engine.systemctl("kill", "-s", "KILL", "dbus.service");
      await until("the old bus is gone", async () => (await engine.property("dbus.service", "MainPID")) !== before);
      await until("systemd is on the new bus", async () => {
        const answer = await engine.exec("busctl", "--system", "status", "org.freedesktop.systemd1");
        return answer.code === 0;
      });
    },
  };
}

probeSuite({
  kind: unit,
  healthy: running,
  restartable: running,
  faults: {
    refused: [
      { as: "no socket", expected: "bus_unreachable", arrange: () => at("unix:path=/nonexistent/bus") },
      { as: "an address of another kind", expected: "bus_unreachable", arrange: () => at("tcp:host=127.0.0.1,port=1") },
      faulty("the login is not taken up", (socket) => socket.destroy()),
    ],
    silent: [
      { ...faulty("no byte", silent), reached: heard(1) },
      { ...faulty("no answer after the login", says(OK)), reached: heard(2) },
    ],
    slow_drip: [{ ...faulty("within the login", drip("OK ")), reached: heard(1) }],
    wrong_protocol: [
      faulty("a web server", says("HTTP/1.1 400 Bad Request\r\n\r\n")),
      faulty("other bytes after the login", says(`${OK}${"x".repeat(64)}`)),
      faulty("a message that ends in itself", says(Buffer.concat([Buffer.from(OK), announcing(0).fill(0xff, 4)]))),
      { ...faulty("a login that is refused", says("REJECTED EXTERNAL\r\n")), expected: "not_permitted" },
    ],
    endless_body: [
      faulty("a login line without end", pours([], Buffer.alloc(4096, 0x78))),
      faulty("a message of 1 GiB", pours([Buffer.concat([Buffer.from(OK), announcing(2 ** 30)])], Buffer.alloc(4096))),
    ],
  },
});
