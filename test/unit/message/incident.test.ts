import { describe, expect, it } from "vitest";

import { plain } from "../../../src/base/text.js";
import { en } from "../../../src/locale/en/index.js";
import { renderAnnouncement } from "../../../src/message/announcement.js";
import { renderIncident } from "../../../src/message/incident.js";
import type { IncidentView } from "../../../src/message/incident.js";
import { toPlain } from "../../../src/message/to-plain.js";
import type { Alert } from "../../../src/model/alert.js";
import type { HttpFacts } from "../../../src/model/facts.js";
import type { IncidentAlert } from "../../../src/model/incident.js";
import type { Reason } from "../../../src/model/reason.js";
import type { Severity } from "../../../src/model/rule.js";
import { MINUTE, NOON, aRow, anAlert, anEntry, anIncident } from "../../support/alerts.js";

const GIB = 1024 ** 3;

function viewOf(alerts: readonly Alert[], over: Partial<IncidentView> = {}): IncidentView {
  return {
    incident: anIncident(),
    entries: alerts.map((alert) => anEntry(alert)),
    host: "web-1",
    globalLabels: { environment: "production" },
    now: NOON,
    ...over,
  };
}

function said(view: IncidentView): string {
  return toPlain(renderIncident(view, en), { width: 200, now: NOON });
}

const hostFacts = {
  kind: "host",
  top: [
    { pid: 1, name: "postgres", cpuRatio: 0.93, residentBytes: 2 * GIB },
    { pid: 2, name: "node", cpuRatio: 0.06, residentBytes: 0.5 * GIB },
  ],
  cores: 2,
  memoryBytes: 4 * GIB,
  bootedAt: 0,
  mounts: [{ mount: "/", device: "/dev/sda1", type: "ext4", sizeBytes: 49 * GIB, availableBytes: 3.4 * GIB }],
  notPermitted: [],
} as const;

const runningUnit = { kind: "unit", unit: "shop.service", load: "loaded", active: "active", sub: "running" } as const;
const failedUnit = { ...runningUnit, active: "failed", sub: "failed", result: "exit-code", exitStatus: 3 } as const;
const oom = { ...hostFacts, oomVictim: { name: "node", pid: 7, at: NOON } } as const;

describe("an alert as it begins", () => {
  it("says all of it, the worst first", () => {
    const alert = anAlert({
      worst: 0.95,
      slopePerHour: 0.012,
      exhaustedAt: NOON + 5 * 60 * MINUTE,
      evidence: hostFacts,
    });
    expect(said(viewOf([alert]))).toBe(
      [
        "🔴 critical · web-1: disk / 93 % (limit 90 %), full in ~5 h @role:234567890123456789",
        "┃ HostDisk · critical · since 12 min ago",
        "┃ at worst 95 % · rising 1.2 points/h",
        "┃ 3.4 GiB left of 49 GiB",
        "┃ Means: Writes fail when the disk is full: logs, databases and uploads stop.",
        "┃ Do: Remove old logs, packages and images, or enlarge the disk.",
        "┃ incident 42 · production",
      ].join("\n"),
    );
  });

  it.each([
    ["HostCpu", {}, "web-1: CPU 93 % (limit 90 %)"],
    ["HostMemory", {}, "web-1: memory 93 % (limit 90 %)"],
    ["TargetDown", { target: "db", reason: "refused" as const }, "web-1: db refused the connection"],
    ["UnitFailed", { target: "shop-bot" }, "web-1: shop-bot failed"],
    ["UnitRestarted", { target: "shop-bot", value: 5 }, "web-1: shop-bot restarted 5 × in 10 min"],
    [
      "HttpSlow",
      { target: "web", value: 1.24, limit: { op: ">" as const, value: 1 } },
      "web-1: web answers in 1.2 s (limit 1 s)",
    ],
    [
      "HttpCertificate",
      { target: "web", value: 6 * 86_400, limit: { op: "<" as const, value: 7 * 86_400 } },
      "web-1: web certificate ends in 6 d (limit 7 d)",
    ],
    [
      "HttpCertificate",
      { target: "web", value: -86_400, limit: { op: "<" as const, value: 7 * 86_400 } },
      "web-1: web certificate has ended (limit 7 d)",
    ],
    ["ProbeFailed", { target: "web", value: 3 }, "web-1: web cannot be measured"],
    [
      "ProbeFailed",
      { target: "shop", value: 3, failure: "bus_unreachable" as const },
      "web-1: shop cannot be measured: systemd could not be asked",
    ],
    ["UnitInactive", { target: "shop", reason: "inactive" as const }, "web-1: shop is not active"],
    ["UnitInactive", { target: "shop", reason: "not_found" as const }, "web-1: shop is unknown to systemd"],
    ["UnitInactive", { target: "shop", reason: "masked" as const }, "web-1: shop is masked"],
    [
      "UnitInactive",
      { target: "old", reason: "unexpectedly_active" as const },
      "web-1: old runs, though it should not",
    ],
    ["UnitFailed", { target: "shop", evidence: failedUnit }, "web-1: shop failed (exit-code 3)"],
    [
      "UnitRestarted",
      { target: "shop", value: 2, evidence: { ...runningUnit, lastFailure: { result: "signal", exitStatus: 9 } } },
      "web-1: shop restarted 2 × in 10 min (signal 9)",
    ],
    ["HostOom", { value: 1, evidence: oom }, "web-1: out of memory: kernel killed node"],
    ["HostOom", { value: 3, evidence: oom }, "web-1: out of memory: kernel killed 3 processes, last node"],
    [
      "OwnRule",
      { target: "web", value: 12, limit: { op: ">" as const, value: 10 } },
      "web-1: web OwnRule 12 (limit 10)",
    ],
  ])("says what %s is about", (rule, over, expected) => {
    expect(plain(renderIncident(viewOf([anAlert({ rule, ...over })]), en).summary)).toBe(expected);
  });

  it("names the status that a web target answered with", () => {
    const evidence = { kind: "http", url: "http://127.0.0.1:3003/health", status: 502 } as const;
    const alert = anAlert({ rule: "TargetDown", target: "web", reason: "wrong_status", evidence });
    expect(said(viewOf([alert]))).toContain("web-1: web HTTP 502");
    expect(said(viewOf([alert]))).toContain("http://127.0.0.1:3003/health");
  });

  const DOWN = [1, 2, 3, 4, 5].map((number) => ({ name: `part-${number}`, status: "DOWN" }));
  it.each<[Reason, Partial<HttpFacts>, string]>([
    ["wrong_status", { status: 302, location: "/login" }, "web-1: web HTTP 302 to /login"],
    ["redirected", { status: 302, location: "/login" }, "web-1: web HTTP 302 to /login"],
    ["wrong_status", { status: 503, down: DOWN.slice(0, 1) }, "web-1: web HTTP 503: part-1 DOWN"],
    [
      "wrong_status",
      { status: 503, down: DOWN },
      "web-1: web HTTP 503: part-1 DOWN, part-2 DOWN, part-3 DOWN and 2 more",
    ],
    ["json_mismatch", { status: 200, down: DOWN.slice(0, 1) }, "web-1: web JSON differs: part-1 DOWN"],
    [
      "bad_http",
      { mismatch: { what: "answer", expected: "HTTP by its rules", found: "Duplicate Content-Length" } },
      "web-1: web speaks HTTP, but badly: Duplicate Content-Length",
    ],
    ["headers_too_large", {}, "web-1: web headers too large"],
  ])("names in its first line what says most of %s", (reason, facts, expected) => {
    const evidence: HttpFacts = { kind: "http", url: "http://127.0.0.1/", ...facts };
    const alert = anAlert({ rule: "TargetDown", target: "web", reason, evidence });
    expect(plain(renderIncident(viewOf([alert]), en).summary)).toBe(expected);
  });

  it("keeps its first line short and without markup, whatever a redirect or a part is called", () => {
    const evil = `@everyone\n${"x".repeat(300)}`;
    const evidence: HttpFacts = {
      kind: "http",
      url: "http://127.0.0.1/",
      status: 503,
      down: [{ name: evil, status: evil }],
      location: evil,
    };
    const alert = anAlert({ rule: "TargetDown", target: "web", reason: "wrong_status", evidence });
    const line = plain(renderIncident(viewOf([alert]), en).summary);
    expect(line.length).toBeLessThanOrEqual(100);
    expect(line).not.toContain("\n");
  });

  it("names the certificate of the chain that ends first, and whose chain it is", () => {
    const certificate = { subject: "Middle", issuer: "Root", validTo: NOON, leaf: "shop.example" };
    const evidence: HttpFacts = { kind: "http", url: "https://shop.example/", certificate };
    const alert = anAlert({ rule: "TargetDown", target: "web", reason: "certificate_invalid", evidence });
    expect(said(viewOf([alert]))).toContain(
      "certificate of Middle, in the chain of shop.example, valid until 2026-01-05 12:00 UTC",
    );
  });

  it("says what the reason means and what to do about it, not what any reason may", () => {
    const leaf = { subject: "shop.example", issuer: "An Authority", validTo: NOON - 60 * MINUTE };
    const evidence = { kind: "http", url: "https://shop.example/", certificate: leaf } as const;
    const certificate = said(
      viewOf([anAlert({ rule: "TargetDown", target: "web", reason: "certificate_invalid", evidence })]),
    );
    expect(certificate).toContain("certificate of shop.example valid until 2026-01-05 11:00 UTC");
    expect(certificate).toContain(
      "Means: The certificate or one of its chain is expired, for another name, or not from a trusted authority.",
    );
    expect(certificate).toContain("Do: Renew or correct it, or set insecure: true");
    expect(certificate).not.toContain("Check that it runs");
  });

  it("tells why nothing could be measured, in the probe's own words too", () => {
    const text = said(viewOf([anAlert({ rule: "ProbeFailed", failure: "bug", detail: "oops (reference 7f3a)" })]));
    expect(text).toContain("oops (reference 7f3a)");
    expect(text).toContain("Means: The check itself failed, which is a fault in Toban.");
  });

  it("names a state that systemd calls the same twice only once", () => {
    expect(said(viewOf([anAlert({ rule: "UnitFailed", target: "shop", evidence: failedUnit })]))).toContain(
      "state failed, result exit-code, exit status 3",
    );
  });

  it("shows the busiest processes of that second", () => {
    expect(said(viewOf([anAlert({ rule: "HostCpu", evidence: hostFacts })]))).toContain(
      "busiest: postgres 93 % · node 6 %",
    );
    expect(said(viewOf([anAlert({ rule: "HostMemory", evidence: hostFacts })]))).toContain(
      "most memory: postgres 2 GiB · node 512 MiB",
    );
  });

  it("tells when Toban itself was slow", () => {
    expect(said(viewOf([anAlert({ untrusted: true })]))).toContain("measured while Toban itself was slow");
  });

  it("has host, value and limit within the first 100 characters, however long the names are", () => {
    const alert = anAlert({ rule: "HttpSlow", target: "t".repeat(64), value: 1.2, limit: { op: ">", value: 1 } });
    const summary = plain(renderIncident(viewOf([alert], { host: "h".repeat(64) }), en).summary);
    expect(summary.length).toBeLessThanOrEqual(100);
    expect(summary).toContain("1.2 s (limit 1 s)");
  });
});

describe("an alert as it ends", () => {
  const over = { state: "resolved", value: 0.71, worst: 0.94, endedAt: NOON } as const;

  it("turns green with the worst value and the duration, and wakes nobody", () => {
    const view = viewOf([anAlert({ ...over, badSince: { critical: NOON - 42 * MINUTE } })]);
    const message = renderIncident(view, en);
    expect(message.tone).toBe("well");
    expect(message.mentions).toEqual([]);
    expect(plain(message.summary)).toBe("web-1: disk / 71 % · was 94 %, over after 42 min");
  });

  it("turns grey when it is no longer watched, and never says that it recovered", () => {
    const message = renderIncident(viewOf([anAlert({ ...over, state: "gone" })]), en);
    expect(message.tone).toBe("unknown");
    expect(plain(message.summary)).toBe("web-1: disk / no longer watched after 12 min · last 71 %");
  });

  it("says how late it is and both times when it ended before it could be said", () => {
    const view = viewOf([anAlert(over)], { announcement: aRow(), lateMs: 14 * MINUTE });
    const text = toPlain(renderAnnouncement({ ...view, announcement: aRow() }, en), { width: 300, now: NOON });
    expect(text).toContain("(sent 14 min late: Discord was unreachable)");
    expect(text).toContain("began 2026-01-05 11:48 UTC · over 2026-01-05 12:00 UTC");
  });

  it("says that it ended while Toban was away", () => {
    const incident = anIncident({ away: { from: NOON - 9 * MINUTE, to: NOON - 2 * MINUTE } });
    expect(said(viewOf([anAlert(over)], { incident }))).toContain("ended while I was away (11:51 UTC–11:58 UTC)");
  });
});

describe("several alerts in one message", () => {
  it("names the worst in the first line and keeps a line for each", () => {
    const view = viewOf([
      anAlert({ rule: "HostMemory", severity: "warning", value: 0.85, limit: { op: ">", value: 0.8 } }),
      anAlert(),
      anAlert({ rule: "HostCpu", state: "resolved", value: 0.2, worst: 0.97, endedAt: NOON }),
    ]);
    const lines = said(view).split("\n");
    expect(lines[0]).toContain("web-1: 2 problems (1 critical, 1 warning): disk / 93 % (limit 90 %)");
    expect(lines[1]).toBe("┃ since 12 min ago");
    expect(lines.slice(2, 5)).toEqual([
      "┃ 🔴 disk / 93 % (limit 90 %)",
      "┃ 🟡 memory 85 % (limit 80 %)",
      "┃ 🟢 CPU 20 % · was 97 %, over after 12 min",
    ]);
  });

  it("says the time of each where they began a minute apart, and once where they began within it", () => {
    const later = (ms: number): Alert =>
      anAlert({ rule: "HostCpu", value: 0.97, badSince: { critical: NOON - 12 * MINUTE + ms } });
    const first = anAlert({ badSince: { critical: NOON - 12 * MINUTE } });
    const apart = said(viewOf([first, later(MINUTE)])).split("\n");
    expect(apart[1]).toBe("┃ first 12 min ago");
    expect(apart.slice(2, 4).map((line) => line.slice(-16))).toEqual(["since 12 min ago", "since 11 min ago"]);
    expect(said(viewOf([first, later(MINUTE - 1)])).match(/ago/g)).toHaveLength(1);
  });

  it("shows in grey what is no longer watched, beside what recovered", () => {
    const gone = anAlert({ rule: "HostCpu", state: "gone", endedAt: NOON });
    expect(said(viewOf([anAlert(), gone]))).toContain("┃ ⚪ CPU no longer watched after 12 min");
    expect(renderIncident(viewOf([gone, { ...gone, fingerprint: "other" }]), en).tone).toBe("unknown");
  });

  it("counts apart what is merely no longer watched", () => {
    const over = anAlert({ state: "resolved", endedAt: NOON });
    const gone = anAlert({ rule: "HostCpu", state: "gone", endedAt: NOON });
    expect(plain(renderIncident(viewOf([over, gone]), en).summary)).toBe(
      "web-1: 1 problem over, 1 no longer watched, after 7 min",
    );
    expect(plain(renderIncident(viewOf([over, { ...over, fingerprint: "other" }]), en).summary)).toBe(
      "web-1: 2 problems, all over after 7 min",
    );
  });

  it("stays red while one burns, and turns green with the last", () => {
    const ended = anAlert({ rule: "HostCpu", state: "resolved", endedAt: NOON });
    expect(renderIncident(viewOf([anAlert({ severity: "warning" }), ended]), en).tone).toBe("warning");
    expect(renderIncident(viewOf([ended, { ...ended, fingerprint: "other" }]), en).tone).toBe("well");
  });
});

describe("a storm", () => {
  const storm = (count: number): readonly Alert[] =>
    Array.from({ length: count }, (_unused, index) =>
      anAlert({
        rule: index < 5 ? "TargetDown" : "HttpSlow",
        target: `web-${index}`,
        severity: index < 5 ? "critical" : "warning",
        value: index < 5 ? 0 : 1.5,
        limit: { op: ">", value: 1 },
        badSince: { warning: NOON - (40 - index) * 1_000 },
        ...(index < 5 ? { reason: "name_not_found" as const } : {}),
      }),
    ).toReversed();

  it("shows the ten most severe, counts the rest by kind and attaches all, sorted by severity", () => {
    const message = renderIncident(viewOf(storm(37), { incident: anIncident({ kind: "storm" }) }), en);
    const rows = message.lines.map(plain);
    expect(plain(message.summary)).toContain("web-1: 37 problems (5 critical, 32 warning)");
    expect(rows.filter((row) => row.startsWith("🔴"))).toHaveLength(5);
    expect(rows.filter((row) => row.startsWith("🟡"))).toHaveLength(5);
    expect(rows).toContain("27 more: 27 × HTTP latency");
    const [file] = message.files;
    expect(file?.name).toBe("incident-42.txt");
    const listed = String(file?.content)
      .split("\n")
      .filter((row) => row.includes(" | "));
    expect(listed).toHaveLength(37);
    expect(listed.slice(0, 5).every((row) => row.startsWith("critical"))).toBe(true);
    expect(listed.slice(5).every((row) => row.startsWith("warning"))).toBe(true);
  });

  it("names what most of them have in common", () => {
    const lines = renderIncident(viewOf(storm(8)), en).lines.map(plain);
    expect(lines).toContain("likely cause: 5 of them: name not found");
  });

  it("names the host's own trouble before anything else, if that came first", () => {
    const disk = anAlert({ badSince: { critical: NOON - 50_000 } });
    const lines = renderIncident(viewOf([...storm(8), disk]), en).lines.map(plain);
    expect(lines).toContain("likely cause: disk / 93 % (limit 90 %)");
  });

  it("names no cause without a sign of one", () => {
    const alerts = Array.from({ length: 6 }, (_unused, index) =>
      anAlert({ rule: "UnitFailed", target: `unit-${index}` }),
    );
    expect(renderIncident(viewOf(alerts), en).lines.map(plain).join("\n")).not.toContain("likely cause");
  });
});

describe("announcements after the first", () => {
  const alerts = [
    anAlert(),
    anAlert({ rule: "UnitFailed", target: "shop-bot" }),
    anAlert({ rule: "TargetDown", target: "db", reason: "refused" }),
  ];

  function announced(over: Parameters<typeof aRow>[0]): string {
    const view = viewOf(alerts);
    return toPlain(renderAnnouncement({ ...view, announcement: aRow(over) }, en), { width: 300, now: NOON });
  }

  it.each([
    ["rose", "🔴 critical · web-1: now critical: disk / 93 % (limit 90 %) · "],
    ["joined", "🔴 critical · web-1: 3 more critical: "],
    ["repeated", "🔴 critical · web-1: still, for 7 min: "],
    ["reopened", "🔴 critical · web-1: now: "],
  ] as const)("says %s in a short reply that pings", (kind, start) => {
    const text = announced({ kind });
    expect(text.startsWith(start)).toBe(true);
    expect(text).toContain("@role:234567890123456789");
    expect(text.split("\n").length).toBeLessThanOrEqual(3);
  });

  it("says again only of what had been over before", () => {
    const before = anAlert({ state: "resolved", endedAt: NOON - 5 * MINUTE });
    const again = { ...anAlert(), fingerprint: before.fingerprint };
    const entries = [anEntry(before), anEntry(again, { episode: "again:2" })];
    const view = viewOf([], { entries });
    const announcement = aRow({ kind: "reopened", episodes: ["again:2"] });
    expect(plain(renderAnnouncement({ ...view, announcement }, en).summary)).toContain("web-1: again: disk /");
  });

  it("speaks of the alerts that it is about alone", () => {
    const about = anEntry(alerts[1] ?? anAlert()).episode;
    expect(announced({ kind: "joined", episodes: [about] }).split("\n")[0]).toContain(
      "1 more critical: shop-bot failed",
    );
  });

  it("counts the critical alerts that joined in its time, where they are too many to name", () => {
    const joining = (severity: Severity, seconds: number): IncidentAlert =>
      anEntry(anAlert({ severity }), { episode: `${severity}:${seconds}`, joinedAt: NOON + seconds });
    const entries = [
      joining("critical", 9),
      joining("critical", 10),
      joining("warning", 15),
      joining("critical", 20),
      joining("critical", 21),
    ];
    const announcement = aRow({
      kind: "joined",
      episodes: ["critical:10"],
      joinedIn: { from: NOON + 10, to: NOON + 20 },
    });
    const { summary } = renderAnnouncement({ ...viewOf([]), entries, announcement }, en);
    expect(plain(summary)).toContain("2 more critical: ");
  });

  it.each([
    ["reposted", "Posted again"],
    ["continued", "Continued here"],
  ] as const)("shows everything again with a note when %s", (kind, note) => {
    expect(announced({ kind })).toContain(note);
  });
});

describe("notices of Toban's own", () => {
  const noticed = (notice: NonNullable<ReturnType<typeof aRow>["notice"]>): string =>
    toPlain(
      renderAnnouncement(
        { announcement: aRow({ kind: "notice", notice }), entries: [], host: "web-1", globalLabels: {}, now: NOON },
        en,
      ),
      { width: 300, now: NOON },
    );

  it.each(Object.keys(en.notice))("has words for %s even when values are missing", (key) => {
    const text = noticed({ key, values: {} });
    expect(text).toContain("web-1: ");
    expect(text).not.toContain("undefined");
    expect(text).not.toContain("NaN");
  });

  it("says what keeps the store from being written, and what to do", () => {
    const text = noticed({ key: "store_trouble", values: { trouble: "full", path: "/data/toban.db" } });
    expect(text).toContain("Toban cannot write its store: its disk is full");
    expect(text).toContain("Free some space");
  });

  it("shows a key that it does not know as it stands", () => {
    expect(noticed({ key: "of_a_newer_version", values: { count: 3 } })).toContain("of_a_newer_version");
    expect(noticed({ key: "constructor", values: {} })).toContain("constructor");
  });
});

describe("the buttons of an alert", () => {
  const shop = anAlert({ target: "shop" });
  const buttons = (view: IncidentView): readonly string[] => renderIncident(view, en).actions.map(({ id }) => id);
  const offers = (target: string) => ({ logs: true, restart: target === "shop" });

  it("are what the configuration gives its target, and name the incident", () => {
    const { id } = viewOf([shop]).incident;
    expect(buttons(viewOf([shop], { offers }))).toEqual([`v1:incident-logs:${id}`, `v1:incident-restart:${id}`]);
    expect(buttons(viewOf([anAlert({ target: "web" })], { offers }))).toEqual([`v1:incident-logs:${id}`]);
    expect(buttons(viewOf([shop]))).toEqual([]);
  });

  it("are not there for several targets, nor when it is over", () => {
    expect(buttons(viewOf([shop, anAlert({ target: "web" })], { offers }))).toEqual([]);
    const view = viewOf([shop], { offers });
    const over = view.entries.map((entry) => ({ ...entry, endedAt: NOON }));
    expect(buttons({ ...view, entries: over })).toEqual([]);
  });
});
