import { execFile } from "node:child_process";
import { chmod } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";

import { expect, test } from "vitest";

import { unit } from "../../../src/probe/unit.js";
import { needs } from "../../support/engine/needs.js";
import { silent, streamServer } from "../../support/faults/stream-server.js";
import { probeDeps, runOnce, targetOf, whyOf } from "../../support/probe-bound.js";

const SUPPORT = new URL("../../support/probe-bound.ts", import.meta.url).href;
const KINDS = new URL("../../../src/probe/", import.meta.url).href;

/** Takes every descriptor there is, then measures: a process of its own, because the limit is the process's. */
function exhaustedScript(port: number, path: string): string {
  return `
    const { openSync } = await import("node:fs");
    const { probeDeps, runOnce, targetOf, whyOf } = await import(${JSON.stringify(SUPPORT)});
    const { http } = await import(${JSON.stringify(`${KINDS}http.ts`)});
    const { unit } = await import(${JSON.stringify(`${KINDS}unit.ts`)});
    const deps = probeDeps({ systemBusAddress: ${JSON.stringify(`unix:path=${path}`)} });
    const web = targetOf(http, { url: ${JSON.stringify(`http://127.0.0.1:${port}/`)} });
    const steady = targetOf(unit, { unit: "steady" });
    const probes = [[http.create(web, deps), web], [unit.create(steady, deps), steady]];
    try { for (;;) openSync("/dev/null"); } catch {}
    const why = [];
    for (const [probe, target] of probes) why.push(whyOf(await runOnce(probe, target, deps)));
    process.stdout.write(JSON.stringify(why));
    for (const [probe] of probes) await probe.close?.();`;
}

test("without a descriptor left nothing is measured, and no target is blamed", async () => {
  await using web = await streamServer("tcp", silent);
  await using bus = await streamServer("unix", silent);
  const limited = 'ulimit -n 200 && exec "$0" "$@"';
  const script = exhaustedScript(web.port, bus.path);
  const { stdout } = await promisify(execFile)(
    "bash",
    ["-c", limited, process.execPath, "--import", "tsx", "--input-type=module", "--eval", script],
    { timeout: 20_000 },
  );
  expect(JSON.parse(stdout)).toEqual(["no_descriptors", "no_descriptors"]);
});

test("a bus that this user may not open is not permitted, and no unit is blamed", async () => {
  needs("root");
  await using bus = await streamServer("unix", silent);
  await chmod(dirname(bus.path), 0o700);
  const deps = probeDeps({ systemBusAddress: `unix:path=${bus.path}` });
  const target = targetOf(unit, { unit: "steady" });
  const probe = unit.create(target, deps);
  const before = process.geteuid?.() ?? 0;
  process.seteuid?.(65_534);
  try {
    expect(whyOf(await runOnce(probe, target, deps))).toBe("not_permitted");
  } finally {
    process.seteuid?.(before);
    await probe.close?.();
  }
});
