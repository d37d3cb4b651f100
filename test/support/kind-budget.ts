import { ENGINE_SECONDS } from "./engine/starts.js";
import type { Engine, Starts } from "./engine/starts.js";

/** What the ordinary tests of one kind of probe may spend on engines. Thirty kinds must fit into five minutes. */
export const KIND_SECONDS = 6;

/** The kind whose tests a file holds, by its place; undefined: it is about none alone. */
export function kindOf(path: string): string | undefined {
  const [, room, file] = /\/(?:kinds\/([\w-]+)\/|probe(?:-suite)?\/([a-z]+))/u.exec(path) ?? [];
  return room ?? file;
}

/** What is beyond the budget, in words. */
export function overBudget(files: readonly { readonly path: string; readonly starts: Starts }[]): readonly string[] {
  const kinds = new Map<string, Map<Engine, number>>();
  for (const { path, starts } of files) {
    const kind = kindOf(path);
    if (kind === undefined) continue;
    const sum = kinds.get(kind) ?? new Map<Engine, number>();
    kinds.set(kind, sum);
    for (const [engine, count] of Object.entries(starts) as [Engine, number][]) {
      sum.set(engine, (sum.get(engine) ?? 0) + count);
    }
  }
  return [...kinds].flatMap(([kind, sum]) => {
    const seconds = [...sum].reduce((total, [engine, count]) => total + count * ENGINE_SECONDS[engine], 0);
    if (seconds <= KIND_SECONDS) return [];
    const list = [...sum].map(([engine, count]) => `${count} × ${engine}`).join(", ");
    return [
      `the tests of the kind ${kind} start too many engines: ${list}, charged with ${seconds.toFixed(1)} s of ${KIND_SECONDS}; start one per file, or move what is exhaustive to *.deep.test.ts`,
    ];
  });
}
