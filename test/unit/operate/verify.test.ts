import { describe, expect, it } from "vitest";

import type { ActionName, ActionState } from "../../../src/model/action.js";
import type { UnitFacts } from "../../../src/model/facts.js";
import type { Run } from "../../../src/model/run.js";
import type { Verification } from "../../../src/model/verification.js";
import { judge } from "../../../src/operate/verify.js";
import type { Watched } from "../../../src/operate/watch.js";
import { aFailedRun, aRun, aTarget } from "../../support/runs.js";

const web = aTarget("web", "http");
const shop = aTarget("shop", "unit");

function state(active: string, mainPid?: number): ActionState {
  const sub = active === "active" ? "running" : "dead";
  return { by: "systemd", active, sub, ...(mainPid === undefined ? {} : { mainPid }), dependents: [] };
}

const UNSEEN: ActionState = { by: "child", dependents: [] };

function unitRun(active: string, mainPid: number | undefined, restarts: number = 0, success: number = 1): Run {
  const facts: UnitFacts = {
    kind: "unit",
    unit: "shop.service",
    load: "loaded",
    active,
    sub: "running",
    ...(mainPid === undefined ? {} : { mainPid }),
  };
  return aRun(shop, { probe_success: success, unit_restarts_total: restarts }, facts);
}

const good = aRun(web, { http_status_code: 200, http_duration_seconds: 0.015 });
const bad = aRun(web, { probe_success: 0, http_status_code: 500 });

interface Case {
  readonly action?: ActionName;
  readonly before?: ActionState;
  readonly atOnce?: ActionState;
  readonly after?: ActionState;
  readonly runs?: readonly Run[];
  readonly newErrors?: number;
}

function judged(given: Case): Verification {
  const { action = "restart", before = state("active", 4711), atOnce, after = state("active", 8123) } = given;
  const watched: Watched = {
    after,
    runs: given.runs ?? [],
    watchedMs: 30_000,
    ...(given.newErrors === undefined ? {} : { newErrors: given.newErrors }),
  };
  const outcome = { status: "done", by: after.by, tookMs: 1, ...(atOnce ? { after: atOnce } : {}) } as const;
  return judge({ action, before, outcome }, watched);
}

describe("a restart", () => {
  it("is verified with all that a person wants to read", () => {
    expect(judged({ runs: [bad, good], newErrors: 0 })).toEqual({
      verdict: "verified",
      faults: [],
      watchedMs: 30_000,
      active: "active",
      sub: "running",
      pidBefore: 4711,
      pidAfter: 8123,
      answer: { kind: "http", success: true, status: 200, seconds: 0.015 },
      newErrors: 0,
    });
  });

  const faulty: readonly (readonly [string, Case, Verification["faults"]])[] = [
    ["it is not active", { after: state("failed") }, ["not_active"]],
    ["it waits to be started again", { after: state("activating") }, ["not_active"]],
    ["it is the same process", { after: state("active", 4711) }, ["same_process"]],
    ["its process changed since the act", { atOnce: state("active", 5000) }, ["restarted_again"]],
    ["its process changed between runs", { runs: [unitRun("active", 6000)] }, ["restarted_again"]],
    ["systemd has counted", { runs: [unitRun("active", 8123, 3), unitRun("active", 8123, 4)] }, ["restarted_again"]],
    ["its answer is bad at last", { runs: [good, bad] }, ["bad_answer"]],
    ["its logs have errors", { newErrors: 2 }, ["new_errors"]],
    [
      "its own probe says what its unit does",
      { after: state("failed"), runs: [unitRun("failed", undefined, 0, 0)] },
      ["not_active"],
    ],
    [
      "everything is wrong",
      { after: state("failed"), runs: [bad], newErrors: 1 },
      ["not_active", "bad_answer", "new_errors"],
    ],
  ];
  it.each(faulty)("is not verified when %s", (_, given, faults) => {
    expect(judged(given)).toMatchObject({ verdict: "not_verified", faults });
  });

  it("is verified by what was seen of a job that ended well", () => {
    const runs = [unitRun("inactive", undefined)];
    expect(judged({ before: state("inactive"), after: state("inactive"), runs }).verdict).toBe("verified");
    expect(judged({ before: state("inactive"), after: state("inactive") }).faults).toEqual(["not_active"]);
  });

  it("passes over the process that was there before, and the one that never was", () => {
    expect(judged({ atOnce: state("active", 4711), runs: [unitRun("active", 8123)] }).verdict).toBe("verified");
    expect(judged({ before: state("inactive", 0), after: state("active", 0) })).not.toHaveProperty("pidBefore");
  });

  it("of which only the answer can be seen is judged by that", () => {
    expect(judged({ before: UNSEEN, after: UNSEEN, runs: [good] }).verdict).toBe("verified");
    expect(judged({ before: UNSEEN, after: UNSEEN, runs: [bad] }).faults).toEqual(["bad_answer"]);
    const unit = judged({ before: UNSEEN, after: UNSEEN, runs: [unitRun("active", 8123)] });
    expect(unit).toMatchObject({ verdict: "verified", active: "active", pidAfter: 8123 });
  });

  it("of which nothing can be seen is not called verified", () => {
    expect(judged({ before: UNSEEN, after: UNSEEN }).verdict).toBe("unverifiable");
    expect(judged({ before: UNSEEN, after: UNSEEN, newErrors: 0 }).verdict).toBe("unverifiable");
  });

  it("is not judged by what could not be measured, or by what Toban's own trouble spoiled", () => {
    const spoiled: Run = { ...bad, untrusted: ["loop_lag"] };
    const failed = aFailedRun(web, "deadline", "late");
    expect(judged({ before: UNSEEN, after: UNSEEN, runs: [spoiled, failed] }).verdict).toBe("unverifiable");
    expect(judged({ before: UNSEEN, after: UNSEEN, runs: [good, spoiled] }).verdict).toBe("verified");
  });
});

it("a start may find the process that runs already", () => {
  expect(judged({ action: "start", after: state("active", 4711) }).verdict).toBe("verified");
});

describe("a stop", () => {
  it("is verified when it has ended, whatever its probe and its logs say of that", () => {
    const verification = judged({ action: "stop", after: state("inactive"), runs: [bad], newErrors: 5 });
    expect(verification).toMatchObject({ verdict: "verified", faults: [] });
    expect(verification).not.toHaveProperty("answer");
    expect(judged({ action: "stop", after: state("failed") }).verdict).toBe("verified");
  });

  it.each(["active", "deactivating", "activating"])("is not verified while it is %s", (active) => {
    expect(judged({ action: "stop", after: state(active) }).faults).toEqual(["still_active"]);
  });

  it("by a vector is judged by whether it still answers", () => {
    const of = (runs: readonly Run[]) => judged({ action: "stop", before: UNSEEN, after: UNSEEN, runs });
    expect(of([good]).faults).toEqual(["still_active"]);
    expect(of([bad]).verdict).toBe("verified");
    expect(of([]).verdict).toBe("unverifiable");
  });
});

describe("a kill", () => {
  it("is verified when the process is gone, also when systemd has started it again", () => {
    expect(judged({ action: "kill", after: state("failed") }).verdict).toBe("verified");
    expect(judged({ action: "kill", after: state("active", 8123) }).verdict).toBe("verified");
    expect(judged({ action: "kill", after: state("active", 4711) }).faults).toEqual(["same_process"]);
  });

  it("of which the process was not known is verified only when nothing runs", () => {
    expect(judged({ action: "kill", before: UNSEEN, after: state("active", 8123) }).verdict).toBe("unverifiable");
    expect(judged({ action: "kill", before: UNSEEN, after: state("inactive") }).verdict).toBe("verified");
  });
});
