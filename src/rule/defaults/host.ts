import type { RuleDefinition } from "../definition.js";

const MINUTE = 60_000;

/** What the host itself may suffer from. */
export const HOST_RULES = {
  HostMemory: {
    series: "host_memory_used_ratio",
    reduction: { by: "last" },
    unit: "ratio",
    op: ">",
    limits: { warning: 0.8, critical: 0.9 },
    forMs: 5 * MINUTE,
    margin: { by: "points", size: 0.05 },
  },
  HostSwapping: {
    series: "host_memory_pressure_ratio",
    reduction: { by: "last" },
    unit: "ratio",
    op: ">",
    limits: { warning: 0.1, critical: 0.4 },
    forMs: 3 * MINUTE,
    margin: { by: "points", size: 0.05 },
  },
  HostCpu: {
    series: "host_cpu_used_ratio",
    reduction: { by: "last" },
    unit: "ratio",
    op: ">",
    limits: { warning: 0.8, critical: 0.95 },
    forMs: 10 * MINUTE,
    margin: { by: "points", size: 0.1 },
  },
  HostDisk: {
    series: "host_disk_used_ratio",
    reduction: { by: "last" },
    unit: "ratio",
    op: ">",
    limits: { warning: 0.8, critical: 0.9 },
    forMs: 5 * MINUTE,
    margin: { by: "points", size: 0.03 },
    fullAt: 1,
  },
  HostInodes: {
    series: "host_disk_inodes_used_ratio",
    reduction: { by: "last" },
    unit: "ratio",
    op: ">",
    limits: { warning: 0.8, critical: 0.95 },
    forMs: 5 * MINUTE,
    margin: { by: "points", size: 0.03 },
    fullAt: 1,
  },
  HostDiskReadOnly: {
    series: "host_disk_read_only",
    reduction: { by: "last" },
    unit: "bool",
    op: ">=",
    limits: { critical: 1 },
    forMs: 0,
    // An image or a read-only bind mount was never writable, and nobody needs to hear of it.
    needsGoodFirst: true,
  },
  HostOom: {
    series: "host_oom_kills_total",
    // Over after ten quiet minutes, because that is when the kill leaves the window.
    reduction: { by: "increase", windowMs: 10 * MINUTE },
    unit: "count",
    op: ">=",
    limits: { critical: 1 },
    forMs: 0,
  },
} as const satisfies Readonly<Record<string, RuleDefinition>>;
