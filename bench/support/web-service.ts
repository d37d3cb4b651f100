import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A local server whose every path answers with one status, which can be changed. */
export class WebService {
  status = 200;
  requests = 0;
  readonly #server = createServer((_, response) => {
    this.requests += 1;
    response.writeHead(this.status, { "content-type": "application/json" }).end("{}");
  });

  async start(): Promise<void> {
    await new Promise<void>((settle) => this.#server.listen(0, "127.0.0.1", settle));
  }

  url(path: string): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${path}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((settle) => this.#server.close(settle));
  }
}
