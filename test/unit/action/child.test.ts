import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { ActorDeps } from "../../../src/action/deps.js";
import { actByVector, lookAtVector } from "../../../src/action/vector.js";
import type { VectorMeans } from "../../../src/action/vector.js";
import { systemClock } from "../../../src/base/clock.js";
import { silentLogs } from "../../../src/base/log.js";
import { byVector, patience } from "../../support/act/world.js";
import { silent, streamServer } from "../../support/faults/stream-server.js";
import { FakeClock } from "../../support/fake-clock.js";

const DEPS: ActorDeps = {
  clock: systemClock,
  log: silentLogs.for("operate"),
  systemBusAddress: "unix:path=/nowhere/bus",
  ownUser: "toban",
  hasSystemd: () => Promise.resolve(false),
};

function vector(run: readonly string[], more: Parameters<typeof byVector>[2] = {}): VectorMeans {
  const { means } = byVector("restart", run, more);
  if (means.kind !== "vector") throw new Error("no vector");
  return means;
}

const act = (run: readonly string[], more: Parameters<typeof byVector>[2] = {}) =>
  actByVector(DEPS, vector(run, more), patience());

describe("an argument vector where there is no systemd", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "toban-vector-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("is run by Toban itself, and the answer says so", async () => {
    expect(await lookAtVector(DEPS, vector(["/bin/true"]), patience())).toEqual({
      by: "child",
      user: "toban",
      dependents: [],
    });
    expect(await lookAtVector({ ...DEPS, ownUser: undefined }, vector(["/bin/true"]), patience())).toEqual({
      by: "child",
      dependents: [],
    });
    expect(await act(["/bin/true"])).toEqual({ status: "done", by: "child", tookMs: expect.any(Number) });
  });

  it("reaches the program as it stands: nothing of it means anything to a shell", async () => {
    const out = join(folder, "arguments");
    const nasty = ["; reboot", "$(id)", "`id`", "*", "--help", "-H host", "a\u202eb", "' \"", "%h", "${HOME}", ""];
    const keep = `require("node:fs").writeFileSync(process.argv[1], JSON.stringify(process.argv.slice(2)))`;
    expect(await act([process.execPath, "-e", keep, "--", out, ...nasty])).toMatchObject({ status: "done" });
    expect(JSON.parse(await readFile(out, "utf8"))).toEqual(nasty);
  });

  it("is given nothing of Toban's own environment", async () => {
    const out = join(folder, "environment");
    const keep = `require("node:fs").writeFileSync(process.argv[1], Object.keys(process.env).join())`;
    process.env["DISCORD_TOKEN"] = "secret";
    await act([process.execPath, "-e", keep, "--", out]);
    delete process.env["DISCORD_TOKEN"];
    expect((await readFile(out, "utf8")).split(",").toSorted()).toEqual(["LANG", "PATH"]);
  });

  it("fails with the status of its program and its last words, without secrets", async () => {
    const words = `echo before; for i in 1 2 3 4 5; do echo "line $i" >&2; done; echo 'password=hunter22' >&2; exit 3`;
    const outcome = await act(["/bin/sh", "-c", words]);
    expect(outcome).toMatchObject({ status: "failed", by: "child", failure: "exit_status" });
    const { detail } = outcome as { detail: string };
    expect(detail).toMatch(/^exit status 3: line 4\nline 5\npassword=/);
    expect(detail).not.toContain("hunter22");
  });

  it("fails with what was printed where nothing was said of errors, however much it is", async () => {
    const outcome = await act(["/bin/sh", "-c", "yes | head -c 1000000; exit 1"]);
    expect(outcome).toMatchObject({ failure: "exit_status", detail: "exit status 1: y\ny\ny" });
  });

  it("fails by the signal that ended it", async () => {
    expect(await act(["/bin/sh", "-c", "kill -SEGV $$"])).toMatchObject({
      status: "failed",
      failure: "exit_status",
      detail: "SIGSEGV",
    });
  });

  it("is ended at its deadline", async () => {
    expect(await act(["/bin/sleep", "1000"], { timeoutMs: 50 })).toEqual({
      status: "failed",
      by: "child",
      failure: "deadline",
      detail: "ended after 0.05 s",
    });
  });

  it("is unknown when Toban ends first", async () => {
    const stop = new AbortController();
    const acting = actByVector(DEPS, vector(["/bin/sleep", "1000"]), stop.signal);
    stop.abort();
    expect(await acting).toMatchObject({ status: "unknown" });
  });

  it("is not found, or not permitted, and says which", async () => {
    const plain = join(folder, "plain");
    await writeFile(plain, "no program", { mode: 0o644 });
    expect(await act(["/nowhere/program"])).toMatchObject({ failure: "not_found" });
    expect(await act([plain])).toMatchObject({ failure: "not_permitted" });
    expect(await act(["relative"])).toMatchObject({ failure: "not_found" });
    expect(await act([])).toMatchObject({ failure: "not_found" });
  });

  it("is not run as somebody else than whom it was meant for", async () => {
    const out = join(folder, "as-user");
    expect(await act(["/bin/touch", out], { user: "shop" })).toMatchObject({ failure: "not_permitted" });
    await expect(readFile(out)).rejects.toThrow("ENOENT");
    expect(await act(["/bin/touch", out], { user: "toban" })).toMatchObject({ status: "done" });
  });
});

describe("an argument vector where systemd should be", () => {
  it("is not run otherwise when systemd cannot be reached", async () => {
    const outcome = await actByVector(
      { ...DEPS, hasSystemd: () => Promise.resolve(true) },
      vector(["/bin/true"]),
      patience(),
    );
    expect(outcome).toMatchObject({ status: "failed", by: "action_unit", failure: "unreachable" });
  });

  it("is not run otherwise when systemd is silent", async () => {
    await using bus = await streamServer("unix", silent);
    const clock = new FakeClock();
    const deps = { ...DEPS, clock, systemBusAddress: `unix:path=${bus.path}`, hasSystemd: () => Promise.resolve(true) };
    const acting = actByVector(deps, vector(["/bin/true"]), patience());
    await clock.advance(5_000);
    expect(await acting).toMatchObject({ status: "failed", by: "action_unit", failure: "unreachable" });
  });
});
