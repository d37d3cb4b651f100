import { describe, expect, it } from "vitest";

import { announce, announceDue, nextDueAt } from "../../../src/alert/announce.js";
import type { IncidentChange, IncidentDue } from "../../../src/alert/announce.js";
import { STORM_GROUP, group, groupKey } from "../../../src/alert/group.js";
import type { Standing } from "../../../src/alert/group.js";
import { inhibit } from "../../../src/alert/inhibit.js";
import { route } from "../../../src/alert/route.js";
import type { Alert } from "../../../src/model/alert.js";
import type { Incident } from "../../../src/model/incident.js";
import { MOST_NAMED } from "../../../src/model/incident.js";
import { ROUTE_DEFAULTS } from "../../../src/model/route.js";
import type { Route } from "../../../src/model/route.js";
import { anAlert, anIncident } from "../../support/alerts.js";

const NOW = 1_000_000;
const aRoute = (changes: Partial<Route>): Route => ({ ...ROUTE_DEFAULTS, channel: "ops", ...changes });

describe("inhibit", () => {
  const firing =
    (...rules: readonly string[]) =>
    () =>
      new Set(rules);
  const slow = { alert: anAlert({ rule: "HttpSlow" }), inhibitedBy: ["TargetDown"] };
  const plain = { alert: anAlert({ rule: "TargetDown" }), inhibitedBy: [] };

  it("holds back what another rule explains, and says which", () => {
    expect(inhibit([slow, plain], { firing: firing("TargetDown"), warmingUp: false, stopped: () => false })).toEqual({
      free: [plain.alert],
      muted: [{ alert: slow.alert, why: { by: "inhibited", rule: "TargetDown" } }],
    });
    expect(inhibit([slow], { firing: firing("HostCpu"), warmingUp: false, stopped: () => false }).free).toEqual([
      slow.alert,
    ]);
  });

  it("holds back only what could be explained while it warms up", () => {
    const { free, muted } = inhibit([slow, plain], { firing: firing(), warmingUp: true, stopped: () => false });
    expect(free).toEqual([plain.alert]);
    expect(muted[0]?.why).toEqual({ by: "warming_up" });
  });

  it("holds back everything about what a person has stopped, whatever explains it", () => {
    const around = {
      firing: firing("TargetDown"),
      warmingUp: false,
      stopped: (target: string) => target === plain.alert.target,
    };
    const { free, muted } = inhibit([slow, plain], around);
    expect(free).toEqual([]);
    expect(muted.map(({ why }) => why.by)).toEqual(["stopped", "stopped"]);
  });

  it("does not let a rule hold itself back", () => {
    const self = { alert: anAlert({ rule: "HttpSlow" }), inhibitedBy: ["HttpSlow"] };
    expect(inhibit([self], { firing: firing("HttpSlow"), warmingUp: false, stopped: () => false }).free).toEqual([
      self.alert,
    ]);
  });
});

describe("route", () => {
  const alert = anAlert({ rule: "HttpSlow", target: "shop-api", severity: "warning" });
  const channels = (...routes: readonly Route[]): readonly string[] =>
    route(alert, routes).map(({ channel }) => channel);

  it("matches severity, targets and rules, all of them", () => {
    const all = { severity: ["warning"], targets: ["shop-*"], rules: ["Http*"] } as const;
    expect(channels(aRoute({ channel: "a", match: all }))).toEqual(["a"]);
    expect(channels(aRoute({ channel: "a", match: { ...all, severity: ["critical"] } }))).toEqual([]);
    expect(channels(aRoute({ channel: "a", match: { ...all, targets: ["web"] } }))).toEqual([]);
    expect(channels(aRoute({ channel: "a", match: { ...all, rules: ["Host*"] } }))).toEqual([]);
  });

  it("gives the fallback only what nobody else takes", () => {
    const fallback = aRoute({ channel: "rest", fallback: true });
    expect(channels(aRoute({ channel: "a" }), fallback)).toEqual(["a"]);
    expect(channels(aRoute({ channel: "a", match: { rules: ["Host*"] } }), fallback)).toEqual(["rest"]);
  });

  it("makes one of two routes to the same channel: the first one's settings, everybody's mentions", () => {
    const [only, ...rest] = route(alert, [
      aRoute({ mentions: ["role:1"], groupIntervalMs: 5 }),
      aRoute({ mentions: ["role:2", "role:1"], groupIntervalMs: 9 }),
    ]);
    expect(rest).toEqual([]);
    expect(only).toMatchObject({ channel: "ops", mentions: ["role:1", "role:2"], groupIntervalMs: 5 });
  });
});

describe("group", () => {
  const alert = anAlert({ target: "web", labels: { mount: "/" } });
  const destination = aRoute({});
  const key = groupKey(alert, ["target"]);
  const standing = (changes: Partial<Standing>): Standing => ({
    open: () => undefined,
    lastEnded: () => undefined,
    openings: () => [],
    ...changes,
  });
  const openAs =
    (own: string, incident: Incident) =>
    (_: string, asked: string): Incident | undefined =>
      asked === own ? incident : undefined;

  it("joins the open incident of its group, even in a storm, unless the crowd is fresh", () => {
    const own = anIncident({ group: key });
    const storm = anIncident({ group: STORM_GROUP, kind: "storm" });
    const open = (_: string, asked: string) => (asked === key ? own : asked === STORM_GROUP ? storm : undefined);
    expect(group(alert, destination, standing({ open }), NOW)).toEqual({ kind: "join", incident: own });
    const crowd = (age: number): Standing =>
      standing({ open, openings: () => Array.from({ length: 5 }, () => NOW - age) });
    expect(group(alert, destination, crowd(30_000), NOW)).toEqual({ kind: "join", incident: storm });
    expect(group(alert, destination, crowd(30_001), NOW)).toEqual({ kind: "join", incident: own });
    const alone = standing({ open: openAs(key, own), openings: () => Array.from({ length: 5 }, () => NOW) });
    expect(group(alert, destination, alone, NOW)).toEqual({ kind: "join", incident: own });
  });

  it("joins the storm before it opens or reopens its own", () => {
    const storm = anIncident({ group: STORM_GROUP, kind: "storm" });
    const ended = anIncident({ group: key, endedAt: NOW - 1 });
    const placement = group(
      alert,
      destination,
      standing({ open: openAs(STORM_GROUP, storm), lastEnded: () => ended }),
      NOW,
    );
    expect(placement).toEqual({ kind: "join", incident: storm });
  });

  it("reopens within the time for it, to the millisecond", () => {
    const endedAt = NOW - destination.reopenWithinMs;
    const ended = anIncident({ group: key, endedAt });
    const lastEnded = openAs(key, ended);
    expect(group(alert, destination, standing({ lastEnded }), NOW).kind).toBe("reopen");
    expect(group(alert, destination, standing({ lastEnded }), NOW + 1).kind).toBe("open");
    expect(group(alert, destination, standing({ lastEnded }), endedAt - 1).kind).toBe("open");
  });

  it("makes a storm of the sixth within thirty seconds", () => {
    const at = (count: number, age: number) => () => Array.from({ length: count }, () => NOW - age);
    expect(group(alert, destination, standing({ openings: at(4, 0) }), NOW)).toMatchObject({ as: "group", group: key });
    expect(group(alert, destination, standing({ openings: at(5, 30_000) }), NOW)).toMatchObject({
      as: "storm",
      group: STORM_GROUP,
    });
    expect(group(alert, destination, standing({ openings: at(5, 30_001) }), NOW)).toMatchObject({ as: "group" });
  });

  it("tells groups apart by what they are grouped by, and always by host", () => {
    const other = anAlert({ target: "web", host: "web-2", labels: { mount: "/" } });
    expect(groupKey(alert, ["target"])).not.toBe(groupKey(other, ["target"]));
    expect(groupKey(alert, ["mount"])).toBe(groupKey({ ...alert, target: "api" }, ["mount"]));
    expect(groupKey(alert, ["rule", "severity"])).toBe(groupKey(alert, ["severity", "rule"]));
    expect(groupKey(alert, ["severity"])).not.toBe(groupKey({ ...alert, severity: "info" }, ["severity"]));
  });
});

describe("announce", () => {
  const critical = (name: string): Alert => anAlert({ episode: name, severity: "critical" });
  const warning = (name: string): Alert => anAlert({ episode: name, severity: "warning" });
  const shown = anIncident({ announcedSeverity: "warning", announcedAt: NOW - 1_000, joining: [] });
  const change = (changes: Partial<IncidentChange>): IncidentChange => ({
    incident: shown,
    entered: [],
    rose: [],
    severest: "warning",
    unsent: false,
    now: NOW,
    ...changes,
  });

  it("speaks when an incident opens or opens again", () => {
    for (const began of ["opened", "reopened"] as const) {
      const { decision, incident } = announce(change({ began, entered: [critical("e")], severest: "critical" }));
      expect(decision).toEqual({ kind: "speak", speech: { kind: began, severity: "critical", episodes: ["e"] } });
      expect(incident).toMatchObject({ announcedSeverity: "critical", announcedAt: NOW });
    }
  });

  it("speaks at once of a rise above what was announced", () => {
    const { decision } = announce(change({ rose: [critical("e")], severest: "critical" }));
    expect(decision).toEqual({ kind: "speak", speech: { kind: "rose", severity: "critical", episodes: ["e"] } });
  });

  it("collects new critical alerts, and rises to what is already known", () => {
    const joined = announce(change({ entered: [critical("e")], severest: "critical" }));
    expect(joined.decision).toEqual({ kind: "collect" });
    expect(joined.incident).toMatchObject({ joining: ["e"], joiningSince: NOW, announcedSeverity: "warning" });
    const known = { ...shown, announcedSeverity: "critical" as const, joining: ["e"], joiningSince: NOW - 5 };
    const rose = announce(change({ incident: known, rose: [critical("f")], severest: "critical" }));
    expect(rose.incident).toMatchObject({ joining: ["e", "f"], joiningSince: NOW - 5 });
  });

  it("only edits for a new warning and for a fall, and a fall makes room for the next rise", () => {
    expect(announce(change({ entered: [warning("e")] })).decision).toEqual({ kind: "edit" });
    const high = { ...shown, announcedSeverity: "critical" as const };
    const fell = announce(change({ incident: high }));
    expect(fell.decision).toEqual({ kind: "edit" });
    expect(fell.incident.announcedSeverity).toBe("warning");
  });

  it("adds to the announcement that has not left", () => {
    const { decision, incident } = announce(change({ entered: [critical("e")], severest: "critical", unsent: true }));
    expect(decision).toEqual({ kind: "amend", severity: "critical", episodes: ["e"] });
    expect(incident.joining).toEqual([]);
    const again = announce(change({ began: "reopened", entered: [critical("e")], severest: "critical", unsent: true }));
    expect(again.decision.kind).toBe("amend");
  });

  it("forgets what was collected when all is over", () => {
    const waiting = { ...shown, joining: ["e"], joiningSince: NOW - 5 };
    const { incident, decision } = announce(change({ incident: waiting, severest: undefined }));
    expect(decision).toEqual({ kind: "edit" });
    expect(incident.joining).toEqual([]);
    expect(incident).not.toHaveProperty("joiningSince");
  });
});

describe("announceDue", () => {
  const { repeatIntervalMs, groupIntervalMs } = ROUTE_DEFAULTS;
  const due = (changes: Partial<IncidentDue>): IncidentDue => ({
    incident: anIncident({ announcedSeverity: "critical", announcedAt: NOW, joining: [] }),
    severest: "critical",
    stillCritical: () => true,
    unsent: false,
    groupIntervalMs,
    repeatIntervalMs,
    now: NOW,
    ...changes,
  });
  const shownWarning = anIncident({ announcedSeverity: "critical", announcedAt: NOW - 1_000, joining: [] });
  const collecting = anIncident({ announcedAt: NOW, joining: ["a", "b"], joiningSince: NOW });

  it("speaks for the collected ones that still burn, after the interval", () => {
    expect(announceDue(due({ incident: collecting, now: NOW + 29_999 }))).toBeUndefined();
    const said = announceDue(
      due({ incident: collecting, now: NOW + 30_000, stillCritical: (episode) => episode === "b" }),
    );
    expect(said?.decision).toEqual({
      kind: "speak",
      speech: { kind: "joined", severity: "critical", episodes: ["b"] },
    });
    expect(said?.incident.joining).toEqual([]);
    const none = announceDue(due({ incident: collecting, now: NOW + 30_000, stillCritical: () => false }));
    expect(none?.decision).toEqual({ kind: "edit" });
  });

  it("speaks for a crowd by the time in which it joined: not all of them are named", () => {
    const first: Incident = shownWarning;
    const crowd = Array.from({ length: MOST_NAMED + 50 }, (_, index) => `e${index}`).reduce(
      (incident, episode, index) =>
        announce({
          incident,
          entered: [anAlert({ episode, severity: "critical" })],
          rose: [],
          severest: "critical",
          unsent: false,
          now: NOW + index,
        }).incident,
      first,
    );
    expect(crowd.joining).toHaveLength(MOST_NAMED);
    const joinedIn = { from: NOW, to: NOW + 30_000 };
    const speech = { kind: "joined", severity: "critical", episodes: crowd.joining, joinedIn };
    const asked = due({ incident: crowd, now: NOW + 30_000 });
    expect(announceDue(asked)?.decision).toEqual({ kind: "speak", speech });
    // Those that are named are over, others are not.
    const others = { ...asked, stillCritical: () => false };
    expect(announceDue(others)?.decision).toEqual({ kind: "speak", speech: { ...speech, episodes: [] } });
    expect(announceDue({ ...others, severest: "warning" })?.decision).toEqual({ kind: "edit" });
    expect(announceDue({ ...asked, unsent: true })?.decision).toMatchObject({ kind: "amend", joinedIn });
  });

  it("repeats by severity, never for info, never while the last word waits", () => {
    const after = (ms: number, changes: Partial<IncidentDue> = {}) =>
      announceDue(due({ now: NOW + ms, ...changes }))?.decision.kind;
    expect(after(4 * 3_600_000 - 1)).toBeUndefined();
    expect(after(4 * 3_600_000)).toBe("speak");
    expect(after(4 * 3_600_000, { severest: "warning" })).toBeUndefined();
    expect(after(24 * 3_600_000, { severest: "warning" })).toBe("speak");
    expect(after(1_000 * 3_600_000, { severest: "info" })).toBeUndefined();
    expect(after(24 * 3_600_000, { unsent: true })).toBeUndefined();
    expect(after(24 * 3_600_000, { severest: undefined })).toBeUndefined();
  });

  it("knows when it is next wanted", () => {
    const interval = { groupIntervalMs, repeatIntervalMs };
    expect(nextDueAt({ ...interval, incident: collecting, severest: "critical" })).toBe(NOW + 30_000);
    expect(nextDueAt({ ...interval, incident: anIncident({ announcedAt: NOW }), severest: "warning" })).toBe(
      NOW + 24 * 3_600_000,
    );
    expect(nextDueAt({ ...interval, incident: anIncident({ announcedAt: NOW }), severest: "info" })).toBeUndefined();
    expect(nextDueAt({ ...interval, incident: collecting, severest: undefined })).toBeUndefined();
  });
});
