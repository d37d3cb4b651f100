import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import type { Logger } from "../../src/base/log.js";
import { silentLogs } from "../../src/base/log.js";
import type { Alert } from "../../src/model/alert.js";
import type { Incident, IncidentAlert, OutboxRow, ShownMessage } from "../../src/model/incident.js";
import type { Run } from "../../src/model/run.js";
import type { Store } from "../../src/store/contract.js";
import { openStore } from "../../src/store/open.js";
import type { StoreOptions } from "../../src/store/open.js";
import { requireEngines } from "./engine/list.js";
import { FakeClock } from "./fake-clock.js";

export const storeLog: Logger = silentLogs.for("store");

/** 2026-01-05 12:00 UTC: where a {@link FakeClock} begins. */
export const NOON = Date.UTC(2026, 0, 5, 12, 0, 0);

/** A directory of its own, gone with `[Symbol.dispose]`. */
export function temporaryDirectory(): Disposable & { readonly path: string } {
  const directory = mkdtempSync(path.join(tmpdir(), "toban-test-"));
  return { path: directory, [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }) };
}

export function openTestStore(options: Partial<StoreOptions> = {}): Promise<Store> {
  return openStore({ dataDir: undefined, clock: new FakeClock(), log: storeLog, ...options });
}

function mount(...args: string[]): void {
  const { status, stderr } = spawnSync("mount", args, { encoding: "utf8" });
  if (status !== 0) {
    throw new Error(`mount ${args.join(" ")} failed: ${stderr.trim()}`);
  }
}

export interface SmallDisk extends Disposable {
  readonly path: string;
  remount(how: "ro" | "rw"): void;
}

/** A real file system of that size, so that "full" and "read-only" are the kernel's own answers. */
export function smallDisk(kibibytes: number): SmallDisk {
  requireEngines(["root", "mount"]);
  const directory = temporaryDirectory();
  const disk = path.join(directory.path, "disk");
  mkdirSync(disk);
  mount("-t", "tmpfs", "-o", `size=${kibibytes}k,mode=0755`, "toban-test", disk);
  return {
    path: disk,
    remount: (how) => mount("-o", `remount,${how}`, disk),
    [Symbol.dispose]: () => {
      spawnSync("umount", ["-l", disk]);
      directory[Symbol.dispose]();
    },
  };
}

export function anAlert(name: string, changes: Partial<Alert> = {}): Alert {
  return {
    fingerprint: name,
    episode: `${name}:${NOON}`,
    rule: "HostDisk",
    ruleChecksum: "r1",
    host: "alpha",
    target: "host",
    labels: { mount: `/${name}` },
    state: "firing",
    severity: "warning",
    limit: { op: ">", value: 0.8 },
    value: 0.85,
    worst: 0.86,
    badSince: { warning: NOON - 300_000 },
    goodRuns: 0,
    missingRuns: 0,
    untrustedRounds: 0,
    untrusted: false,
    firingSince: NOON,
    lastSampleAt: NOON,
    ...changes,
  };
}

export function anIncident(id: string, number: number, changes: Partial<Incident> = {}): Incident {
  return {
    id,
    number,
    channel: "111",
    group: `target=${id}`,
    kind: "group",
    revision: 1,
    openedAt: NOON + number,
    announcedSeverity: "warning",
    announcedAt: NOON,
    joining: [],
    mentions: [],
    ...changes,
  };
}

export function anEntry(incident: string, alert: Alert): IncidentAlert {
  return { incident, episode: alert.episode ?? alert.fingerprint, joinedAt: NOON, alert };
}

export function anAnnouncement(id: string, changes: Partial<OutboxRow> = {}): OutboxRow {
  return {
    id,
    channel: "111",
    kind: "opened",
    severity: "warning",
    episodes: [],
    createdAt: NOON,
    state: "pending",
    attempts: 0,
    dueAt: NOON,
    reduced: 0,
    ...changes,
  };
}

export function aMessage(incident: string, changes: Partial<ShownMessage> = {}): ShownMessage {
  return {
    incident,
    channel: "111",
    messageId: "900",
    announcement: "a",
    shownRevision: 1,
    postedAt: NOON,
    dueAt: NOON,
    attempts: 0,
    reposted: false,
    ...changes,
  };
}

/** A run whose samples are `values`, by the name of the series. */
export function aRun(target: string, at: number, values: Readonly<Record<string, number>>): Run {
  return {
    target,
    kind: "host",
    host: "alpha",
    at,
    durationMs: 3,
    result: { status: "ok", samples: [] },
    samples: Object.entries(values).map(([series, value]) => ({ series, labels: {}, value })),
    untrusted: [],
  };
}

export const seriesOf = (target: string, series: string) => ({ host: "alpha", target, series, labels: {} }) as const;

/** Runs upkeep until it says that there is nothing left to do. */
export async function finishUpkeep(store: Store): Promise<number> {
  let slices = 0;
  while (await store.upkeep()) slices += 1;
  return slices;
}
