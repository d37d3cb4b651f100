import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";

import ts from "typescript";

const ROOT = path.resolve(import.meta.dirname, "../../..");
const MODULES = ["timeline", "fast-time", "kept", "victim"] as const;

/**
 * Puts these modules where the build would put them, beside the built program, so that a process starts from JavaScript alone: a loader
 * would take longer than the program itself. Returns the path of one of them.
 */
export function compiled(wanted: (typeof MODULES)[number]): string {
  const folder = path.join(ROOT, "dist/test/support/chaos");
  mkdirSync(folder, { recursive: true });
  for (const name of MODULES) {
    const source = readFileSync(path.join(import.meta.dirname, `${name}.ts`), "utf8");
    const { outputText } = ts.transpileModule(source, {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023, verbatimModuleSyntax: true },
    });
    const file = path.join(folder, `${name}.js`);
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, outputText);
    renameSync(draft, file);
  }
  return path.join(folder, `${wanted}.js`);
}
