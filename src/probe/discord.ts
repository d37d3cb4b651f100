import { z } from "zod";

import type { OwnNumbers, Probe, ProbeKind } from "../model/contract/probe.js";
import type { SeriesSpec } from "../model/sample.js";
import { present } from "./self.js";

export const DISCORD_SERIES = [
  {
    name: "discord_rest_seconds",
    unit: "seconds",
    kind: "gauge",
    help: "Answer time of Discord's REST interface, median of late requests.",
  },
  { name: "discord_gateway_seconds", unit: "seconds", kind: "gauge", help: "Round trip of the gateway's heartbeat." },
  { name: "discord_gateway_ready", unit: "bool", kind: "gauge", help: "1 while the gateway is connected and ready." },
  {
    name: "discord_requests_per_minute",
    unit: "count",
    kind: "gauge",
    help: "Requests to Discord in the last minute.",
  },
  {
    name: "discord_rate_limited_total",
    unit: "count",
    kind: "counter",
    help: "Answers 429 that were our fault, since start.",
  },
  { name: "discord_invalid_total", unit: "count", kind: "counter", help: "Answers 401, 403 and 429 since start." },
] as const satisfies readonly SeriesSpec[];

type DiscordSeries = (typeof DISCORD_SERIES)[number]["name"];

/**
 * Discord as this program meets it, from the numbers of requests it makes anyway: no request is made to measure. A closed
 * gateway is `discord_gateway_ready 0`, not a target that is down: reconnecting is ordinary.
 */
export function createDiscordProbe(deps: { readonly own: () => OwnNumbers }): Probe {
  return {
    run() {
      const own = deps.own();
      const values: Readonly<Record<DiscordSeries, number | undefined>> = {
        discord_rest_seconds: own.restMedianSeconds,
        discord_gateway_seconds: own.gatewayPingSeconds,
        discord_gateway_ready: own.gateway === "ready" ? 1 : 0,
        discord_requests_per_minute: own.requestsPerMinute,
        discord_rate_limited_total: own.rateLimitedTotal,
        discord_invalid_total: own.invalidTotal,
      };
      return Promise.resolve({
        status: "ok",
        samples: present(values),
        facts: {
          kind: "discord",
          gateway: own.gateway,
          ...(own.gatewayCloseCode !== undefined && { closeCode: own.gatewayCloseCode }),
        },
      });
    },
  };
}

export const discord: ProbeKind<Record<string, never>> = {
  kind: "discord",
  help: "Discord as seen from here: answer times, gateway state, requests, rate limits and invalid requests.",
  options: z.strictObject({}),
  series: DISCORD_SERIES,
  defaultIntervalMs: 15_000,
  defaultTimeoutMs: 1_000,
  remote: () => false,
  create: (_target, deps) => createDiscordProbe(deps),
};
