import { runChild } from "../base/child.js";
import type { ChildOutcome } from "../base/child.js";
import { assertNever } from "../base/errors.js";
import { mask } from "../base/mask/mask.js";
import type { ActFailure, ActOutcome } from "../model/action.js";
import type { ActorDeps } from "./deps.js";
import { detailOf } from "./systemd/failure.js";
import type { VectorMeans } from "./vector.js";

/** What is kept of each stream: enough for its last words, however much it says. */
const MAX_OUTPUT_BYTES = 64 * 1024;
const LAST_LINES = 3;

/** All that a program is given: nothing of Toban's own environment, which holds its token. */
const ENVIRONMENT = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  LANG: "C.UTF-8",
} as const;

/** Runs a configured argument vector as Toban's own child: where there is no systemd to do it. */
export async function actAsChild(deps: ActorDeps, means: VectorMeans, signal: AbortSignal): Promise<ActOutcome> {
  const { clock, ownUser } = deps;
  if (means.user !== undefined && means.user !== ownUser) {
    return failed(
      "not_permitted",
      `as ${means.user} it can only run as the unit ${means.unit}, which is not installed`,
    );
  }
  const [file = "", ...args] = means.run;
  if (!file.startsWith("/")) return failed("not_found", `${JSON.stringify(file)} is no absolute path of a program`);
  const began = clock.monotonic();
  const child = await runChild(clock, {
    file,
    args,
    cwd: "/",
    env: ENVIRONMENT,
    deadlineMs: means.timeoutMs,
    maxOutputBytes: MAX_OUTPUT_BYTES,
    signal,
  });
  return outcomeOf(child, means, clock.monotonic() - began);
}

function outcomeOf(child: ChildOutcome, means: VectorMeans, tookMs: number): ActOutcome {
  switch (child.status) {
    case "exited":
      if (child.code === 0) return { status: "done", by: "child", tookMs: Math.round(tookMs) };
      return failed("exit_status", said(`exit status ${child.code}`, child));
    case "killed":
      return failed("exit_status", said(child.signal, child));
    case "deadline":
      return failed("deadline", `ended after ${means.timeoutMs / 1_000} s`);
    case "aborted":
      return { status: "unknown", by: "child", detail: "Toban ended before the program had finished" };
    case "not_started":
      return failed(startFailure(child.message), detailOf(child.message));
    default:
      return assertNever(child);
  }
}

function failed(failure: ActFailure, detail: string): ActOutcome {
  return { status: "failed", by: "child", failure, detail };
}

function startFailure(message: string): ActFailure {
  if (/\b(ENOENT|ENOTDIR)\b/.test(message)) return "not_found";
  return /\b(EACCES|EPERM)\b/.test(message) ? "not_permitted" : "job_failed";
}

/** How it ended and its last words: of its errors, or else of what it printed. Masked as a whole, because secrets may span lines. */
function said(how: string, { stdout, stderr }: { readonly stdout: string; readonly stderr: string }): string {
  const output = stderr.trim() === "" ? stdout : stderr;
  const lines = mask(output)
    .text.split("\n")
    .filter((line) => line.trim() !== "");
  const last = lines.slice(-LAST_LINES).join("\n");
  return last === "" ? how : detailOf(`${how}: ${last}`);
}
