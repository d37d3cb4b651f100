import type { RuleDefinition } from "../definition.js";

const DAY_SECONDS = 86_400;

/** What a URL may suffer from besides being down. */
export const HTTP_RULES = {
  HttpSlow: {
    series: "http_duration_seconds",
    reduction: { by: "quantile", q: 0.95, runs: 10 },
    unit: "seconds",
    op: ">",
    limits: { warning: 1, critical: 5 },
    forMs: 5 * 60_000,
    margin: { by: "share", size: 0.2 },
    inhibitedBy: ["TargetDown"],
  },
  HttpCertificate: {
    series: "http_certificate_not_after_seconds",
    reduction: { by: "seconds_until" },
    unit: "seconds",
    op: "<",
    limits: { warning: 21 * DAY_SECONDS, critical: 7 * DAY_SECONDS },
    forMs: 0,
    margin: { by: "points", size: 9 * DAY_SECONDS },
    inhibitedBy: ["TargetDown"],
  },
} as const satisfies Readonly<Record<string, RuleDefinition>>;
