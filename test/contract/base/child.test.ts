import { describe, expect, it } from "vitest";

import { runChild } from "../../../src/base/child.js";
import { systemClock } from "../../../src/base/clock.js";

const base = { deadlineMs: 10_000, env: { PATH: "/usr/bin:/bin" } };

describe("runChild", () => {
  it("hands arguments over as they are: there is no shell", async () => {
    const outcome = await runChild(systemClock, { ...base, file: "printf", args: ["%s", "$(id); `id` > /tmp/x"] });
    expect(outcome).toEqual({
      status: "exited",
      code: 0,
      stdout: "$(id); `id` > /tmp/x",
      stderr: "",
      truncated: false,
    });
  });

  it("gives input, exit code and both outputs", async () => {
    const outcome = await runChild(systemClock, {
      ...base,
      file: "sh",
      args: ["-c", "cat; echo no >&2; exit 3"],
      input: "in",
    });
    expect(outcome).toMatchObject({ status: "exited", code: 3, stdout: "in", stderr: "no\n" });
  });

  it("keeps only so much output", async () => {
    const outcome = await runChild(systemClock, {
      ...base,
      file: "head",
      args: ["-c", "100000", "/dev/zero"],
      maxOutputBytes: 10,
    });
    expect(outcome).toMatchObject({ status: "exited", truncated: true });
    expect(outcome.status === "exited" && outcome.stdout.length).toBe(10);
  });

  it("ends a child and what it started at the deadline, even when they ignore TERM", async () => {
    const script = "trap '' TERM; sleep 600 & echo $!; wait; wait";
    const outcome = await runChild(systemClock, { ...base, file: "sh", args: ["-c", script], deadlineMs: 100 });
    expect(outcome).toEqual({ status: "deadline" });
  });

  it("ends a child when its caller gives up, also when it had given up before", async () => {
    const controller = new AbortController();
    const running = runChild(systemClock, { ...base, file: "sleep", args: ["600"], signal: controller.signal });
    controller.abort();
    expect(await running).toEqual({ status: "aborted" });
    expect(await runChild(systemClock, { ...base, file: "sleep", args: ["600"], signal: controller.signal })).toEqual({
      status: "aborted",
    });
  });

  it("does not wait for what a child has left running, and leaves it running", async () => {
    const request = { ...base, file: "sh", args: ["-c", "sleep 1000 & echo $!"], deadlineMs: 60_000 };
    const outcome = await runChild(systemClock, request);
    expect(outcome).toMatchObject({ status: "exited", code: 0, stdout: expect.stringMatching(/^\d+\n$/) });
    const daemon = Number(outcome.status === "exited" && outcome.stdout);
    expect(process.kill(daemon, 0)).toBe(true);
    process.kill(daemon, "SIGKILL");
  });

  it("says when a program cannot be started, and when it was killed", async () => {
    expect(await runChild(systemClock, { ...base, file: "/no/such/program", args: [] })).toMatchObject({
      status: "not_started",
    });
    expect(await runChild(systemClock, { ...base, file: "sh", args: ["-c", "kill -KILL $$"] })).toMatchObject({
      status: "killed",
      signal: "SIGKILL",
    });
  });
});
