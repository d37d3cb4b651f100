import { createHook } from "node:async_hooks";
import { readFileSync, readdirSync } from "node:fs";

import { expect, test } from "vitest";

import { systemClock } from "../../../src/base/clock.js";
import type { HostSource } from "../../../src/probe/host/values.js";
import { createHostProbe } from "../../../src/probe/host.js";
import { ProcSource } from "../../../src/probe/host/proc-source.js";
import { SystemSource } from "../../../src/probe/host/system-source.js";

const signal = new AbortController().signal;

/** Page faults of children that have ended (proc_pid_stat(5), field 11): no child can run without one. */
function faultsOfChildren(): number {
  const text = readFileSync("/proc/self/stat", "utf8");
  return Number(text.slice(text.lastIndexOf(")") + 2).split(" ")[8]);
}

/** Children started while `work` runs: asynchronous ones as Node counts them, synchronous ones by what they leave in the kernel's books. */
async function childrenOf(
  work: () => Promise<unknown>,
): Promise<{ readonly started: number; readonly faults: number }> {
  let started = 0;
  const hook = createHook({
    init(_id, type) {
      if (type === "PROCESSWRAP") started += 1;
    },
  }).enable();
  const before = faultsOfChildren();
  try {
    await work();
  } finally {
    hook.disable();
  }
  return { started, faults: faultsOfChildren() - before };
}

function probeOf(source: HostSource) {
  return createHostProbe(source, { get: () => undefined }, []);
}

test("200 runs of the host kind start no child and leave no descriptor", async () => {
  const source = new ProcSource({ clock: systemClock, procRoot: "/proc", sysRoot: "/sys", kmsgPath: "/dev/kmsg" });
  const probe = probeOf(source);
  const descriptors = readdirSync("/proc/self/fd").length;
  let openAfterFirst = 0;
  const children = await childrenOf(async () => {
    for (let run = 0; run < 200; run += 1) {
      expect((await probe.run(signal)).status).toBe("ok");
      if (run === 0) openAfterFirst = readdirSync("/proc/self/fd").length;
    }
  });
  expect(children).toEqual({ started: 0, faults: 0 });
  expect(readdirSync("/proc/self/fd").length).toBe(openAfterFirst);
  await probe.close?.();
  expect(readdirSync("/proc/self/fd").length).toBe(descriptors);
});

test("the count sees children where there are some", async () => {
  const children = await childrenOf(() => probeOf(new SystemSource(systemClock)).run(signal));
  expect(children.started + children.faults).toBeGreaterThan(0);
});
