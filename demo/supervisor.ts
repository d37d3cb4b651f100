import { rmSync } from "node:fs";
import { createServer } from "node:net";
import type { Server, Socket } from "node:net";
import { createInterface } from "node:readline";

import type { DemoService } from "./service.js";

type Deed = (service: DemoService) => Promise<void>;

const DEEDS: Readonly<Record<string, Deed>> = {
  restart: async (service) => {
    await service.stop();
    await service.start();
  },
  start: (service) => service.start(),
  stop: (service) => service.stop(),
};

/**
 * What systemd is elsewhere: it starts and stops the demo's services for whoever may write to its socket. A line is `restart web`; the
 * answer is `done`, or a sentence that says what was wrong.
 */
export class Supervisor {
  readonly path: string;
  readonly #services: ReadonlyMap<string, DemoService>;
  readonly #server: Server;
  readonly #open = new Set<Socket>();

  constructor(path: string, services: ReadonlyMap<string, DemoService>) {
    this.path = path;
    this.#services = services;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(this.path, resolve);
    });
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    for (const socket of this.#open) socket.destroy();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    rmSync(this.path, { force: true });
  }

  #serve(socket: Socket): void {
    this.#open.add(socket);
    socket.once("close", () => this.#open.delete(socket));
    // Whoever asked may have gone before the answer.
    socket.on("error", () => socket.destroy());
    createInterface({ input: socket }).once("line", (line) => {
      void this.#do(line).then((answer) => socket.end(`${answer}\n`));
    });
  }

  async #do(line: string): Promise<string> {
    const [word = "", name = ""] = line.trim().split(" ");
    const deed = DEEDS[word];
    const service = this.#services.get(name);
    if (deed === undefined) return `“${word}” is not understood; there are ${Object.keys(DEEDS).join(", ")}`;
    if (service === undefined)
      return `there is no service “${name}”; there are ${[...this.#services.keys()].join(", ")}`;
    try {
      await deed(service);
      return "done";
    } catch (thrown) {
      return thrown instanceof Error ? thrown.message : String(thrown);
    }
  }
}
