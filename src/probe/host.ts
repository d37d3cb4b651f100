import { existsSync } from "node:fs";

import { z } from "zod";

import { systemCodeOf } from "../base/errors.js";
import type { Probe, ProbeDeps, ProbeKind } from "../model/contract/probe.js";
import type { HostFacts } from "../model/facts.js";
import type { ProbeResult } from "../model/run.js";
import { ProcSource } from "./host/proc-source.js";
import { samplesOf } from "./host/samples.js";
import { HOST_SERIES } from "./host/series.js";
import { SlowFacts } from "./host/slow-facts.js";
import { SystemSource } from "./host/system-source.js";
import type { HostSource, HostValues } from "./host/values.js";

const options = z.strictObject({
  ignoreMounts: z
    .array(z.string().startsWith("/", "expected an absolute path, such as /mnt/scratch"))
    .default([])
    .describe(
      "Mount points that are not watched, by their full path. A pool of ZFS goes by that of its topmost dataset.",
    ),
});

export type HostOptions = z.infer<typeof options>;

/** The kernel's files where there are any, systeminformation elsewhere. */
export function hostSourceOf(deps: Pick<ProbeDeps, "clock" | "procRoot" | "sysRoot" | "hostRoot">): HostSource {
  if (!existsSync(`${deps.procRoot}/stat`)) return new SystemSource(deps.clock);
  return new ProcSource({ ...deps, kmsgPath: "/dev/kmsg" });
}

export function createHostProbe(
  source: HostSource,
  slow: Pick<SlowFacts, "get">,
  ignoreMounts: readonly string[],
): Probe {
  return {
    async run(signal): Promise<ProbeResult> {
      try {
        const values = without(await source.read(signal), ignoreMounts);
        return { status: "ok", samples: samplesOf(values), facts: factsOf(values, slow.get()) };
      } catch (thrown) {
        const code = systemCodeOf(thrown);
        if (code !== "EMFILE" && code !== "ENFILE") throw thrown;
        return { status: "failed", failure: "no_descriptors", detail: `no file descriptor left (${code})` };
      }
    },
    close() {
      source.close();
      return Promise.resolve();
    },
  };
}

function without(values: HostValues, ignored: readonly string[]): HostValues {
  if (ignored.length === 0) return values;
  return { ...values, mounts: values.mounts.filter(({ mount, path }) => !ignored.includes(path ?? mount)) };
}

function factsOf(values: HostValues, system: HostFacts["system"]): HostFacts {
  return {
    kind: "host",
    top: values.top,
    cores: values.cores,
    ...(values.memory === undefined ? {} : { memoryBytes: values.memory.totalBytes }),
    ...(values.bootedAt === undefined ? {} : { bootedAt: values.bootedAt }),
    mounts: values.mounts.map(({ mount, device, type, sizeBytes, availableBytes }) => ({
      mount,
      device,
      type,
      sizeBytes,
      availableBytes,
    })),
    notPermitted: values.notPermitted,
    ...(values.oomVictim && { oomVictim: values.oomVictim }),
    ...(system && { system }),
  };
}

export const host: ProbeKind<HostOptions> = {
  kind: "host",
  help: "The host: processor, memory, swap, pressure, disks, network, processes, kills for want of memory.",
  options,
  series: HOST_SERIES,
  defaultIntervalMs: 15_000,
  defaultTimeoutMs: 5_000,
  remote: () => false,
  create: (target, deps) =>
    createHostProbe(hostSourceOf(deps), new SlowFacts(deps.clock, deps.log), target.options.ignoreMounts),
};
