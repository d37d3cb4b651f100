import { matchesGlob } from "../base/glob.js";
import type { Alert } from "../model/alert.js";
import type { Route } from "../model/route.js";

/** A channel an alert goes to, with how that channel wants it. */
export type Destination = Omit<Route, "match" | "fallback">;

/** Second stage: where an alert goes. Routes that lead to the same channel are one: the first one's settings, everybody's mentions. */
export function route(alert: Alert, routes: readonly Route[]): readonly Destination[] {
  const matching = routes.filter((candidate) => !candidate.fallback && takes(candidate, alert));
  const chosen =
    matching.length > 0 ? matching : routes.filter((candidate) => candidate.fallback && takes(candidate, alert));
  const byChannel = new Map<string, Destination>();
  for (const { match: _match, fallback: _fallback, ...destination } of chosen) {
    const first = byChannel.get(destination.channel);
    const mentions = [...new Set([...(first?.mentions ?? []), ...destination.mentions])];
    byChannel.set(destination.channel, { ...(first ?? destination), mentions });
  }
  return [...byChannel.values()];
}

/** How a channel wants its open incidents treated: by the first route that leads there. */
export function routeOfChannel(channel: string, routes: readonly Route[]): Route | undefined {
  return routes.find((candidate) => candidate.channel === channel);
}

function takes({ match }: Route, alert: Alert): boolean {
  if (match.severity && !match.severity.includes(alert.severity)) return false;
  if (match.targets && !match.targets.some((glob) => matchesGlob(glob, alert.target))) return false;
  return !match.rules || match.rules.some((glob) => matchesGlob(glob, alert.rule));
}
