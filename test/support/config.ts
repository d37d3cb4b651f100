import { z } from "zod";

import type { LoadOptions } from "../../src/config/load.js";
import type { ProbeKind } from "../../src/model/contract/probe.js";

/** A kind of probe that measures nothing: for tests of what surrounds probes. */
export const doorKind: ProbeKind = {
  kind: "door",
  help: "Whether a door is open.",
  options: z.strictObject({ address: z.string().describe("Where the door is.") }),
  series: [{ name: "door_open", unit: "bool", kind: "gauge", help: "1 when open.", labels: ["side"] }],
  defaultIntervalMs: 15_000,
  defaultTimeoutMs: 5_000,
  remote: () => false,
  create: () => ({ run: () => Promise.resolve({ status: "ok", samples: [] }) }),
};

const bare = (kind: string): ProbeKind => ({ ...doorKind, kind, options: z.strictObject({}) });

const hostKind: ProbeKind = {
  ...bare("host"),
  series: [{ name: "host_disk_used_ratio", unit: "ratio", kind: "gauge", help: "Used space.", labels: ["mount"] }],
};

/** A kind whose targets are units of systemd. */
const gateKind: ProbeKind<{ readonly unit: string }> = {
  ...bare("gate"),
  options: z.strictObject({ unit: z.string().min(1) }),
  unitOf: (options) => options.unit,
};

export const testKinds: ReadonlyMap<string, ProbeKind> = new Map(
  [doorKind, gateKind as ProbeKind, hostKind, bare("self"), bare("discord")].map((kind) => [kind.kind, kind]),
);

/** Rules of which the names in a file are known; the rules themselves are another room's. */
export const testRules = {
  HostMemory: { series: "host_memory_used_ratio", kinds: { only: ["host"] } },
  HostDisk: { series: "host_disk_used_ratio", kinds: { only: ["host"] } },
  DoorOpen: { series: "door_open" },
  TargetDown: { series: "probe_success", kinds: { except: ["self"] } },
} as const;

/** What loading needs beside the environment and a folder. */
export const testLoading = {
  kinds: testKinds,
  locales: ["en"],
  rules: testRules,
  commonSeries: [{ name: "probe_success", unit: "bool", kind: "gauge", help: "1 if all is well." }],
} as const satisfies Partial<LoadOptions>;

/** The least that a working environment holds. */
export const testEnv = {
  DISCORD_GUILD_ID: "111111111111111111",
  OPS_CHANNEL_ID: "222222222222222222",
} as const;
