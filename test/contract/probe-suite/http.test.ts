import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";

import { http } from "../../../src/probe/http.js";
import { breaksAfter, drip, pours, says, silent, streamServer } from "../../support/faults/stream-server.js";
import type { StreamServer } from "../../support/faults/stream-server.js";
import type { FaultCase, Scene } from "./suite.js";
import { probeSuite } from "./suite.js";

interface RawScene extends Scene {
  readonly server: StreamServer;
}

async function raw(onConnection: (socket: Socket) => void, scheme: "http" | "https" = "http"): Promise<RawScene> {
  const server = await streamServer("tcp", onConnection);
  return {
    server,
    options: { url: `${scheme}://127.0.0.1:${server.port}/`, maxBody: "64KiB", expect: { body: "well" } },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

function seen(scene: Scene): boolean {
  return "server" in scene && (scene as RawScene).server.heard > 0;
}

function raws(
  as: string,
  expected: string,
  onConnection: (socket: Socket) => void,
  scheme?: "http" | "https",
): FaultCase {
  return { as, expected, arrange: () => raw(onConnection, scheme) };
}

function rawsUntilDeadline(as: string, onConnection: (socket: Socket) => void, scheme?: "http" | "https"): FaultCase {
  return { ...raws(as, "timeout", onConnection, scheme), reached: seen };
}

async function nobody(): Promise<Scene> {
  const server = await streamServer("tcp", silent);
  await server[Symbol.asyncDispose]();
  return { options: { url: `http://127.0.0.1:${server.port}/` }, [Symbol.asyncDispose]: () => Promise.resolve() };
}

async function answering(): Promise<Scene & { restart(): Promise<void> }> {
  let server = createServer((_request, response) => response.end("well"));
  const listen = (port: number): Promise<void> => new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  const close = (): Promise<unknown> => new Promise((resolve) => server.close(resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    options: { url: `http://127.0.0.1:${port}/`, expect: { body: "well" } },
    async restart() {
      await close();
      server = createServer((_request, response) => response.end("well again"));
      await listen(port);
    },
    async [Symbol.asyncDispose]() {
      await close();
    },
  };
}

const HEAD = "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n";

probeSuite({
  kind: http,
  healthy: answering,
  restartable: answering,
  faults: {
    refused: [{ as: "nobody listens", arrange: nobody, expected: "refused" }],
    silent: [
      rawsUntilDeadline("no byte", silent),
      rawsUntilDeadline("no byte of TLS", silent, "https"),
      raws("hangs up without a word", "reset", breaksAfter("")),
      raws("hangs up within the body", "reset", breaksAfter(`${HEAD}content-length: 100\r\n\r\nfirst`)),
    ],
    slow_drip: [
      rawsUntilDeadline("within the header", drip(`${HEAD}x-slow: `)),
      rawsUntilDeadline("within the body", drip(`${HEAD}content-length: 100000\r\n\r\n`)),
    ],
    wrong_protocol: [
      raws("a mail server", "wrong_protocol", says("220 mail.example ESMTP ready\r\n")),
      raws("plain HTTP where TLS is expected", "wrong_protocol", says(`${HEAD}\r\n`), "https"),
      // A TLS record of type alert: fatal, handshake_failure (RFC 8446, section 6).
      raws("a TLS server that refuses us", "tls", says(Buffer.from([0x15, 3, 3, 0, 2, 2, 40])), "https"),
      raws("bytes without meaning", "wrong_protocol", says(Buffer.alloc(64, 0xff))),
    ],
    endless_body: [
      raws("a body without end", "too_large", pours([`${HEAD}\r\n`], Buffer.alloc(4096, 0x78))),
      raws("a header without end", "headers_too_large", pours([`${HEAD}x-long: `], Buffer.alloc(4096, 0x78))),
    ],
  },
});
