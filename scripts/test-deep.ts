/**
 * The exhaustive tests (`*.deep.test.ts`): every commit, every request, long outages, every upgrade. `npm test` takes a sample of each.
 *
 *   npm run test:deep                   all of them
 *   npm run test:deep -- --part N       one part of ten (CI rotates by day)
 *   npm run test:deep -- WORD           the files whose path contains WORD
 */
import { spawn } from "node:child_process";
import { parseArgs } from "node:util";

import { DEPTH_VARIABLE, PARTS } from "../test/support/depth.js";

const { values, positionals } = parseArgs({ options: { part: { type: "string" } }, allowPositionals: true });
const depth = values.part === undefined ? "all" : String(Number(values.part) % PARTS);
process.stdout.write(`depth: ${depth === "all" ? "all" : `part ${depth} of ${PARTS}`}\n`);
const wanted = positionals.length > 0 ? positionals : [".deep.test"];
const child = spawn(process.execPath, ["node_modules/vitest/vitest.mjs", "run", ...wanted], {
  env: { ...process.env, [DEPTH_VARIABLE]: depth },
  stdio: "inherit",
});
child.once("exit", (code) => {
  process.exitCode = code ?? 1;
});
