import { spawnSync } from "node:child_process";
import { resolve } from "node:path";

import { expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "../../..");
const CONFIG = "test/testdata/engines/vitest.config.ts";

/** Runs the fixtures as somebody who may not administer: another user, or root as in a container. */
function runWithoutRights(ci: string): { readonly code: number | null; readonly said: string } {
  const vitest = [process.execPath, "node_modules/vitest/vitest.mjs", "run", "--config", CONFIG];
  const [file = "", ...args] =
    process.getuid?.() === 0 ? ["setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin", ...vitest] : vitest;
  const { status, stdout, stderr } = spawnSync(file, args, {
    cwd: ROOT,
    encoding: "utf8",
    env: { PATH: process.env["PATH"], CI: ci },
  });
  return { code: status, said: `${stderr}${stdout}` };
}

const SKIPPED = "skipped for want of root: 5 tests in 2 files; run as root (in a container: with --privileged)\n";
const COUNT = "\n1 passed, 0 failed, 5 skipped\n";

it("skips what needs a missing engine, hooks and all, and the rest runs", () => {
  expect(runWithoutRights("")).toEqual({ code: 0, said: `\n${SKIPPED}${COUNT}` });
});

it("fails under CI", () => {
  const { code, said } = runWithoutRights("true");
  expect(code).toBe(1);
  expect(said.startsWith(`\n${SKIPPED}CI=true: 5 tests skipped for want of an engine`)).toBe(true);
  expect(said.endsWith(COUNT)).toBe(true);
});
