/**
 * A small web service to watch and to break. Answers /health with JSON; its state can be changed with
 * POST /state. Prints its port. Usage: node web.js NAME PORT
 */
import { createServer } from "node:http";

const [name = "web", port = "0"] = process.argv.slice(2);
const state: { status: string; services: Record<string, string> } = {
  status: "healthy",
  services: { database: "healthy", cache: "healthy" },
};

const server = createServer((request, response) => {
  if (request.method === "POST" && request.url === "/state") {
    let body = "";
    request.on("data", (chunk: Buffer) => {
      body += chunk.toString("utf8").slice(0, 10_000);
    });
    request.on("end", () => {
      try {
        Object.assign(state, JSON.parse(body));
        response.writeHead(204).end();
      } catch {
        response.writeHead(400).end();
      }
    });
    return;
  }
  const healthy = state.status === "healthy";
  response.writeHead(healthy ? 200 : 503, { "content-type": "application/json" });
  response.end(JSON.stringify({ name, ...state, pid: process.pid }));
});

server.listen(Number(port), "127.0.0.1", () => {
  const address = server.address();
  process.stdout.write(`${JSON.stringify({ port: typeof address === "object" && address ? address.port : 0 })}\n`);
});
// Whoever started it is gone, however that came about.
process.stdin.resume().once("end", () => process.exit(0));
process.on("SIGTERM", () => server.close(() => process.exit(0)));
