/**
 * Mutation check: every entry of test/mutants/*.yaml is one named bug, a change of one line. Each is applied by itself in a
 * copy of the tree, the tests it names are run, and at least one must fail. Prints the killing test of each.
 *
 *   npm run mutants                     all of them
 *   npm run mutants -- --tenth N        the N-th tenth (CI rotates by day)
 *   npm run mutants -- --only WORD      those whose name or file contains WORD
 */
import { spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";

import { parse } from "yaml";
import { z } from "zod";

const mutantSchema = z.strictObject({
  bug: z.string(),
  file: z.string(),
  /** Text that stands exactly once in the file, within one line. */
  find: z.string().refine((value) => !value.includes("\n")),
  replace: z.string().refine((value) => !value.includes("\n")),
  tests: z.array(z.string()).min(1),
});
type Mutant = z.infer<typeof mutantSchema> & { readonly room: string };

const FOLDER = "test/mutants";
const COPIED = [
  "src",
  "commands",
  "simulator",
  "demo",
  "test",
  "scripts",
  "bench",
  "deploy",
  "docs",
  "package.json",
  "tsconfig.json",
  "vitest.config.ts",
  "README.md",
  ".env.example",
];
const RUN_LIMIT_MS = 120_000;
const WORKERS = 2;

function readMutants(): readonly Mutant[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith(".yaml"))
    .toSorted()
    .flatMap((name) => {
      const entries = z.array(mutantSchema).parse(parse(readFileSync(join(FOLDER, name), "utf8")));
      return entries.map((entry) => ({ ...entry, room: basename(name, ".yaml") }));
    });
}

function copyTree(): string {
  const folder = mkdtempSync(join(tmpdir(), "toban-mutants-"));
  for (const name of COPIED.filter(existsSync))
    cpSync(name, join(folder, name), { recursive: true, errorOnExist: false, force: true });
  symlinkSync(join(process.cwd(), "node_modules"), join(folder, "node_modules"));
  return folder;
}

interface TestReport {
  readonly testResults: readonly {
    readonly status: string;
    readonly message: string;
    readonly name: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

type Outcome = { readonly killedBy: string } | { readonly survived: string };

function runTests(folder: string, tests: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const report = join(folder, "report.json");
    const child = spawn(
      process.execPath,
      // Without --bail: where two files fail at the same time, one run in forty reports neither.
      ["node_modules/vitest/vitest.mjs", "run", "--reporter=json", `--outputFile=${report}`, ...tests],
      // A group of its own: the workers of a run that is stopped must end with it, or they go on for ever.
      { cwd: folder, stdio: "ignore", detached: true },
    );
    const stop = (): void => {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    };
    const timer = setTimeout(stop, RUN_LIMIT_MS);
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      if (signal) {
        resolve({ killedBy: "(the tests did not end in time)" });
        return;
      }
      let results: TestReport;
      try {
        results = JSON.parse(readFileSync(report, "utf8")) as TestReport;
      } catch {
        resolve({ survived: `vitest gave no report (exit ${code ?? "?"})` });
        return;
      } finally {
        rmSync(report, { force: true });
      }
      const failed = results.testResults
        .flatMap((file) => file.assertionResults)
        .find((test) => test.status === "failed");
      if (failed) resolve({ killedBy: failed.fullName });
      // A mutant that does not even load is not a bug a test found.
      else if (code !== 0)
        resolve({
          survived: `no test failed, but a file did not load: ${results.testResults.find((file) => file.status === "failed")?.message.split("\n")[0] ?? ""}`,
        });
      else resolve({ survived: `${results.testResults.flatMap((file) => file.assertionResults).length} tests passed` });
    });
  });
}

async function tryMutant(folder: string, mutant: Mutant): Promise<Outcome> {
  const path = join(folder, mutant.file);
  const original = readFileSync(path, "utf8");
  const count = original.split(mutant.find).length - 1;
  if (count !== 1) return { survived: `its text stands ${count} times in ${mutant.file}, expected once` };
  try {
    writeFileSync(
      path,
      original.replace(mutant.find, () => mutant.replace),
    );
    return await runTests(folder, mutant.tests);
  } finally {
    writeFileSync(path, original);
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { tenth: { type: "string" }, only: { type: "string" } } });
  let mutants = readMutants();
  if (values.only !== undefined) {
    const word = values.only;
    mutants = mutants.filter((mutant) => `${mutant.room} ${mutant.file} ${mutant.bug}`.includes(word));
  }
  if (values.tenth !== undefined) {
    const tenth = Number(values.tenth) % 10;
    mutants = mutants.filter((_, index) => index % 10 === tenth);
  }
  const queue = [...mutants];
  let survivors = 0;
  const work = async (): Promise<void> => {
    const folder = copyTree();
    try {
      for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
        const outcome = await tryMutant(folder, mutant);
        if ("killedBy" in outcome)
          console.log(`killed    ${mutant.room}: ${mutant.bug}\n          by ${outcome.killedBy}`);
        else {
          survivors += 1;
          console.log(`SURVIVED  ${mutant.room}: ${mutant.bug} (${mutant.file})\n          ${outcome.survived}`);
        }
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  console.log(`mutants: ${mutants.length - survivors} killed, ${survivors} survived`);
  if (survivors > 0 || mutants.length === 0) process.exitCode = 1;
}

await main();
