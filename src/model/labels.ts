import { createHash } from "node:crypto";

/** Label names to values, as in Prometheus. Every series has `host` and `target`. */
export type Labels = Readonly<Record<string, string>>;

/** One canonical text for a set of labels: sorted by name, so that equal sets give equal texts. */
export function labelsKey(labels: Labels): string {
  const [first, second] = Object.keys(labels);
  // Most series have no label or one, and there is nothing to sort.
  if (first === undefined) return "[]";
  if (second === undefined) return JSON.stringify([[first, labels[first]]]);
  return JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** Whether every label that `where` names has that value. */
export function matches(labels: Labels, where: Labels): boolean {
  return Object.entries(where).every(([name, value]) => labels[name] === value);
}

/**
 * The identity of an alert: hash of rule, target and the labels of its series. Global labels (`environment`, …) are
 * not handed in, so that adding one does not turn every alert into a new one.
 */
export function fingerprintOf(rule: string, target: string, labels: Labels): string {
  return createHash("sha256")
    .update(JSON.stringify([rule, target, labelsKey(labels)]))
    .digest("hex")
    .slice(0, 24);
}
