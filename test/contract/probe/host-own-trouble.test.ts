import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { expect, test } from "vitest";

const SUPPORT = new URL("../../support/probe-bound.ts", import.meta.url).href;
const HOST = new URL("../../../src/probe/host.ts", import.meta.url).href;

/** Measures, then takes every descriptor there is and measures again: a process of its own, because the limit is the process's. */
const SCRIPT = `
  const { openSync, closeSync } = await import("node:fs");
  const { probeDeps, runOnce, targetOf } = await import(${JSON.stringify(SUPPORT)});
  const { host } = await import(${JSON.stringify(HOST)});
  const deps = probeDeps();
  const target = targetOf(host, {});
  const probe = host.create(target, deps);
  const outcome = async () => {
    const { result } = await runOnce(probe, target, deps);
    return result.status === "ok" ? "ok" : result.failure;
  };
  const outcomes = [await outcome()];
  const taken = [];
  try { for (;;) taken.push(openSync("/dev/null")); } catch {}
  outcomes.push(await outcome());
  for (const fd of taken) closeSync(fd);
  outcomes.push(await outcome());
  process.stdout.write(JSON.stringify(outcomes));
  await probe.close?.();`;

test("without a descriptor left the host is not measured, and is measured again as soon as there is one", async () => {
  const limited = 'ulimit -n 200 && exec "$0" "$@"';
  const { stdout } = await promisify(execFile)(
    "bash",
    ["-c", limited, process.execPath, "--import", "tsx", "--input-type=module", "--eval", SCRIPT],
    { timeout: 20_000 },
  );
  expect(JSON.parse(stdout)).toEqual(["ok", "no_descriptors", "ok"]);
});
