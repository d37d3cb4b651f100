import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";

import { describe, expect, it } from "vitest";
import { parse } from "yaml";

import type { RuleTestFile } from "../../support/rules/promtool.js";
import { expandValues, parseSeries, runRuleTest } from "../../support/rules/promtool.js";

const FOLDER = path.join(import.meta.dirname, "../../testdata/rules");
const files = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".yaml"))
  .map((name) => ({ name, content: parse(readFileSync(path.join(FOLDER, name), "utf8")) as RuleTestFile }));

describe.each(files)("$name", ({ content }) => {
  it.each(content.tests)("$name", (test) => {
    const wanted = test.alert_rule_test.map(({ eval_time: time, alertname, exp_alerts: alerts }) => ({
      ask: `${alertname} at ${time}`,
      fires: alerts.map((alert) => alert.exp_labels),
    }));
    const given = runRuleTest(test, content.overrides);
    for (const want of wanted) {
      const found = given.find(({ ask }) => ask === want.ask);
      expect(found, `${want.ask} lies within the input`).toBeDefined();
      expect([want.ask, found?.fires.toSorted(byText)]).toEqual([want.ask, want.fires.toSorted(byText)]);
    }
  });
});

function byText(a: object, b: object): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}

describe("the notation", () => {
  it("is promtool's", () => {
    expect(expandValues("1+1x2 _ 5x1 stale -2-1x1 _x2")).toEqual([1, 2, 3, "_", 5, 5, "stale", -2, -3, "_", "_"]);
    expect(() => expandValues("1y2")).toThrow(/1y2/);
    expect(parseSeries('a_b{mount="/",x="y z"}')).toEqual({ name: "a_b", labels: { mount: "/", x: "y z" } });
  });
});
