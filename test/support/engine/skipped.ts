import { howToGet } from "./list.js";
import type { EngineName } from "./list.js";

/** A test that was skipped for want of engines. */
export interface SkippedTest {
  readonly file: string;
  readonly missing: readonly EngineName[];
}

/** One line for each set of missing engines: how many tests, in how many files, and how to have them run. */
export function skippedLines(tests: readonly SkippedTest[]): readonly string[] {
  const groups = new Map<string, SkippedTest[]>();
  for (const test of tests) {
    const engines = test.missing.join(", ");
    groups.set(engines, [...(groups.get(engines) ?? []), test]);
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([engines, group]) => {
      const files = new Set(group.map(({ file }) => file)).size;
      const count = `${counted(group.length, "test")} in ${counted(files, "file")}`;
      return `skipped for want of ${engines}: ${count}; ${howToGet(group[0]?.missing ?? [])}`;
    });
}

/** Why a run with these skipped tests is no success: a machine that proves changes must have everything. */
export function unproven(skipped: number, ci: string | undefined): string | undefined {
  const proves = ci !== undefined && !["", "0", "false"].includes(ci.toLowerCase());
  if (!proves || skipped === 0) return undefined;
  return `CI=${ci}: ${counted(skipped, "test")} skipped for want of an engine, so this run fails. Here every test must run.`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
