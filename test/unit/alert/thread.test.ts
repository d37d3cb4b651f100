import { describe, expect, it } from "vitest";

import { turned } from "../../../src/alert/thread.js";
import type { Incident, IncidentTurn } from "../../../src/model/incident.js";

const INCIDENT: Incident = {
  id: "a",
  number: 1,
  channel: "c",
  group: "web",
  kind: "group",
  revision: 1,
  openedAt: 0,
  announcedSeverity: "critical",
  announcedAt: 0,
  joining: [],
  mentions: [],
};

function after(count: number, kind: Incident["kind"] = "group"): ReturnType<typeof turned> {
  let last: ReturnType<typeof turned> = { incident: { ...INCIDENT, kind }, line: [] };
  for (let at = 0; at < count; at += 1) {
    const to: IncidentTurn["to"] = at === 0 ? "opened" : at % 2 === 0 ? "reopened" : "ended";
    last = turned(last.incident, { at, to, severity: "critical" });
  }
  return last;
}

describe("the turns of an incident", () => {
  it("are told from the third on: first all, then each", () => {
    expect([1, 2, 3, 4, 5].map((count) => after(count).line.map(({ at }) => at))).toEqual([
      [],
      [],
      [0, 1, 2],
      [3],
      [4],
    ]);
  });

  it("are kept up to a number", () => {
    const { incident, line } = after(500);
    expect(incident.turns).toHaveLength(20);
    expect(incident.turns?.at(-1)?.at).toBe(499);
    expect(line).toHaveLength(1);
  });

  it("open no thread for a storm", () => {
    expect(after(5, "storm").line).toEqual([]);
  });
});
