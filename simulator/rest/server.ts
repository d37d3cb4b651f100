import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

import type { SimulatedClock } from "../clock.js";
import type { Pipeline } from "./pipeline.js";

export type OutageMode = "refuse" | "reset";

/** The listening side: sockets, outages and the way from a request to the pipeline. */
export class RestServer {
  readonly #clock: SimulatedClock;
  readonly #pipeline: Pipeline;
  #server: Server;
  readonly #sockets = new Set<Socket>();
  #port = 0;
  #outage: OutageMode | undefined;
  readonly #onUpgrade: (request: IncomingMessage, socket: Socket, head: Buffer) => void;

  constructor(
    clock: SimulatedClock,
    pipeline: Pipeline,
    onUpgrade: (request: IncomingMessage, socket: Socket, head: Buffer) => void,
  ) {
    this.#clock = clock;
    this.#pipeline = pipeline;
    this.#onUpgrade = onUpgrade;
    this.#server = this.#create();
  }

  get port(): number {
    return this.#port;
  }

  get outage(): OutageMode | undefined {
    return this.#outage;
  }

  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, "127.0.0.1", () => {
        this.#server.off("error", reject);
        resolve();
      });
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Cuts every connection; new ones are refused or reset until `endOutage`. */
  async beginOutage(mode: OutageMode): Promise<void> {
    await this.endOutage();
    this.#outage = mode;
    this.dropConnections();
    if (mode === "refuse") await this.#closeListener();
  }

  async endOutage(): Promise<void> {
    const mode = this.#outage;
    if (mode === undefined) return;
    this.#outage = undefined;
    if (mode !== "refuse") return;
    this.#server = this.#create();
    await this.listen(this.#port);
  }

  dropConnections(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await this.#closeListener();
  }

  #closeListener(): Promise<void> {
    return new Promise((resolve) => {
      if (!this.#server.listening) {
        resolve();
        return;
      }
      this.#server.close(() => resolve());
      for (const socket of this.#sockets) socket.destroy();
    });
  }

  #create(): Server {
    const server = createServer({ keepAliveTimeout: 60_000 });
    server.on("connection", (socket: Socket) => {
      if (this.#outage !== undefined) {
        socket.on("error", () => undefined);
        socket.resetAndDestroy();
        return;
      }
      socket.setNoDelay(true);
      this.#sockets.add(socket);
      socket.on("error", () => undefined);
      socket.once("close", () => this.#sockets.delete(socket));
    });
    server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      void this.#pipeline.serve(request, response, this.#clock.monotonic());
    });
    server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
      this.#onUpgrade(request, socket, head);
    });
    return server;
  }
}
