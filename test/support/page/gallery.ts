import { en } from "../../../src/locale/en/index.js";
import { renderAnnouncement } from "../../../src/message/announcement.js";
import { renderHealth } from "../../../src/message/health.js";
import { renderIncident } from "../../../src/message/incident.js";
import type { Offers } from "../../../src/message/incident.js";
import { renderNotice } from "../../../src/message/notice.js";
import { renderPing } from "../../../src/message/ping.js";
import { renderTarget } from "../../../src/message/target.js";
import type { Alert } from "../../../src/model/alert.js";
import type { Incident, IncidentAlert, IncidentTurn, OutboxRow } from "../../../src/model/incident.js";
import type { Message } from "../../../src/model/message.js";
import type { HealthView, PingView, Reading, TargetLine, TargetReading, TargetView } from "../../../src/model/view.js";
import { anAlert, anEntry, anIncident, aRow } from "../alerts.js";
import { DAY, GIB, HOUR, MIB, MINUTE } from "./exhibit.js";
import type { Exhibit } from "./exhibit.js";
import { actions, audit, logPages, permissions, refusals } from "./gallery-answers.js";

const HOST_FACTS = {
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

/** Stands for the id of a channel, which is not known before the server is there. */
export const CHANNEL = "000000000000000002";

/** Messages of incidents: each state, replies, a storm. */
class IncidentExhibits {
  readonly #now: number;
  readonly #role: string;

  constructor(now: number, role: string) {
    this.#now = now;
    this.#role = role;
  }

  alert(over: Partial<Alert> = {}): Alert {
    const now = this.#now;
    return anAlert({
      badSince: { critical: now - 12 * MINUTE - 5_000 },
      firingSince: now - 7 * MINUTE - 5_000,
      lastSampleAt: now,
      evidence: HOST_FACTS,
      ...over,
    });
  }

  ended(over: Partial<Alert> = {}): Alert {
    return this.alert({ state: "resolved", value: 0.71, endedAt: this.#now - 2 * MINUTE - 5_000, ...over });
  }

  incident(over: Partial<Incident> = {}): Incident {
    const openedAt = this.#now - 7 * MINUTE - 5_000;
    return anIncident({ openedAt, announcedAt: openedAt, mentions: [`role:${this.#role}`], ...over });
  }

  message(alerts: readonly Alert[], over: Partial<Incident> = {}, lateMs?: number, offers?: Offers): Message {
    return renderIncident(
      {
        incident: this.incident(over),
        entries: alerts.map((alert) => anEntry(alert, { joinedAt: this.#now - 7 * MINUTE })),
        host: "web-1",
        globalLabels: { environment: "production" },
        now: this.#now,
        ...(lateMs === undefined ? {} : { lateMs }),
        ...(offers === undefined ? {} : { offers: () => offers }),
      },
      en,
    );
  }

  reply(kind: OutboxRow["kind"], entries: readonly IncidentAlert[], over: Partial<OutboxRow> = {}): Message {
    return renderAnnouncement(
      {
        announcement: aRow({ kind, createdAt: this.#now, ...over }),
        incident: this.incident(),
        entries,
        host: "web-1",
        globalLabels: { environment: "production" },
        now: this.#now,
      },
      en,
    );
  }

  /** A line of the thread. */
  turned(turns: readonly IncidentTurn[], entry: IncidentAlert): Message {
    return this.reply("thread", [entry], { turns });
  }

  storm(count: number): readonly Alert[] {
    return Array.from({ length: count }, (_, at) =>
      this.alert({
        fingerprint: `s${at}`,
        rule: "TargetDown",
        target: at === 0 ? "tickets-db" : `service-${String(at).padStart(2, "0")}`,
        labels: {},
        severity: at < 5 ? "critical" : "warning",
        reason: at % 3 === 0 ? "timeout" : "refused",
      }),
    );
  }

  all(): readonly Exhibit[] {
    const disk = this.alert({ worst: 0.95, slopePerHour: 0.012, exhaustedAt: this.#now + 5 * HOUR });
    const warning = this.alert({
      rule: "HostMemory",
      severity: "warning",
      labels: {},
      value: 0.83,
      worst: 0.83,
      limit: { op: ">", value: 0.8 },
      badSince: { warning: this.#now - 6 * MINUTE - 5_000 },
    });
    const http = this.alert({
      rule: "TargetDown",
      target: "web",
      labels: {},
      reason: "wrong_status",
      evidence: { kind: "http", url: "http://127.0.0.1:3003/health", status: 502 },
    });
    const lasting = anEntry(disk);
    const alert = (name: string, message: Message): Exhibit => ({ name, message, form: "alert" });
    return [
      alert("alert-critical", this.message([disk])),
      alert("alert-warning", this.message([warning])),
      alert("alert-down", this.message([http])),
      alert("alert-late", this.message([http], {}, 14 * MINUTE)),
      alert("alert-buttons", this.message([http], {}, undefined, { logs: true, restart: true })),
      alert("alert-three", this.message([disk, warning, this.ended({ rule: "HostCpu", labels: {}, worst: 0.99 })])),
      alert("alert-resolved", this.message([this.ended()], { endedAt: this.#now - 2 * MINUTE, outcome: "recovered" })),
      alert(
        "alert-gone",
        this.message([this.ended({ state: "gone", value: 0.931 })], { endedAt: this.#now, outcome: "gone" }),
      ),
      alert("reply-rose", this.reply("rose", [lasting])),
      alert("reply-joined", this.reply("joined", [lasting, anEntry(http)])),
      alert("reply-repeated", this.reply("repeated", [lasting])),
      alert("reply-reopened", this.reply("reopened", [lasting])),
      alert(
        "thread-line",
        this.turned(
          [
            { at: this.#now - 2 * HOUR, to: "opened", severity: "warning" },
            { at: this.#now - HOUR, to: "ended", severity: "warning" },
            { at: this.#now - 7 * MINUTE, to: "reopened", severity: "critical" },
          ],
          lasting,
        ),
      ),
      alert(
        "thread-line-first",
        this.turned([{ at: this.#now - 7 * MINUTE, to: "opened", severity: "critical" }], lasting),
      ),
      alert(
        "thread-line-over",
        this.turned([{ at: this.#now - 2 * MINUTE, to: "ended", severity: "warning" }], anEntry(this.ended())),
      ),
      alert("storm", this.message(this.storm(37), { kind: "storm" })),
    ];
  }
}

function notices(now: number): readonly Exhibit[] {
  const values: Readonly<Record<string, Readonly<Record<string, string | number>>>> = {
    away: { from: now - 90 * MINUTE, to: now },
  };
  return Object.keys(en.notice).map((key) => ({
    name: `notice-${key}`,
    message: renderNotice(
      {
        announcement: { severity: "warning", notice: { key, values: values[key] ?? NOTICE_VALUES } },
        host: "web-1",
        globalLabels: {},
      },
      en,
    ),
    form: "alert" as const,
  }));
}

/** Enough for every notice; each takes what it knows. */
const NOTICE_VALUES = {
  trouble: "full",
  count: 3,
  seconds: 840,
  minutes: 14,
  path: "/var/lib/toban/toban.db.corrupt-20260105T110000Z",
  channel: CHANNEL,
  number: 42,
  target: "shop-bot",
  rows: 1_204,
  detail: "EIO: input/output error, fsync",
  head: "b5bb9d8014a0f9b1",
  held: 2,
  hash: "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c",
};

function reading(key: Reading["key"], value: number, unit: Reading["unit"], verdict: Reading["verdict"]): Reading {
  return { key, value, unit, verdict, band: { good: value * 2, tolerated: value * 4 } };
}

function ping(now: number): Message {
  const view: PingView = {
    tone: "warning",
    load: "light",
    requestsPerMinute: 3,
    requestLimitPerMinute: 3_000,
    readings: {
      gateway: reading("gateway", 0.042, "seconds", "good"),
      rest: { ...reading("rest", 0.288, "seconds", "tolerated"), band: { good: 0.2, tolerated: 1 } },
      databaseRead: reading("databaseRead", 0.0004, "seconds", "good"),
      databaseWrite: reading("databaseWrite", 0.0012, "seconds", "good"),
      databaseSuccess: reading("databaseSuccess", 1, "ratio", "good"),
      loop: reading("loop", 0.0012, "seconds", "good"),
      commandP50: reading("commandP50", 0.0031, "seconds", "good"),
      commandP95: reading("commandP95", 0.0118, "seconds", "good"),
      botCpu: reading("botCpu", 0.004, "ratio", "good"),
      botMemory: reading("botMemory", 96 * MIB, "bytes", "good"),
      outbox: reading("outbox", 0, "seconds", "good"),
      requests: reading("requests", 3, "count", "good"),
      hostCpu: reading("hostCpu", 0.12, "ratio", "good"),
      hostMemory: reading("hostMemory", 0.41, "ratio", "good"),
      hostDisk: reading("hostDisk", 0.63, "ratio", "good"),
    },
    gateway: "ready",
    storeMode: "file",
    outbox: { pending: 0, dead: 0 },
    version: "0.3.0",
    startedAt: now - 12 * DAY,
    host: "web-1",
    now,
  };
  return renderPing(view, en);
}

function line(
  name: string,
  over: Partial<TargetLine> & { readonly reading?: TargetReading; firing?: readonly Alert[] },
) {
  const { reading: shown, firing = [], ...rest } = over;
  const detail = { firing, ...(shown === undefined ? {} : { reading: shown }) };
  return { name, kind: "http", tone: "well", state: { is: "well" }, detail, ...rest } satisfies TargetLine;
}

/** Twelve targets as a shop has them: two in trouble, one not measured, the rest well. */
function healthView(now: number, incidents: IncidentExhibits): HealthView {
  const web = (seconds: number): TargetReading => ({
    kind: "http",
    status: 200,
    seconds,
    certificateUntil: (now + 61 * DAY + HOUR) / 1_000,
  });
  const unit = (since: number): TargetReading => ({
    kind: "unit",
    active: "active",
    sub: "running",
    since: now - since,
    memoryBytes: 118 * MIB,
  });
  return {
    host: "web-1",
    tone: "critical",
    total: 12,
    counts: { critical: 1, warning: 1, info: 0, unknown: 1, muted: 0 },
    hostReading: {
      reading: {
        kind: "host",
        cpu: 0.12,
        load: 0.4,
        memory: 0.41,
        disks: [{ mount: "/", used: 0.63 }],
      },
      trend: { mount: "/", bytesPerDay: 0.2 * GIB },
    },
    targets: [
      line("payments", {
        tone: "critical",
        state: { is: "bad", reason: "refused" },
        firing: [incidents.alert({ rule: "TargetDown", target: "payments", labels: {}, reason: "refused" })],
      }),
      line("tickets-api", {
        tone: "warning",
        firing: [
          incidents.alert({
            rule: "HttpSlow",
            target: "tickets-api",
            labels: {},
            severity: "warning",
            value: 1.24,
            limit: { op: ">", value: 1 },
          }),
        ],
        reading: web(1.24),
      }),
      line("backup", {
        kind: "unit",
        tone: "unknown",
        state: { is: "failed", failure: "bus_unreachable", detail: "connect ENOENT", ageMs: 3 * MINUTE },
      }),
      line("shop-bot", { kind: "unit", reading: unit(12 * DAY + HOUR) }),
      line("mail-worker", { kind: "unit", reading: unit(3 * DAY + HOUR) }),
      line("web", { reading: web(0.014) }),
      ...["admin", "search", "images", "cdn-edge-frankfurt-1", "cdn-edge-tokyo-1", "status"].map((name, at) =>
        line(name, { reading: web(0.01 * (at + 1)) }),
      ),
    ],
    onlyProblems: false,
    busiest: [...HOST_FACTS.top],
    asOf: now - 2 * MINUTE - 5_000,
    now,
  };
}

function health(now: number, incidents: IncidentExhibits): readonly Exhibit[] {
  const view = healthView(now, incidents);
  const ids = { refresh: "v1:refresh:1", toggle: "v1:toggle:1" };
  const { hostReading: _hidden, ...rest } = view;
  const seen: HealthView = {
    ...rest,
    busiest: [],
    targets: view.targets.map(({ detail: _detail, ...target }) => target),
  };
  const well: HealthView = {
    ...view,
    tone: "well",
    counts: { critical: 0, warning: 0, info: 0, unknown: 0, muted: 0 },
    targets: view.targets.slice(3),
  };
  const stopped = { target: "mail-worker", id: "1", by: "operator", at: now - HOUR - 5_000, reason: "" };
  const detail = { firing: [incidents.alert({ rule: "UnitInactive", target: "mail-worker", labels: {} })], stopped };
  const quiet: HealthView = {
    ...well,
    counts: { ...well.counts, muted: 1 },
    targets: [{ ...line("mail-worker", { kind: "unit", tone: "muted" }), detail }, ...well.targets.slice(0, 2)],
  };
  return [
    { name: "health-stopped", message: renderHealth(quiet, ids, en), form: "answer" },
    { name: "health", message: renderHealth(view, ids, en), form: "answer" },
    { name: "health-well", message: renderHealth(well, ids, en), form: "answer" },
    { name: "health-summary-only", message: renderHealth(seen, {}, en), form: "answer" },
    {
      name: "health-target",
      message: renderTarget(targetView(now, incidents), { refresh: ids.refresh }, en),
      form: "answer",
    },
  ];
}

function targetView(now: number, incidents: IncidentExhibits): TargetView {
  const labels = { code: "502" };
  return {
    host: "web-1",
    name: "web",
    kind: "http",
    labels: { service: "shop" },
    intervalMs: 30_000,
    tone: "critical",
    state: { is: "bad", reason: "wrong_status" },
    reading: { kind: "http", status: 502, seconds: 0.014, certificateUntil: (now + 61 * DAY + HOUR) / 1_000 },
    facts: { kind: "http", url: "https://shop.example/health", status: 502 },
    alerts: [
      {
        alert: incidents.alert({
          rule: "TargetDown",
          target: "web",
          labels: {},
          reason: "wrong_status",
          evidence: { kind: "http", url: "https://shop.example/health", status: 502 },
        }),
      },
    ],
    series: [
      { series: "probe_success", labels: {}, value: 0, unit: "bool", help: "1 when the target answered as it should." },
      { series: "http_duration_seconds", labels, value: 0.014, unit: "seconds", help: "Time until the whole answer." },
      { series: "http_certificate_not_after_seconds", labels: {}, value: (now + 61 * DAY) / 1_000, unit: "seconds" },
    ],
    measuredAt: now - 2 * MINUTE - 5_000,
    durationMs: 14,
    lastChange: now - 7 * MINUTE - 5_000,
    now,
  };
}

/** Every kind of message there is, as of one moment (UTC milliseconds); `role` is who is called for alerts. Ages are a few seconds past a full minute, so that they read the same for a while. */
export function gallery(now: number, role: string): readonly Exhibit[] {
  const incidents = new IncidentExhibits(now, role);
  return [
    ...incidents.all(),
    ...notices(now),
    { name: "ping", message: ping(now), form: "answer" },
    ...health(now, incidents),
    ...refusals(now),
    ...actions(now),
    ...audit(now),
    ...logPages(now),
    ...permissions(),
  ];
}
