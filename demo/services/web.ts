/**
 * A small web service to watch and to break. Answers /health with JSON; its state can be changed with
 * POST /state; POST /errors with a number writes as many errors to its log. Prints its port. Usage: node web.js NAME PORT LOG
 */
import { appendFileSync } from "node:fs";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";

const [name = "web", port = "0", logFile = "/dev/null"] = process.argv.slice(2);
const MOST_ERRORS = 1_000;
const ERRORS = [
  "ERROR cannot reach database at 10.0.0.7:5432: connection refused",
  "ERROR request failed: GET /orders/4711 (pool exhausted, 20 of 20 in use)",
  "CRITICAL payment gateway refused the call, password=hunter2-demo was sent",
];
const state: { status: string; services: Record<string, string> } = {
  status: "healthy",
  services: { database: "healthy", cache: "healthy" },
};

function log(line: string): void {
  appendFileSync(logFile, `${new Date().toISOString()} ${line}\n`);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) body += String(chunk).slice(0, 10_000);
  return body.slice(0, 10_000);
}

/** Writes errors or takes another state; the status to answer with. */
function told(path: string | undefined, body: string): number {
  if (path === "/errors") {
    const count = Math.min(MOST_ERRORS, Math.max(0, Math.trunc(Number(body)) || 0));
    for (let at = 0; at < count; at += 1) log(ERRORS[at % ERRORS.length] ?? "");
    return 204;
  }
  try {
    Object.assign(state, JSON.parse(body));
    return 204;
  } catch {
    return 400;
  }
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === "POST") {
    response.writeHead(told(request.url, await bodyOf(request))).end();
    return;
  }
  const status = state.status === "healthy" ? 200 : 503;
  log(`INFO GET ${request.url ?? "/"} ${status}`);
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ name, ...state, pid: process.pid }));
}

// Whoever asked may be gone in the middle of what was said.
const server = createServer((request, response) => {
  answer(request, response).catch(() => response.destroy());
});

server.listen(Number(port), "127.0.0.1", () => {
  const address = server.address();
  log(`INFO ${name} started, PID ${process.pid}`);
  process.stdout.write(`${JSON.stringify({ port: typeof address === "object" && address ? address.port : 0 })}\n`);
});
// Whoever started it is gone, however that came about.
process.stdin.resume().once("end", () => process.exit(0));
process.on("SIGTERM", () => {
  log(`INFO ${name} was asked to end`);
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
