import type { BusProblem } from "../../base/bus/connection.js";
import { assertNever } from "../../base/errors.js";
import { maskedExcerpt } from "../../base/mask/mask.js";
import { endedBadly } from "../../base/systemd/unit-state.js";
import type { ActFailure } from "../../model/action.js";
import type { Properties } from "./session.js";

const LONGEST_DETAIL = 300;

/** What failed, and in the words of whoever refused it, with secrets masked. */
export interface Failed {
  readonly failure: ActFailure;
  readonly detail: string;
}

/** The errors of the bus and of systemd that mean something definite. Every other one is systemd's refusal of the job. */
const FAILURES: Readonly<Record<string, ActFailure>> = {
  "org.freedesktop.DBus.Error.AccessDenied": "not_permitted",
  "org.freedesktop.DBus.Error.AuthFailed": "not_permitted",
  // polkit would ask a person for a password; nobody is there to be asked.
  "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired": "not_permitted",
  "org.freedesktop.systemd1.NoSuchUnit": "not_found",
  "org.freedesktop.DBus.Error.FileNotFound": "not_found",
  "org.freedesktop.DBus.Error.InvalidArgs": "not_found",
  "org.freedesktop.systemd1.UnitMasked": "masked",
  "org.freedesktop.DBus.Error.ServiceUnknown": "unreachable",
  "org.freedesktop.DBus.Error.NameHasNoOwner": "unreachable",
  "org.freedesktop.DBus.Error.NoServer": "unreachable",
};

/** Errors of the bus that say only that no answer came: what was asked for may have been done all the same. */
const NO_ANSWER: readonly string[] = [
  "org.freedesktop.DBus.Error.NoReply",
  "org.freedesktop.DBus.Error.Timeout",
  "org.freedesktop.DBus.Error.TimedOut",
  "org.freedesktop.DBus.Error.Disconnected",
];

/** Text from outside, as it may be shown and kept. */
export function detailOf(text: string): string {
  return maskedExcerpt(text, LONGEST_DETAIL).text;
}

/** Why a call was not carried out. */
export function failureOf(problem: BusProblem): Failed {
  const detail = detailOf(problem.message);
  switch (problem.kind) {
    case "not_permitted":
      return { failure: "not_permitted", detail };
    case "unreachable":
    case "no_descriptors":
    case "closed":
    case "aborted":
      return { failure: "unreachable", detail };
    case "error":
      return {
        failure: NO_ANSWER.includes(problem.name) ? "unreachable" : (FAILURES[problem.name] ?? "job_failed"),
        detail: detail === "" ? problem.name : detail,
      };
    default:
      return assertNever(problem);
  }
}

/** Whether an order that met this problem may have been carried out. */
export function mayHaveBeenDone(problem: BusProblem): boolean {
  switch (problem.kind) {
    case "closed":
    case "aborted":
      return true;
    case "error":
      return NO_ANSWER.includes(problem.name);
    case "unreachable":
    case "no_descriptors":
    case "not_permitted":
      return false;
    default:
      return assertNever(problem);
  }
}

/** Why a job failed, from its result and from how the unit ended. */
export function jobFailure(result: string, ofType: Properties | undefined): Failed {
  const ended = result === "failed" && ofType ? endedBadly(ofType) : undefined;
  if (!ended) return { failure: "job_failed", detail: result };
  const { result: how, exitStatus } = ended;
  switch (how) {
    case "exit-code":
      return { failure: "exit_status", detail: exitStatus === undefined ? how : `exit status ${exitStatus}` };
    case "timeout":
      return { failure: "deadline", detail: how };
    case "signal":
    case "core-dump":
      return { failure: "job_failed", detail: exitStatus === undefined ? how : `${how} ${exitStatus}` };
    default:
      return { failure: "job_failed", detail: how };
  }
}
