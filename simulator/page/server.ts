import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import type { Control } from "../control/client.js";
import { ApiError } from "../errors.js";
import { ClientRefusal } from "../interactions/options.js";
import { readAll } from "../rest/body.js";
import type { PageAction } from "./action.js";
import { readAsset } from "./assets.js";
import { PageDesk } from "./desk.js";

export interface PageOptions {
  /** What can be made to happen beside the page; none by default. */
  readonly actions?: readonly PageAction[];
  /** On 127.0.0.1; 0 (the default) takes a free one. */
  readonly port?: number;
}

const SECURITY = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
  "cross-origin-resource-policy": "same-origin",
} as const;

/** Pictures that a browser may show as such; every other file is text or a download, never a page of its own. */
const PICTURES: Readonly<Record<string, string>> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
};

type Operation = (input: unknown) => Promise<unknown>;

/** A page that shows a simulator as a small Discord, on its own loopback port. Whoever reaches it may do what the demo may. */
export class PageServer {
  readonly #server: Server;
  readonly #desk: PageDesk;
  readonly #operations: ReadonlyMap<string, Operation>;
  #port = 0;

  private constructor(control: Control, options: PageOptions) {
    const desk = new PageDesk(control, options.actions ?? []);
    this.#desk = desk;
    this.#operations = new Map<string, Operation>([
      ["sync", (input) => desk.sync(input)],
      ["act", (input) => desk.act(input)],
      ["say", (input) => desk.say(input)],
      ["run", (input) => desk.run(input)],
    ]);
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch((error: unknown) => {
        const known = error instanceof ClientRefusal || error instanceof ApiError || error instanceof SyntaxError;
        if (!response.headersSent) answer(response, known ? 400 : 500, { error: messageOf(error) });
      });
    });
  }

  static async start(control: Control, options: PageOptions = {}): Promise<PageServer> {
    const page = new PageServer(control, options);
    await new Promise<void>((resolve, reject) => {
      page.#server.once("error", reject);
      page.#server.listen(options.port ?? 0, "127.0.0.1", resolve);
    });
    page.#port = (page.#server.address() as AddressInfo).port;
    return page;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  /** A page of another origin must not speak for the person, whatever name it gave to 127.0.0.1. */
  #refused(request: IncomingMessage): string | undefined {
    const { host, origin } = request.headers;
    if (host !== `127.0.0.1:${this.#port}` && host !== `localhost:${this.#port}`)
      return `not served as "${host ?? ""}"`;
    if (origin !== undefined && origin !== `http://${host}`) return `not served to "${origin}"`;
    const json = request.headers["content-type"]?.startsWith("application/json") ?? false;
    return request.method === "POST" && !json ? "expected application/json" : undefined;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refused = this.#refused(request);
    if (refused !== undefined) return answer(response, 403, { error: refused });
    const path = new URL(request.url ?? "/", this.url).pathname;
    const operation = this.#operations.get(/^\/api\/(\w+)$/.exec(path)?.[1] ?? "");
    if (operation !== undefined && request.method === "POST") {
      const bytes = await readAll(request);
      const result = await operation(JSON.parse(bytes?.toString("utf8") || "{}"));
      return answer(response, 200, { result });
    }
    if (request.method !== "GET") return answer(response, 405, { error: "expected GET" });
    const file = /^\/files\/(\d{1,20})\/([^/]*)$/.exec(path);
    if (file) return this.#file(response, file[1] ?? "", file[2] ?? "");
    const asset = await readAsset(path);
    if (asset === undefined) return answer(response, 404, { error: `there is no ${path}` });
    response.writeHead(200, { ...SECURITY, "content-type": asset.contentType }).end(asset.bytes);
  }

  async #file(response: ServerResponse, id: string, name: string): Promise<void> {
    const bytes = await this.#desk.file(id);
    const picture = PICTURES[name.split(".").at(-1)?.toLowerCase() ?? ""];
    response
      .writeHead(200, {
        ...SECURITY,
        "content-security-policy": "default-src 'none'; sandbox",
        "content-type": picture ?? "text/plain; charset=utf-8",
        ...(picture === undefined ? { "content-disposition": "attachment" } : {}),
      })
      .end(bytes);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { ...SECURITY, "content-type": "application/json" }).end(JSON.stringify(body));
}
