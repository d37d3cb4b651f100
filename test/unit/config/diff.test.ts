import { join } from "node:path";

import { describe, expect, it } from "vitest";

import type { Config } from "../../../src/config/config.js";
import { differences } from "../../../src/config/diff.js";
import { loadConfig } from "../../../src/config/load.js";
import { testEnv, testLoading } from "../../support/config.js";

function config(): Config {
  const cwd = join(import.meta.dirname, "../../testdata/config");
  const loaded = loadConfig({
    env: { ...testEnv, TOBAN_CONFIG: "valid-full.yaml" },
    ...testLoading,
    cwd,
  });
  if (!loaded.config) throw new Error("the fixture is refused");
  return loaded.config;
}

describe("differences between configurations", () => {
  it("finds none between two readings of one file", () => {
    expect(differences(config(), config())).toEqual([]);
  });

  it("names what was added, removed and changed", () => {
    const before = config();
    const [first, ...rest] = before.targets;
    if (!first) throw new Error("no target");
    const after: Config = {
      ...before,
      locale: "ja",
      targets: [
        ...rest.map((target) => (target.name === "web" ? { ...target, intervalMs: 1 } : target)),
        { ...first, name: "new" },
      ],
      rules: before.rules.slice(1),
      routes: [],
      permissions: { guild: before.guild },
    };
    expect(differences(before, after)).toEqual([
      { what: "setting", name: "locale", change: "changed" },
      { what: "target", name: "host", change: "removed" },
      { what: "target", name: "web", change: "changed" },
      { what: "target", name: "new", change: "added" },
      { what: "rule", name: "HostMemory", change: "removed" },
      { what: "route", name: "1", change: "removed" },
      { what: "route", name: "2", change: "removed" },
      { what: "permission", name: "1", change: "removed" },
      { what: "permission", name: "2", change: "removed" },
    ]);
  });
});
