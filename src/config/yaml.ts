import { LineCounter, isAlias, isMap, isScalar, isSeq, parseDocument } from "yaml";
import type { Document, Node } from "yaml";

import type { Problem } from "./problem.js";

/** A configuration file is written by hand; one larger than this is something else. */
const MAX_FILE_BYTES = 4 * 1024 * 1024;

export interface YamlFile {
  readonly value: unknown;
  /** The line (from 1) on which the value of this path stands, or that of its nearest parent. */
  lineOf(path: readonly PropertyKey[]): number | undefined;
}

/** Parses YAML 1.2. Syntax errors, duplicate keys and more than one document are problems with their line. */
export function parseYaml(
  file: string,
  source: string,
): { readonly yaml?: YamlFile; readonly problems: readonly Problem[] } {
  if (Buffer.byteLength(source) > MAX_FILE_BYTES) {
    return { problems: [{ file, key: "(whole file)", found: "more than 4 MiB", expected: "a configuration file" }] };
  }
  const counter = new LineCounter();
  const document = parseDocument(source, { lineCounter: counter, prettyErrors: false, uniqueKeys: true });
  const problems = [...document.errors, ...document.warnings].map((error): Problem => {
    const { line } = counter.linePos(error.pos[0]);
    const duplicate = error.code === "DUPLICATE_KEY";
    return {
      file,
      line,
      key: "(syntax)",
      found: duplicate ? "a key that stands here already" : (error.message.split("\n")[0] ?? error.code),
      expected: duplicate ? "every key once" : "valid YAML",
    };
  });
  if (problems.length > 0) return { problems };
  let value: unknown;
  try {
    // A small limit: aliases that multiply themselves are an attack or an accident.
    value = document.toJS({ maxAliasCount: 100 });
  } catch (thrown) {
    return {
      problems: [
        {
          file,
          key: "(whole file)",
          found: thrown instanceof Error ? thrown.message : "too many aliases",
          expected: "at most 100 uses of aliases",
        },
      ],
    };
  }
  return { yaml: { value, lineOf: (path) => lineOf(document, counter, path) }, problems: [] };
}

function lineOf(document: Document, counter: LineCounter, path: readonly PropertyKey[]): number | undefined {
  let node: Node | null = document.contents;
  let offset = node?.range?.[0];
  for (const part of path) {
    if (isAlias(node)) node = node.resolve(document) ?? null;
    let next: Node | null | undefined;
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(part));
      if (pair && isScalar(pair.key)) offset = pair.key.range?.[0] ?? offset;
      next = pair?.value as Node | null | undefined;
    } else if (isSeq(node)) {
      next = node.items[Number(part)] as Node | undefined;
      offset = next?.range?.[0] ?? offset;
    }
    if (!next) break;
    node = next;
  }
  return offset === undefined ? undefined : counter.linePos(offset).line;
}
