import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

import { ApiError } from "../errors.js";
import { ClientRefusal } from "../interactions/options.js";
import { isObject } from "../json.js";
import { readAll } from "../rest/body.js";
import type { Operations } from "./types.js";

const OPERATION_NAMES = [
  "identity",
  "changed",
  "act",
  "interaction",
  "say",
  "messages",
  "deleteMessage",
  "attachment",
  "channels",
  "guild",
  "createChannel",
  "deleteChannel",
  "setThread",
  "setPermissions",
  "setCommandPermissions",
  "addRole",
  "setRole",
  "deleteRole",
  "addMember",
  "setMember",
  "removeBot",
  "addBot",
  "setGuildAvailable",
  "addWebhook",
  "deleteWebhook",
  "commands",
  "setToken",
  "requests",
  "clearRequests",
  "invalidRequests",
  "liftBan",
  "fault",
  "faultState",
  "faultStruck",
  "removeFault",
  "clearFaults",
  "outage",
  "gateway",
  "gatewayState",
  "setSessionStartLimit",
  "clock",
  "switches",
] as const satisfies readonly (keyof Operations)[];

type OperationName = (typeof OPERATION_NAMES)[number];

function isOperation(name: string): name is OperationName {
  return (OPERATION_NAMES as readonly string[]).includes(name);
}

/** Calls an operation by name with whatever JSON came in; the operation itself judges its input. */
async function call(operations: Operations, name: OperationName, input: unknown): Promise<unknown> {
  if (!isObject(input)) throw new ClientRefusal("expected a JSON object as the body");
  if (name === "fault" && input["kind"] === "kill-callback") {
    throw new ClientRefusal("kill-callback is a function of the caller: it exists only in process");
  }
  const operation = operations[name].bind(operations) as (value: unknown) => Promise<unknown>;
  return operation(input);
}

/** Serves the control operations as `POST /control/<operation>` with a JSON body, on its own loopback port. */
export class ControlServer {
  readonly #server: Server;
  #port = 0;

  constructor(operations: Operations) {
    this.#server = createServer((request, response) => {
      const name = /^\/control\/(\w+)$/.exec(request.url ?? "")?.[1] ?? "";
      const answer = (status: number, body: unknown): void => {
        response.writeHead(status, { "content-type": "application/json" });
        response.end(JSON.stringify(body ?? null));
      };
      if (!isOperation(name) || request.method !== "POST") {
        answer(404, { error: `expected POST /control/<operation>; operations: ${OPERATION_NAMES.join(", ")}` });
        return;
      }
      readAll(request)
        .then((bytes) => call(operations, name, JSON.parse(bytes?.toString("utf8") || "{}")))
        .then((result) => answer(200, { result: result ?? null }))
        .catch((error: unknown) => {
          const known = error instanceof ClientRefusal || error instanceof ApiError || error instanceof SyntaxError;
          answer(known ? 400 : 500, { error: error instanceof Error ? error.message : String(error) });
        });
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/control`;
  }

  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, "127.0.0.1", resolve);
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }
}
