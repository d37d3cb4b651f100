import type { Headers } from "./limiter.js";

/** An answer of the network edge in front of the API: a page for people, not JSON. */
export interface EdgePage {
  readonly status: number;
  readonly headers: Headers;
  readonly html: string;
}

/** The page that the edge shows for a blocked or limited address, or for a service that does not answer. */
export function edgePage(status: number, retryAfterS?: number): EdgePage {
  const title =
    status === 429 ? "Access denied | discord.com used Cloudflare to restrict access" : `discord.com | ${status}`;
  const cause =
    status === 429 || status === 403
      ? `<h1><span>Error</span> <span>${status === 429 ? 1015 : 1006}</span></h1><h2>You are being ${status === 429 ? "rate limited" : "blocked"}</h2>`
      : `<h1>${status}</h1><h2>The web server reported an error</h2>`;
  return {
    status,
    headers: {
      "content-type": "text/html; charset=UTF-8",
      server: "cloudflare",
      ...(retryAfterS === undefined ? {} : { "retry-after": String(retryAfterS) }),
    },
    html: `<!DOCTYPE html>\n<html lang="en-US"><head><title>${title}</title></head><body>${cause}</body></html>\n`,
  };
}
