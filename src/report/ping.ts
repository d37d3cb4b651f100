import type { OwnNumbers } from "../model/contract/probe.js";
import { DISCORD_LIMITS } from "../model/limits.js";
import type { Tone } from "../model/message.js";
import type { PingView, Reading, ReadingKey } from "../model/view.js";
import type { Run } from "../model/run.js";
import type { Target } from "../model/target.js";
import { PING_BANDS, judge, loadOf } from "./bands.js";
import { ageOf, isFresh, largestOf, measured, valueOf } from "./runs.js";
import type { Measured } from "./runs.js";

export interface PingInput {
  readonly host: string;
  readonly now: number;
  readonly own: OwnNumbers;
  readonly targets: readonly Target[];
  readonly runs: ReadonlyMap<string, Run>;
}

interface Found {
  readonly value: number | undefined;
  readonly staleMs?: number;
}

/** The newest periodic sample of a kind's series, with its age when that is worth telling. */
function sampled(item: Measured | undefined, now: number, read: (run: Run) => number | undefined): Found {
  if (item?.run === undefined) return { value: undefined };
  const value = read(item.run);
  return isFresh(item, now) ? { value } : { value, staleMs: ageOf(item.run, now) };
}

/** The periodic sample; what the program knows at this moment where no run has told it yet. */
function periodic(item: Measured | undefined, now: number, series: string, present: number | undefined): Found {
  const found = sampled(item, now, (run) => valueOf(run, series));
  return found.value === undefined ? { value: present } : found;
}

function gather(input: PingInput): Readonly<Record<ReadingKey, Found>> {
  const { own, now } = input;
  const items = measured(input.targets, input.runs);
  const ofKind = (kind: string): Measured | undefined => items.find((item) => item.target.kind === kind);
  const self = ofKind("self");
  const discord = ofKind("discord");
  const host = ofKind("host");
  return {
    gateway: periodic(discord, now, "discord_gateway_seconds", own.gatewayPingSeconds),
    rest: periodic(discord, now, "discord_rest_seconds", own.restMedianSeconds),
    databaseRead: periodic(self, now, "toban_store_read_seconds", own.storeReadMedianSeconds),
    databaseWrite: periodic(self, now, "toban_store_write_seconds", own.storeWriteP99Seconds),
    databaseSuccess: periodic(self, now, "toban_store_success_ratio", own.storeSuccessRatio),
    loop: periodic(self, now, "toban_loop_lag_seconds", own.loopLagP99Seconds),
    commandP50: periodic(self, now, "toban_commands_p50_seconds", own.commandsP50Seconds),
    commandP95: periodic(self, now, "toban_commands_p95_seconds", own.commandsP95Seconds),
    botCpu: periodic(self, now, "toban_cpu_ratio", undefined),
    botMemory: periodic(self, now, "toban_resident_bytes", undefined),
    outbox: { value: own.outboxOldestSeconds },
    requests: { value: own.requestsPerMinute },
    hostCpu: sampled(host, now, (run) => valueOf(run, "host_cpu_used_ratio")),
    hostMemory: sampled(host, now, (run) => valueOf(run, "host_memory_used_ratio")),
    hostDisk: sampled(host, now, (run) => largestOf(run, "host_disk_used_ratio")?.value),
  };
}

function toneOf(readings: readonly Reading[], own: OwnNumbers): Tone {
  const dead = own.gateway !== "ready" || own.storeMode === "memory" || own.outboxDead > 0;
  if (readings.some((reading) => reading.verdict === "bad")) return "critical";
  return dead || readings.some((reading) => reading.verdict === "tolerated") ? "warning" : "well";
}

/** The newest readings, each judged against the band for the present load. */
export function pingView(input: PingInput): PingView {
  const { own } = input;
  const load = loadOf(own.requestsPerMinute);
  const found = Object.entries(gather(input)) as [ReadingKey, Found][];
  const readings = found.flatMap(([key, { value, staleMs }]): Reading[] => {
    if (value === undefined || !Number.isFinite(value)) return [];
    const spec = PING_BANDS[key];
    const verdict = judge(spec, load, value);
    return [
      { key, value, unit: spec.unit, verdict, band: spec.bands[load], ...(staleMs === undefined ? {} : { staleMs }) },
    ];
  });
  return {
    tone: toneOf(readings, own),
    load,
    requestsPerMinute: own.requestsPerMinute,
    requestLimitPerMinute: DISCORD_LIMITS.requestsPerSecond * 60,
    readings: Object.fromEntries(readings.map((reading) => [reading.key, reading])),
    gateway: own.gateway,
    ...(own.gatewayCloseCode === undefined ? {} : { gatewayCloseCode: own.gatewayCloseCode }),
    storeMode: own.storeMode,
    ...(own.storeTrouble === undefined ? {} : { storeTrouble: own.storeTrouble }),
    outbox: { pending: own.outboxPending, dead: own.outboxDead },
    version: own.version,
    startedAt: own.startedAt,
    host: input.host,
    now: input.now,
  };
}
