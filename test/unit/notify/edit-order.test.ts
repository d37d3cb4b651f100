import { describe, expect, it } from "vitest";

import { byNeed } from "../../../src/notify/edit-order.js";
import type { StaleMessage } from "../../../src/notify/edit-order.js";

function stale(incident: string, change: Partial<StaleMessage>): StaleMessage {
  return { incident, channel: "c", severity: "warning", unread: true, since: 10_000, ...change };
}

function order(...messages: readonly StaleMessage[]): readonly string[] {
  return messages.toSorted(byNeed).map(({ incident }) => incident);
}

describe("the order of edits", () => {
  it("puts what cannot be read anywhere before newer values, whatever their severity and age", () => {
    const values = stale("values", { unread: false, severity: "critical", since: 0 });
    expect(order(values, stale("unread", { severity: "info", since: 20_000 }))).toEqual(["unread", "values"]);
  });

  it("puts the longest wait first", () => {
    expect(order(stale("young", { since: 10_001 }), stale("old", {}))).toEqual(["old", "young"]);
  });

  it("gives the severe a head start, but lets nothing starve", () => {
    const critical = stale("critical", { severity: "critical", since: 11_000 });
    expect(order(stale("milder", { since: 10_001 }), critical)).toEqual(["critical", "milder"]);
    expect(order(critical, stale("milder", { since: 9_999 }))).toEqual(["milder", "critical"]);
  });
});
