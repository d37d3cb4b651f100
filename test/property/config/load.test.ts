import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";

import { loadConfig } from "../../../src/config/load.js";
import { problemText } from "../../../src/config/problem.js";
import { testEnv, testLoading } from "../../support/config.js";
import { fc } from "../../support/fast-check.js";

const folder = mkdtempSync(join(tmpdir(), "toban-fuzz-"));
afterAll(() => rmSync(folder, { recursive: true }));

function load(source: string) {
  writeFileSync(join(folder, "toban.yaml"), source);
  return loadConfig({ env: testEnv, ...testLoading, cwd: folder });
}

const section = fc.constantFrom(
  "labels",
  "host",
  "timezone",
  "scrape",
  "targets",
  "rules",
  "routes",
  "permissions",
  "other",
);
const word = fc.constantFrom(
  "name",
  "kind",
  "door",
  "interval",
  "15s",
  "web",
  "address",
  "match",
  "severity",
  "critical",
  "may",
  "for",
  "where",
);
const leaf = fc.oneof(word, fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: "small" },
    leaf,
    fc.array(tie("tree"), { maxLength: 3 }),
    fc.dictionary(word, tie("tree"), { maxKeys: 4 }),
  ),
}));

describe("whatever stands in the file", () => {
  it("is accepted, or refused with at least one problem that says where, what and what instead", () => {
    fc.assert(
      fc.property(fc.dictionary(section, tree, { maxKeys: 4 }), (content) => {
        const { config, problems } = load(stringify(content));
        expect(config === undefined).toBe(problems.length > 0);
        for (const problem of problems) {
          expect(problemText(problem)).toMatch(/^\S+: .+: found .+, expected .+/su);
          expect(problem.line ?? 1).toBeGreaterThan(0);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("is never an exception, even when it is no YAML", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (source) => {
        const { config, problems } = load(source);
        expect(config === undefined).toBe(problems.length > 0);
      }),
      { numRuns: 300 },
    );
  });
});
