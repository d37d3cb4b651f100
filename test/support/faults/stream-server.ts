import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A server of raw streams that misbehaves as told, on a loopback port or a unix socket. */
export interface StreamServer extends AsyncDisposable {
  readonly port: number;
  readonly path: string;
  /** How often somebody has been heard: chunks of bytes that came, over all connections. */
  readonly heard: number;
}

async function listen(
  server: Server,
  where: "tcp" | "unix",
): Promise<{ port: number; path: string; directory?: string }> {
  if (where === "tcp") {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return { port: (server.address() as AddressInfo).port, path: "" };
  }
  const directory = await mkdtemp(join(tmpdir(), "toban-fault-"));
  const path = join(directory, "socket");
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return { port: 0, path, directory };
}

/** Hands each connection to `onConnection`; errors of the sockets are expected and swallowed. */
export async function streamServer(
  where: "tcp" | "unix",
  onConnection: (socket: Socket) => void,
): Promise<StreamServer> {
  const sockets = new Set<Socket>();
  let heard = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("data", () => (heard += 1));
    socket.on("error", () => undefined);
    socket.once("close", () => sockets.delete(socket));
    onConnection(socket);
  });
  const { port, path, directory } = await listen(server, where);
  return {
    port,
    path,
    get heard() {
      return heard;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      if (directory !== undefined) await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Accepts, listens and says nothing. */
export function silent(): void {
  // The server reads what comes; no answer is the point.
}

/** Says `opening` when first spoken to, then one more byte every few milliseconds, for ever. */
export function drip(opening: string): (socket: Socket) => void {
  return (socket) => {
    socket.once("data", () => {
      socket.write(opening);
      const timer = setInterval(() => socket.write("x"), 10);
      socket.once("close", () => clearInterval(timer));
    });
  };
}

/** Says one thing when first spoken to, then leaves the connection open. */
export function says(text: string | Buffer): (socket: Socket) => void {
  return (socket) => {
    socket.once("data", () => socket.write(text));
  };
}

/** Says one thing when first spoken to, then breaks the connection. */
export function breaksAfter(text: string): (socket: Socket) => void {
  return (socket) => {
    socket.once("data", () => {
      if (text === "") socket.resetAndDestroy();
      else socket.write(text, () => socket.resetAndDestroy());
    });
  };
}

/** Answers each of the first chunks with the text of its turn; after the last it pours without end. */
export function pours(turns: readonly (string | Buffer)[], endless: Buffer): (socket: Socket) => void {
  return (socket) => {
    let turn = 0;
    const pour = (): void => {
      while (!socket.destroyed && socket.write(endless)) continue;
    };
    socket.on("data", () => {
      const answer = turns[turn];
      turn += 1;
      if (answer !== undefined) socket.write(answer);
      if (turn < turns.length) return;
      socket.on("drain", pour);
      pour();
    });
  };
}
