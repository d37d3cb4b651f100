/** The least that makes the same requests: a bare script, a timer and node:http. What Toban's own cost is held against. */
import { get } from "node:http";

const urls = (process.env["URLS"] ?? "").split(",");
const everyMs = Number(process.env["EVERY_MS"]);

function check(url: string): void {
  get(url, { agent: false, headers: { connection: "close" } }, (response) => {
    response.resume();
  }).on("error", () => undefined);
}

for (const [index, url] of urls.entries()) {
  setTimeout(() => setInterval(() => check(url), everyMs), (index * everyMs) / urls.length);
}
