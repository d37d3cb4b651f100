import type { RESTOptions } from "@discordjs/rest";

import type { Clock } from "../../base/clock.js";
import { retryAfterMs } from "../../base/retry-after.js";
import type { EdgeBlock } from "../../model/contract/edge-block.js";
import { exchange } from "./exchange.js";

/** Not asked: Discord's edge shuts this address out, and asking would prolong it. */
export class EdgeBlockedError extends Error {
  override readonly name = "EdgeBlockedError";
  readonly remainingMs: number;
  constructor(remainingMs: number) {
    super("Discord's edge shuts this address out");
    this.remainingMs = remainingMs;
  }
}

/** How long to be silent if the edge does not say, and at most. */
const UNSAID_MS = 10 * 60_000;
const LONGEST_MS = 24 * 3_600_000;

/** For a process that asks a few things and ends. */
export function createEdgeBlock(clock: Clock): EdgeBlock {
  let until = -Infinity;
  return {
    remainingMs: () => Math.max(0, until - clock.monotonic()),
    refused(_detail, _startedAt, askedMs = 0) {
      const ms = askedMs > 0 ? Math.min(LONGEST_MS, askedMs) : UNSAID_MS;
      until = Math.max(until, clock.monotonic() + ms);
    },
  };
}

/** Sends nothing while the edge block lasts, and tells it of every page of the edge that comes instead of Discord's own refusal. */
export function edgeGuarded(edge: EdgeBlock, clock: Clock): Pick<RESTOptions, "makeRequest"> {
  return {
    async makeRequest(url, init) {
      const remainingMs = edge.remainingMs();
      if (remainingMs > 0) throw new EdgeBlockedError(remainingMs);
      const startedAt = clock.monotonic();
      const response = await exchange(url, init);
      const { status, headers } = response;
      const json = /^application\/(?:[\w.-]+\+)?json\b/iu.test(headers.get("content-type") ?? "");
      if ((status !== 429 && status !== 403) || json) return response;
      edge.refused(`HTTP ${status} without JSON`, startedAt, retryAfterMs(headers, clock.now()));
      // How long to wait is said by the edge block, which has bounds.
      const kept = [...headers].filter(([header]) => header !== "retry-after");
      return new Response(await response.text(), { status, headers: kept });
    },
  };
}
