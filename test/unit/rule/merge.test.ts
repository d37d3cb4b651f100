import { describe, expect, it } from "vitest";

import { catalogueFor } from "../../../src/locale/index.js";
import type { Rule, RuleOverride } from "../../../src/model/rule.js";
import { RULE_NAMES } from "../../../src/rule/defaults/index.js";
import { mergeRules } from "../../../src/rule/merge.js";
import { selects } from "../../../src/rule/select.js";
import { wordsOf } from "../../../src/rule/words.js";

function merged(...overrides: readonly RuleOverride[]): readonly Rule[] {
  const { rules, problems } = mergeRules(overrides);
  expect(problems).toEqual([]);
  return rules;
}

function one(name: string, ...overrides: readonly RuleOverride[]): Rule {
  const found = merged(...overrides).filter((rule) => rule.name === name);
  expect(found).toHaveLength(1);
  const [rule] = found;
  if (!rule) throw new Error(`no rule ${name}`);
  return rule;
}

/** `warning > 0.8 until < 0.75 for 300000`, the way a level reads. */
function levels(rule: Rule): readonly string[] {
  return rule.levels.map(({ severity, threshold, clear, forMs }) => {
    const end = clear ? ` until ${clear.op} ${clear.value}` : "";
    return `${severity} ${threshold.op} ${threshold.value}${end} for ${forMs / 1_000}`;
  });
}

describe("the built-in rules", () => {
  it.each([
    ["HostMemory", ["warning > 0.8 until < 0.75 for 300", "critical > 0.9 until < 0.85 for 300"]],
    ["HostSwapping", ["warning > 0.1 until < 0.05 for 180", "critical > 0.4 until < 0.35 for 180"]],
    ["HostCpu", ["warning > 0.8 until < 0.7 for 600", "critical > 0.95 until < 0.85 for 600"]],
    ["HostDisk", ["warning > 0.8 until < 0.77 for 300", "critical > 0.9 until < 0.87 for 300"]],
    ["HostInodes", ["warning > 0.8 until < 0.77 for 300", "critical > 0.95 until < 0.92 for 300"]],
    ["HostDiskReadOnly", ["critical >= 1 for 0"]],
    ["HostOom", ["critical >= 1 for 0"]],
    ["TargetDown", ["critical >= 2 until < 1 for 0"]],
    ["ProbeFailed", ["warning >= 3 until < 1 for 0"]],
    ["UnitFailed", ["critical >= 1 for 0"]],
    ["UnitRestarted", ["warning >= 1 for 0", "critical >= 5 for 0"]],
    ["UnitInactive", ["critical < 1 for 30"]],
    ["HttpSlow", ["warning > 1 until < 0.8 for 300", "critical > 5 until < 4 for 300"]],
    ["HttpCertificate", ["warning < 1814400 until > 2592000 for 0", "critical < 604800 until > 1382400 for 0"]],
    ["DiscordSlow", ["warning > 0.2 until < 0.16 for 300", "critical > 1 until < 0.8 for 300"]],
    ["DiscordRateLimited", ["warning > 5 until <= 0 for 0", "critical > 50 until <= 45 for 0"]],
    ["DiscordInvalid", ["warning > 100 until <= 0 for 0", "critical > 2000 until <= 1900 for 0"]],
    ["TobanLag", ["warning > 0.2 for 60", "critical > 2 for 60"]],
    ["TobanStore", ["warning > 0.25 for 60", "critical > 2 for 60"]],
    ["OutboxOld", ["warning > 60 for 60", "critical > 600 for 60"]],
    ["ClockJumped", ["warning > 2 for 60"]],
  ])("%s is what is promised", (name, expected) => {
    expect(levels(one(name))).toEqual(expected);
  });

  it("are all in that table, and each has words", () => {
    expect(merged().map((rule) => rule.name)).toEqual(RULE_NAMES);
    for (const name of RULE_NAMES) {
      const words = wordsOf(catalogueFor("en"), name);
      expect(words?.title({ mount: "/" })).not.toBe("");
      expect(words?.means).toMatch(/^[A-Z].*\.$/);
      expect(words?.do).toMatch(/^[A-Z].*\.$/);
    }
    expect(wordsOf(catalogueFor("en"), "toString")).toBeUndefined();
  });

  it("have checksums of their own", () => {
    expect(new Set(merged().map((rule) => rule.checksum)).size).toBe(RULE_NAMES.length);
  });
});

describe("an override", () => {
  it("changes field by field", () => {
    const rule = one("HostMemory", { name: "HostMemory", critical: "> 95%", forMs: 60_000 });
    expect(levels(rule)).toEqual(["warning > 0.8 until < 0.75 for 60", "critical > 0.95 until < 0.9 for 60"]);
    expect(rule.checksum).not.toBe(one("HostMemory").checksum);
  });

  it("moves the end with the limit, unless it says where the end is", () => {
    expect(levels(one("HostMemory", { name: "HostMemory", warning: "> 60%" }))[0]).toBe(
      "warning > 0.6 until < 0.55 for 300",
    );
    expect(levels(one("HostMemory", { name: "HostMemory", clear: "< 70%" }))).toEqual([
      "warning > 0.8 until < 0.7 for 300",
      "critical > 0.9 until < 0.8 for 300",
    ]);
    expect(levels(one("HttpSlow", { name: "HttpSlow", warning: "> 2s", critical: "> 10s" }))).toEqual([
      "warning > 2 until < 1.6 for 300",
      "critical > 10 until < 8 for 300",
    ]);
  });

  it("takes a level away, which gives the end to the other", () => {
    const rule = one("HostMemory", { name: "HostMemory", warning: "off", clear: "< 88%" });
    expect(levels(rule)).toEqual(["critical > 0.9 until < 0.88 for 300"]);
  });

  it("adds a level that the built-in rule does not have", () => {
    expect(levels(one("ClockJumped", { name: "ClockJumped", critical: "> 1m" }))).toEqual([
      "warning > 2 for 60",
      "critical > 60 for 60",
    ]);
  });

  it("switches a rule off", () => {
    const names = (override: RuleOverride) => merged(override).map((rule) => rule.name);
    expect(names({ name: "HostCpu", enabled: false })).not.toContain("HostCpu");
    expect(names({ name: "HostCpu", warning: "off", critical: "off" })).not.toContain("HostCpu");
  });

  it.each<[RuleOverride, readonly string[]]>([
    [{ name: "HttpCertificate", warning: "< 14d", critical: "< 3d" }, ["warning < 1209600", "critical < 259200"]],
    [{ name: "HttpSlow", warning: "500ms" }, ["warning > 0.5", "critical > 5"]],
    [{ name: "UnitRestarted", warning: "+2", critical: "5/10m" }, ["warning >= 2", "critical >= 5"]],
    [{ name: "UnitRestarted", warning: "> 2" }, ["warning > 2", "critical >= 5"]],
    [{ name: "TargetDown", critical: "3" }, ["critical >= 3"]],
    [{ name: "HostDisk", critical: "> 92.5%" }, ["warning > 0.8", "critical > 0.925"]],
  ])("reads %j", (override, expected) => {
    const read = one(override.name, override).levels;
    expect(read.map(({ severity, threshold }) => `${severity} ${threshold.op} ${threshold.value}`)).toEqual(expected);
  });

  it("takes the window of a rate", () => {
    const rule = one("UnitRestarted", { name: "UnitRestarted", warning: "2/1h", critical: "8/1h" });
    expect(rule.reduction).toEqual({ by: "increase", windowMs: 3_600_000 });
  });
});

describe("overrides for some", () => {
  const select = (rules: readonly Rule[], target: string, labels: Readonly<Record<string, string>>): readonly Rule[] =>
    rules.filter((rule) => rule.series === "host_disk_used_ratio" && selects(rule, { target, kind: "host", labels }));
  const critical = (rules: readonly Rule[]): readonly (number | undefined)[] =>
    rules.map((rule) => rule.levels.at(-1)?.threshold.value);

  it("stand on the one for everything, the more specific first, and never two at once", () => {
    const rules = merged(
      { name: "HostDisk", targets: ["db-*"], critical: "> 70%" },
      { name: "HostDisk", where: { mount: "/" }, critical: "> 85%" },
      { name: "HostDisk", warning: "> 50%", critical: "> 95%" },
      { name: "HostDisk", targets: ["db-1"], enabled: false },
    );
    expect(critical(select(rules, "web", { mount: "/" }))).toEqual([0.85]);
    expect(critical(select(rules, "db-2", { mount: "/" }))).toEqual([0.85]);
    expect(critical(select(rules, "db-2", { mount: "/var" }))).toEqual([0.7]);
    expect(critical(select(rules, "db-1", { mount: "/var" }))).toEqual([]);
    expect(critical(select(rules, "web", { mount: "/var" }))).toEqual([0.95]);
    expect(select(rules, "web", { mount: "/" })[0]?.levels[0]?.threshold.value).toBe(0.5);
  });
});

describe("a mistake", () => {
  it.each<[string, readonly RuleOverride[], readonly (string | number)[], string, RegExp]>([
    ["an unknown rule", [{ name: "HostMem" }], [0, "name"], "HostMem", /one of HostMemory/],
    ["a unit that is not the rule's", [{ name: "HostMemory", warning: "> 5s" }], [0, "warning"], "> 5s", /"> 80%"/],
    ["a bare number for a share", [{ name: "HostMemory", warning: "> 80" }], [0, "warning"], "> 80", /"> 80%"/],
    ["the other direction", [{ name: "HostMemory", warning: "< 20%" }], [0, "warning"], "< 20%", /worse above/],
    ["a limit for a yes or no", [{ name: "UnitFailed", critical: "> 1" }], [0, "critical"], "> 1", /no limit to set/],
    [
      "warning beyond critical",
      [{ name: "HostMemory", warning: "> 95%" }],
      [0, "warning"],
      "warning at 0.95, critical at 0.9",
      /not beyond/,
    ],
    [
      "critical below warning",
      [{ name: "HttpCertificate", critical: "< 30d" }],
      [0, "critical"],
      "warning at 1814400, critical at 2592000",
      /not beyond/,
    ],
    ["an end beyond warning", [{ name: "HostMemory", clear: "< 85%" }], [0, "clear"], "< 85%", /good side/],
    ["an end in the wrong direction", [{ name: "HostMemory", clear: "> 70%" }], [0, "clear"], "> 70%", /"< 80%"/],
    ["an end for a yes or no", [{ name: "UnitFailed", clear: "< 1" }], [0, "clear"], "< 1", /no limit/],
    [
      "two windows",
      [{ name: "UnitRestarted", warning: "1/5m", critical: "5/10m" }],
      [0, "critical"],
      "5/10m",
      /same time as warning/,
    ],
    ["a rate for a gauge", [{ name: "HostMemory", warning: "5/10m" }], [0, "warning"], "5/10m", /80%/],
    [
      "an unknown inhibitor",
      [{ name: "HttpSlow", inhibitedBy: ["Nobody"] }],
      [0, "inhibitedBy"],
      "Nobody",
      /names of rules/,
    ],
    [
      "the same selection twice",
      [{ name: "HostCpu" }, { name: "HostCpu", forMs: 1 }],
      [1, "name"],
      "HostCpu once more for the same targets",
      /rules\[0\]/,
    ],
    ["nonsense", [{ name: "HostCpu", critical: "lots" }], [0, "critical"], "lots", /80%/],
  ])("%s is a problem with its place, and the rule stays as it is built in", (_, overrides, path, found, expected) => {
    const { rules, problems } = mergeRules(overrides);
    expect(problems).toEqual([{ path, found, expected: expect.stringMatching(expected) as string }]);
    expect(rules).toEqual(mergeRules([]).rules);
  });

  it("does not hide the others", () => {
    const { problems } = mergeRules([{ name: "HostCpu", warning: "x", critical: "y", clear: "z" }, { name: "Nope" }]);
    expect(problems.map(({ path }) => path.join("."))).toEqual(["1.name", "0.warning", "0.critical"]);
  });

  it("accepts an end exactly at the limit, but not one that the limit still holds at", () => {
    expect(mergeRules([{ name: "HostMemory", clear: "< 80%" }]).problems).toEqual([]);
    expect(mergeRules([{ name: "HostMemory", clear: "<= 80%" }]).problems).toEqual([]);
    expect(mergeRules([{ name: "UnitRestarted", clear: "<= 1" }]).problems).toHaveLength(1);
    expect(mergeRules([{ name: "UnitRestarted", clear: "< 1" }]).problems).toEqual([]);
  });
});
