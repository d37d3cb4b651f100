import { describe, expect, it } from "vitest";

import { runCli } from "../../../src/cli/cli.js";
import type { CheckResult } from "../../../src/cli/commands/check-config.js";
import type { CliEffects } from "../../../src/cli/effects.js";
import { EXIT } from "../../../src/cli/exit-code.js";
import type { Printed } from "../../../src/cli/printed.js";
import { catalogueFor } from "../../../src/locale/index.js";

/** What was set in motion, and what was printed where. */
async function called(
  argv: readonly string[],
  answer: Printed = { code: EXIT.well, output: "all well" },
  checked: CheckResult = { ok: false, problems: ["here: wrong"], warnings: ["there: odd"] },
) {
  const done: unknown[] = [];
  const out: string[] = [];
  const err: string[] = [];
  const effects: CliEffects = {
    version: "1.2.3",
    run: () => {
      done.push("run");
      return Promise.resolve(EXIT.well);
    },
    checkConfig: () => {
      done.push("check-config");
      return checked;
    },
    ping: (format) => {
      done.push(["ping", format]);
      return Promise.resolve(answer);
    },
    health: (query, format) => {
      done.push(["health", query, format]);
      return Promise.resolve(answer);
    },
    doctor: (format) => {
      done.push(["doctor", format]);
      return Promise.resolve(answer);
    },
    register: (format) => {
      done.push(["register", format]);
      return Promise.resolve(answer);
    },
    deployFiles: (folder, installed) => {
      done.push(["deploy-files", folder, installed]);
      return Promise.resolve(answer);
    },
    act: (call, format) => {
      done.push(["act", call, format]);
      return Promise.resolve(answer);
    },
    logs: (call, format) => {
      done.push(["logs", call, format]);
      return Promise.resolve(answer);
    },
    audit: (call, format) => {
      done.push(["audit", call, format]);
      return Promise.resolve(answer);
    },
    auditVerify: (head, format) => {
      done.push(["audit verify", head, format]);
      return Promise.resolve(answer);
    },
  };
  const output = { out: (line: string) => void out.push(line), err: (line: string) => void err.push(line) };
  const code = await runCli(argv, effects, output, catalogueFor("en"));
  return { code, done, out: out.join("\n"), err: err.join("\n") };
}

describe("the command line", () => {
  it("hands over what was asked", async () => {
    expect((await called(["health", "web", "--problems", "--json"])).done).toEqual([
      ["health", { target: "web", onlyProblems: true }, "json"],
    ]);
    expect((await called(["ping"])).done).toEqual([["ping", "text"]]);
    const head = "ab".repeat(32);
    expect((await called(["audit", "verify", "--head", head.toUpperCase(), "--json"])).done).toEqual([
      ["audit verify", head, "json"],
    ]);
    const audit = ["--json", "audit", "--who=1300000000000000001", "--since", "2h", "--lines", "5"];
    expect((await called(audit)).done).toEqual([
      ["audit", { who: "member:1300000000000000001", since: "2h", lines: 5 }, "json"],
    ]);
    expect((await called(["audit"])).done).toEqual([["audit", { lines: 20 }, "text"]]);
  });

  it.each([
    [["frob"], "“frob”"],
    [["constructor"], "“constructor”"],
    [["health", "a", "b"], "“b”"],
    [["ping", "web"], "“web”"],
    [["run", "now"], "“now”"],
    [["ping", "--problems"], "“--problems”"],
    [["run", "--json"], "“--json”"],
    [["--nope"], "“--nope”"],
    [["audit", "verify", "now"], "“now”"],
    [["audit", "frob"], "“frob”"],
    [["help", "frob"], "“frob”"],
    [["help", "ping", "web"], "“web”"],
    [["version", "now"], "“now”"],
    [["health", "--nope"], "“--nope”"],
  ])("refuses %j, says what it is and sets nothing in motion", async (argv, named) => {
    const { code, done, out, err } = await called(argv);
    expect([code, done, out]).toEqual([2, [], ""]);
    expect(err).toContain(named);
    expect(err).toContain("toban help");
    expect(err.split("\n")).toHaveLength(1);
  });

  it.each([
    [["audit", "--lines", "0"], "--lines"],
    [["audit", "--lines", "1e3"], "--lines"],
    [["audit", "--lines"], "--lines"],
    [["audit", "--since", "--json"], "--since"],
    [["audit", "--json=yes"], "--json"],
    [["audit", "verify", "--head", "xyz"], "--head"],
  ])("refuses the value in %j", async (argv, named) => {
    const { code, done, err } = await called(argv);
    expect([code, done]).toEqual([2, []]);
    expect(err).toContain(`“${named}”`);
    expect(err.split("\n")).toHaveLength(1);
  });

  it("keeps answers on standard output and complaints on standard error", async () => {
    const { code, out, err } = await called(["ping"], { code: EXIT.failed, output: "old", complaint: "not running" });
    expect({ code, out, err }).toEqual({ code: 3, out: "old", err: "not running" });
  });

  it("lists what is wrong with the configuration, and ends with 2", async () => {
    const { code, out, err } = await called(["check-config"]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toBe("warning: there: odd\n1 problem:\n  here: wrong");
    const json = await called(["check-config", "--json"]);
    expect([json.code, JSON.parse(json.out)]).toEqual([
      2,
      { ok: false, problems: ["here: wrong"], warnings: ["there: odd"] },
    ]);
  });

  it("says of a configuration that is well which programs run, and as whom", async () => {
    const program = "/usr/local/bin/restart-web";
    const { code, out } = await called(["check-config"], undefined, {
      ok: true,
      file: "toban.yaml",
      targets: 2,
      rules: 30,
      programs: [
        { target: "web", action: "restart", program, user: "root" },
        { target: "web", action: "stop", program },
      ],
      warnings: [],
    });
    expect([code, out.split("\n")]).toEqual([
      0,
      [
        "toban.yaml: well. 2 targets, 30 rules.",
        `  restart of web: runs ${program} as root`,
        `  stop of web: runs ${program} as Toban's own user`,
      ],
    ]);
  });

  it("tells its usage when asked, and when nothing is asked", async () => {
    expect((await called(["help"])).code).toBe(0);
    const help = await called(["health", "--help"]);
    expect(help).toMatchObject({ code: 0, done: [] });
    expect(help.out).toContain("--problems");
    expect((await called(["help", "health"])).out).toBe(help.out);
    expect(await called([])).toMatchObject({ code: 2, done: [] });
    expect(await called(["-v"])).toMatchObject({ code: 0, out: "1.2.3" });
  });
});
