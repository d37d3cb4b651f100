import { createContext, runInContext } from "node:vm";

import { describe, expect, it } from "vitest";

import { execStart, isArgument, isProgram } from "../../../src/app/deploy/exec-start.js";
import { rootUnitsIn, runsAsRoot } from "../../../src/app/deploy/installed-units.js";
import { deployPlan, grantDifference } from "../../../src/app/deploy/plan.js";
import type { ActionableTarget, DeployPlan } from "../../../src/app/deploy/plan.js";
import { polkitRule } from "../../../src/app/deploy/polkit-rule.js";

const shop: ActionableTarget = {
  name: "shop",
  actions: [
    { name: "restart", means: { kind: "unit", unit: "shop.service" } },
    { name: "stop", means: { kind: "unit", unit: "shop.service" } },
  ],
};
const web: ActionableTarget = {
  name: "web",
  actions: [
    {
      name: "restart",
      means: {
        kind: "vector",
        run: ["/opt/web/bin/reload", "now"],
        timeoutMs: 1_500,
        unit: "toban-action-web-restart.service",
      },
    },
  ],
};

function planOf(...targets: readonly ActionableTarget[]): DeployPlan {
  const result = deployPlan(targets);
  if (!result.ok) throw new Error("expected a plan");
  return result.plan;
}

/** The rule as polkit would run it: with its `polkit` object, on an action with details and a subject. */
function decide(rule: string, request: { id?: string; user?: string; unit: string; verb: string }): string {
  const { id = "org.freedesktop.systemd1.manage-units", user = "toban", unit, verb } = request;
  let decision = "";
  const polkit = {
    Result: { YES: "yes", NO: "no", NOT_HANDLED: "not handled" },
    addRule: (judge: (action: unknown, subject: unknown) => string) => {
      decision = judge({ id, lookup: (key: string) => ({ unit, verb })[key] }, { user });
    },
  };
  runInContext(rule, createContext({ polkit }));
  return decision;
}

describe("the polkit rule", () => {
  const { rule } = planOf(shop, web);

  it("speaks of the unit behind an alias, as polkit does, and the note of the configured name", () => {
    const called: ActionableTarget = {
      name: "called",
      actions: [{ name: "start", means: { kind: "unit", unit: "called.service" } }],
    };
    const result = deployPlan([shop, called], { own: new Map([["called.service", "shop.service"]]) });
    if (!result.ok) throw new Error("expected a plan");
    expect(decide(result.plan.rule, { unit: "shop.service", verb: "start" })).toBe("yes");
    expect(decide(result.plan.rule, { unit: "shop.service", verb: "stop" })).toBe("yes");
    expect(decide(result.plan.rule, { unit: "called.service", verb: "start" })).toBe("no");
    expect(result.plan.granted.grants).toMatchObject({ "called.service": ["start"] });
  });

  it("allows what is listed", () => {
    expect(decide(rule, { unit: "shop.service", verb: "restart" })).toBe("yes");
    expect(decide(rule, { unit: "shop.service", verb: "stop" })).toBe("yes");
    expect(decide(rule, { unit: "toban-action-web-restart.service", verb: "start" })).toBe("yes");
  });

  it.each([
    ["another verb", { unit: "shop.service", verb: "start" }],
    ["another unit", { unit: "ssh.service", verb: "restart" }],
    ["a unit that only begins alike", { unit: "shop.service.evil", verb: "restart" }],
    ["another verb of an action unit", { unit: "toban-action-web-restart.service", verb: "stop" }],
    ["a name that every object has", { unit: "constructor", verb: "name" }],
    ["nothing at all", { unit: "", verb: "" }],
  ])("refuses %s", (_, request) => {
    expect(decide(rule, request)).toBe("no");
  });

  it("leaves other users and other actions to other rules", () => {
    expect(decide(rule, { user: "operator", unit: "shop.service", verb: "restart" })).toBe("not handled");
    expect(decide(rule, { id: "org.freedesktop.systemd1.manage-unit-files", unit: "", verb: "" })).toBe("not handled");
  });

  it("cannot be left by a unit's name, and is ASCII", () => {
    const name = 'x"; polkit.Result.NO = polkit.Result.YES; //\u2028\u00e9\n\\.service';
    const odd = polkitRule("toban", { [name]: ["restart"] });
    expect(odd).toMatch(/^[\n -~]*$/);
    expect(decide(odd, { unit: name, verb: "restart" })).toBe("yes");
    expect(decide(odd, { unit: "ssh.service", verb: "restart" })).toBe("no");
  });

  it("refuses everything where nothing is listed", () => {
    expect(decide(planOf().rule, { unit: "shop.service", verb: "restart" })).toBe("no");
  });
});

describe("action units", () => {
  it("are written for argument vectors alone, one shot, with their own deadline", () => {
    const { units } = planOf(shop, web);
    expect(Object.keys(units)).toEqual(["toban-action-web-restart.service"]);
    const unit = units["toban-action-web-restart.service"] ?? "";
    expect(unit).toContain("Type=oneshot\n");
    expect(unit).toContain('ExecStart=":/opt/web/bin/reload" "now"\n');
    expect(unit).toContain("User=toban\n");
    expect(unit).toContain("TimeoutStartSec=2s\n");
  });

  it("run as the user that is named", () => {
    const [restart] = web.actions;
    if (restart?.means.kind !== "vector") throw new Error("expected a vector");
    const { units } = planOf({ name: "web", actions: [{ ...restart, means: { ...restart.means, user: "web" } }] });
    expect(Object.values(units)[0]).toContain("User=web\n");
  });

  it("run as Toban's own user where nobody is named, and as root only where root is", () => {
    const [restart] = web.actions;
    if (restart?.means.kind !== "vector") throw new Error("expected a vector");
    const named = { name: "web", actions: [{ ...restart, means: { ...restart.means, user: "root" } }] };
    expect(Object.values(planOf(named).units)[0]).toContain("User=root\n");
    expect(planOf(named).granted.keptAsRoot).toEqual([]);
    expect(planOf(web).keptAsRoot).toEqual([]);
  });

  it("that ran as root go on to where nobody is named, and are listed; a name ends that", () => {
    const [restart] = web.actions;
    if (restart?.means.kind !== "vector") throw new Error("expected a vector");
    const { unit } = restart.means;
    const asked: string[] = [];
    const kept = deployPlan([shop, web], {
      runsAsRoot: (name) => {
        asked.push(name);
        return true;
      },
    });
    if (!kept.ok) throw new Error("expected a plan");
    expect(kept.plan.units[unit]).toContain("User=root\n");
    expect(kept.plan.keptAsRoot).toEqual([{ target: "web", action: "restart", unit }]);
    expect(kept.plan.granted.keptAsRoot).toEqual([unit]);
    expect(asked).toEqual([unit]);
    for (const user of ["web", "toban"]) {
      const named = deployPlan([{ name: "web", actions: [{ ...restart, means: { ...restart.means, user } }] }], {
        runsAsRoot: () => true,
      });
      if (!named.ok) throw new Error("expected a plan");
      expect(named.plan.units[unit]).toContain(`User=${user}\n`);
      expect(named.plan.keptAsRoot).toEqual([]);
    }
  });

  it.each([
    ["User=root\n", true],
    ["Type=oneshot\n", true],
    ["User=\n", true],
    ["User = 0\n", true],
    ["User=toban\nUser=\n", true],
    ["User=toban\n", false],
    ["User=root\nUser=web\n", false],
    ["#User=web\n", true],
    ["Group=web\n[Install]\nUser=web\n", true],
  ])("are read as systemd reads them: %j", (service, expected) => {
    expect(runsAsRoot(`[Unit]\nDescription=x\n[Service]\n${service}`)).toBe(expected);
  });

  it("that are not there run as nobody", () => {
    expect(rootUnitsIn("/no/such/folder")("toban-action-web-restart.service")).toBe(false);
  });

  it("are refused for arguments that no program can be given", () => {
    expect(isArgument("a\0b")).toBe(false);
    expect(isArgument("\ud800")).toBe(false);
    expect(isArgument("a\ufdd0")).toBe(false);
    expect(isArgument("\u{10ffff}")).toBe(false);
    expect(isArgument("\ufdcf\ufdf0\u{10fffd}")).toBe(true);
    expect(isArgument("été 🔴\n%h $HOME")).toBe(true);
    const result = deployPlan([
      {
        name: "web",
        actions: [{ name: "restart", means: { kind: "vector", run: ["/bin/x", "\0"], timeoutMs: 1, unit: "u" } }],
      },
    ]);
    expect(result).toEqual({ ok: false, impossible: [{ target: "web", action: "restart", argument: 1 }] });
    for (const program of ["bin/x", "/bin/", "/bin/a'b", "/bin/a\\b", "/bin/a\nb"])
      expect(isProgram(program)).toBe(false);
    expect(isProgram("/opt/a $HOME %n/é")).toBe(true);
  });

  it("keep every setting on one line", () => {
    expect(execStart(["/bin/x", "a\nUser=root", 'q"\\', "%h", "\u0085"])).toBe(
      String.raw`ExecStart=":/bin/x" "a\x0aUser=root" "q\"\\" "%%h" "\u0085"`,
    );
  });
});

describe("what was granted", () => {
  it("is the same however the configuration is ordered", () => {
    expect(planOf(shop, web)).toEqual(planOf(web, { ...shop, actions: shop.actions.toReversed() }));
    expect(grantDifference(planOf(shop, web).granted, planOf(web, shop).granted)).toBeUndefined();
  });

  it("is told apart from what is wanted", () => {
    const [restart] = web.actions;
    if (restart?.means.kind !== "vector") throw new Error("expected a vector");
    const otherWeb = { name: "web", actions: [{ ...restart, means: { ...restart.means, run: ["/bin/other"] } }] };
    const onlyRestart = { name: "shop", actions: shop.actions.slice(0, 1) };
    expect(grantDifference(planOf(shop, otherWeb).granted, planOf(onlyRestart, web).granted)).toEqual({
      missing: ["stop shop.service"],
      surplus: [],
      changed: ["toban-action-web-restart.service"],
    });
    expect(grantDifference(planOf().granted, planOf(shop).granted)?.surplus).toEqual([
      "restart shop.service",
      "stop shop.service",
    ]);
  });
});
