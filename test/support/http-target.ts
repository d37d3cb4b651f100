import { createServer } from "node:http";
import type { IncomingMessage, RequestListener } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo, Server } from "node:net";

import type { HttpFacts } from "../../src/model/facts.js";
import type { Run } from "../../src/model/run.js";
import { http } from "../../src/probe/http.js";
import type { KeyPair } from "./certificates.js";
import { probeDeps, runOnce, targetOf } from "./probe-bound.js";

export interface Served extends AsyncDisposable {
  readonly port: number;
  readonly requests: IncomingMessage[];
}

export async function serve(listener: RequestListener, pair?: KeyPair): Promise<Served> {
  const requests: IncomingMessage[] = [];
  const record: RequestListener = (request, response) => {
    requests.push(request);
    listener(request, response);
  };
  const server: Server = pair ? createSecureServer({ ...pair }, record) : createServer(record);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function ask(options: Readonly<Record<string, unknown>>): Promise<Run> {
  const deps = probeDeps();
  const target = targetOf(http, options);
  return runOnce(http.create(target, deps), target, deps);
}

export function factsOf(run: Run): HttpFacts {
  if (run.result.status === "ok" && run.result.facts?.kind === "http") return run.result.facts;
  throw new Error(`no facts: ${JSON.stringify(run.result)}`);
}

export function answering(
  status: number,
  body: string | Buffer,
  headers: Record<string, string> = {},
): RequestListener {
  return (_request, response) => response.writeHead(status, headers).end(body);
}
