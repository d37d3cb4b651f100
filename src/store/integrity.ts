import { fileURLToPath } from "node:url";

import { runChild } from "../base/child.js";
import type { Clock } from "../base/clock.js";

/** A check of 512 MiB takes about a second from memory and half a minute from a slow disk. */
const DEADLINE_MS = 5 * 60_000;

export type IntegrityVerdict =
  | { readonly status: "ok" }
  | { readonly status: "damaged"; readonly detail: string }
  /** It could not be told: the check did not run to its end. */
  | { readonly status: "unknown"; readonly detail: string };

/** Checks a file in a child, which is killed at its deadline: a check inside SQLite cannot be stopped from within its own process. */
export async function checkInChild(clock: Clock, file: string, signal: AbortSignal): Promise<IntegrityVerdict> {
  const built = import.meta.url.endsWith(".js");
  const script = fileURLToPath(new URL(`./integrity-child.${built ? "js" : "ts"}`, import.meta.url));
  const outcome = await runChild(clock, {
    file: process.execPath,
    args: [...(built ? [] : ["--import", "tsx"]), script, file],
    deadlineMs: DEADLINE_MS,
    maxOutputBytes: 16 * 1024,
    signal,
  });
  if (outcome.status !== "exited") return { status: "unknown", detail: outcome.status };
  const found = outcome.stdout.trim();
  if (outcome.code === 0) return found === "ok" ? { status: "ok" } : { status: "damaged", detail: found };
  const damaged = /SQLITE_(CORRUPT|NOTADB)/.test(outcome.stderr);
  const detail = outcome.stderr.trim().slice(-500);
  return { status: damaged ? "damaged" : "unknown", detail };
}
