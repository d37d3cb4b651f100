import type { RuleDefinition } from "../definition.js";

const WINDOW_MS = 10 * 60_000;

/** What our way to Discord may suffer from. */
export const DISCORD_RULES = {
  DiscordSlow: {
    series: "discord_rest_seconds",
    reduction: { by: "quantile", q: 0.5, runs: 5 },
    unit: "seconds",
    op: ">",
    limits: { warning: 0.2, critical: 1 },
    forMs: 5 * 60_000,
    margin: { by: "share", size: 0.2 },
  },
  DiscordRateLimited: {
    series: "discord_rate_limited_total",
    reduction: { by: "increase", windowMs: WINDOW_MS },
    unit: "count",
    op: ">",
    limits: { warning: 5, critical: 50 },
    forMs: 0,
    margin: { by: "to", threshold: { op: "<=", value: 0 } },
  },
  DiscordInvalid: {
    // Discord bans an address at 10,000 invalid answers in 10 minutes.
    series: "discord_invalid_total",
    reduction: { by: "increase", windowMs: WINDOW_MS },
    unit: "count",
    op: ">",
    limits: { warning: 100, critical: 2_000 },
    forMs: 0,
    margin: { by: "to", threshold: { op: "<=", value: 0 } },
  },
} as const satisfies Readonly<Record<string, RuleDefinition>>;
