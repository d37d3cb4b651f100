/**
 * Runs the test command again and again on an unchanged tree and prints a table: a test that fails once in twenty is a defect.
 *
 *   npm run test:repeat                 twenty runs
 *   npm run test:repeat -- --runs N
 */
import { spawn } from "node:child_process";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { runs: { type: "string", default: "20" } } });
const runs = Number(values.runs);
if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs takes a whole number from 1 on, not ${values.runs}`);

interface Outcome {
  readonly code: number;
  readonly seconds: number;
  /** The closing line of the tests. */
  readonly closing: string;
  readonly failed: readonly string[];
}

const COLOURS = new RegExp(`${String.fromCodePoint(0x1b)}\\[[0-9;]*m`, "gu");

function runTests(): Promise<Outcome> {
  const began = performance.now();
  const child = spawn("npm", ["test"], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve) => {
    child.once("close", (code) => {
      const lines = output.replace(COLOURS, "").trimEnd().split("\n");
      const failed = lines.flatMap((line) => /^\s*FAIL\s+(.+)$/u.exec(line)?.[1] ?? []);
      resolve({
        code: code ?? 1,
        seconds: Math.round((performance.now() - began) / 1_000),
        closing: lines.at(-1) ?? "",
        failed: [...new Set(failed)],
      });
    });
  });
}

process.stdout.write("| run | seconds | result | failed |\n| --- | --- | --- | --- |\n");
let green = 0;
for (let run = 1; run <= runs; run += 1) {
  const { code, seconds, closing, failed } = await runTests();
  if (code === 0) green += 1;
  process.stdout.write(`| ${run} | ${seconds} | ${closing} | ${failed.join("<br>")} |\n`);
}
process.stdout.write(`\ngreen ${green} of ${runs}\n`);
process.exitCode = green === runs ? 0 : 1;
