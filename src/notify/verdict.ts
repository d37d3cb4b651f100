import { assertNever } from "../base/errors.js";
import type { Answer, RouteClass } from "../model/contract/receiver.js";

/** What was asked of the platform: the same status and code mean different things on them. */
export const OPERATIONS = ["post", "edit", "look_up", "open_thread"] as const;
export type Operation = (typeof OPERATIONS)[number];

/** What an answer means for whoever asked. */
export type Verdict =
  | { readonly kind: "delivered" }
  /** Not before `ms` have passed. `shared`: others used the limit up; `everywhere`: it holds for every route. */
  | { readonly kind: "wait"; readonly ms: number; readonly shared: boolean; readonly everywhere: boolean }
  /** The platform's edge shuts this address out: silence everywhere. `askedMs`: for how long, in its own words. */
  | { readonly kind: "edge_block"; readonly askedMs?: number }
  /** The platform does not take this bot. */
  | { readonly kind: "refused_bot" }
  /** The channel cannot be written to: gone, hidden or not permitted. */
  | { readonly kind: "receiver_broken" }
  /** It was made by an earlier try and deleted since. */
  | { readonly kind: "already_made" }
  /** The message to edit is no longer there, or not ours. */
  | { readonly kind: "repost" }
  /** The message is too old to be edited again. */
  | { readonly kind: "continue_in_reply" }
  /** A reply is not permitted here; the same words without the reference are. */
  | { readonly kind: "without_reply" }
  | { readonly kind: "unarchive" }
  | { readonly kind: "success_exists" }
  /** The content is refused as it is: less of it may be taken. */
  | { readonly kind: "shrink" }
  /** The interaction is over: what there is to say goes to the channel. */
  | { readonly kind: "too_late" }
  /** This receiver will never take anything again. */
  | { readonly kind: "gone_for_good" }
  /** Try again later. `certain`: this try was surely not done; otherwise it may have been. */
  | { readonly kind: "retry"; readonly certain: boolean }
  /** Asking again would get the same refusal. */
  | { readonly kind: "dead" };

export type VerdictKind = Verdict["kind"];

/** The kinds that carry nothing but their name: what the table may say. */
type Plain = Exclude<VerdictKind, "wait" | "edge_block" | "retry">;

/** JSON error codes, by the names in Discord's documentation (topics/opcodes-and-status-codes). */
export const CODES = {
  unknownChannel: 10_003,
  unknownMessage: 10_008,
  unknownWebhook: 10_015,
  unknownInteraction: 10_062,
  tooManyOldEdits: 30_046,
  requestTooLarge: 40_005,
  alreadyAcknowledged: 40_060,
  cloudflareBlocked: 40_333,
  missingAccess: 50_001,
  notOwnMessage: 50_005,
  missingPermissions: 50_013,
  invalidWebhookToken: 50_027,
  invalidFormBody: 50_035,
  threadArchived: 50_083,
  replyNeedsHistory: 160_002,
  threadExists: 160_004,
} as const;

interface Case {
  readonly routes: readonly RouteClass[];
  /** Absent: whatever was asked. */
  readonly operations?: readonly Operation[];
  /** Absent: whatever the status. */
  readonly status?: number;
  /** Absent: whatever the code. */
  readonly code?: number;
  readonly verdict: Plain;
}

const BOT: readonly RouteClass[] = ["bot"];
const CALLBACK: readonly RouteClass[] = ["interaction_callback"];
const FOLLOW_UP: readonly RouteClass[] = ["interaction_webhook"];
const WEBHOOK: readonly RouteClass[] = ["webhook"];
const CONTENT: readonly RouteClass[] = ["bot", "interaction_webhook", "webhook"];

/**
 * The first case that fits decides; what fits none is decided by the status alone ({@link byStatus}). 429 and pages from
 * the edge are decided before.
 */
const CASES: readonly Case[] = [
  { routes: CALLBACK, status: 404, code: CODES.unknownInteraction, verdict: "too_late" },
  { routes: CALLBACK, status: 400, code: CODES.alreadyAcknowledged, verdict: "too_late" },

  { routes: FOLLOW_UP, status: 401, verdict: "too_late" },
  { routes: FOLLOW_UP, status: 404, verdict: "too_late" },

  { routes: WEBHOOK, status: 401, code: CODES.invalidWebhookToken, verdict: "gone_for_good" },
  { routes: WEBHOOK, status: 404, code: CODES.unknownWebhook, verdict: "gone_for_good" },
  { routes: WEBHOOK, operations: ["edit"], status: 404, code: CODES.unknownMessage, verdict: "repost" },
  { routes: WEBHOOK, status: 401, verdict: "receiver_broken" },
  { routes: WEBHOOK, status: 403, verdict: "receiver_broken" },
  { routes: WEBHOOK, status: 404, verdict: "receiver_broken" },

  { routes: BOT, status: 401, verdict: "refused_bot" },
  { routes: BOT, operations: ["post"], status: 404, code: CODES.unknownMessage, verdict: "already_made" },
  { routes: BOT, operations: ["edit"], status: 404, code: CODES.unknownMessage, verdict: "repost" },
  { routes: BOT, operations: ["edit"], status: 403, code: CODES.notOwnMessage, verdict: "repost" },
  { routes: BOT, operations: ["edit"], code: CODES.tooManyOldEdits, verdict: "continue_in_reply" },
  { routes: BOT, code: CODES.threadArchived, verdict: "unarchive" },
  { routes: BOT, operations: ["open_thread"], code: CODES.threadExists, verdict: "success_exists" },
  { routes: BOT, operations: ["post"], code: CODES.replyNeedsHistory, verdict: "without_reply" },
  { routes: BOT, operations: ["look_up", "open_thread"], status: 400, verdict: "dead" },
  { routes: BOT, status: 403, verdict: "receiver_broken" },
  { routes: BOT, status: 404, verdict: "receiver_broken" },

  { routes: CONTENT, status: 400, verdict: "shrink" },
  { routes: CONTENT, status: 413, verdict: "shrink" },
  { routes: CALLBACK, status: 400, verdict: "dead" },
  { routes: CALLBACK, status: 401, verdict: "dead" },
  { routes: CALLBACK, status: 403, verdict: "dead" },
  { routes: CALLBACK, status: 404, verdict: "dead" },
  { routes: CALLBACK, status: 413, verdict: "dead" },
  { routes: FOLLOW_UP, status: 403, verdict: "dead" },
];

/** A 429 that does not say how long: the usual span of a message bucket. */
const UNSAID_WAIT_MS = 5_000;

type StatusAnswer = Extract<Answer, { kind: "status" }>;

function fits(candidate: Case, route: RouteClass, operation: Operation, answer: StatusAnswer): boolean {
  return (
    candidate.routes.includes(route) &&
    (candidate.operations === undefined || candidate.operations.includes(operation)) &&
    (candidate.status === undefined || candidate.status === answer.status) &&
    (candidate.code === undefined || candidate.code === answer.code)
  );
}

/** What a status means where no code is known. A 5xx may come from behind the work, so the work may be done. */
function byStatus(status: number): Verdict {
  if (status >= 200 && status < 300) return { kind: "delivered" };
  return { kind: "retry", certain: status >= 300 && status < 500 };
}

function ofStatus(route: RouteClass, operation: Operation, answer: StatusAnswer): Verdict {
  const { status, code } = answer;
  const blocked = answer.edge ? status === 429 || status === 403 : code === CODES.cloudflareBlocked && status >= 400;
  if (blocked)
    return { kind: "edge_block", ...(answer.retryAfterMs !== undefined && { askedMs: answer.retryAfterMs }) };
  if (status === 429) {
    return {
      kind: "wait",
      ms: answer.retryAfterMs ?? UNSAID_WAIT_MS,
      shared: answer.scope === "shared",
      everywhere: answer.scope === "global",
    };
  }
  // A page instead of JSON is not the platform's word on this request, whatever its status; but a 401 and a 413 are plain.
  if (answer.edge && status >= 400 && status < 500 && status !== 401 && status !== 413) {
    return { kind: "retry", certain: true };
  }
  const found = status >= 400 ? CASES.find((candidate) => fits(candidate, route, operation, answer)) : undefined;
  return found ? { kind: found.verdict } : byStatus(status);
}

/** What an answer means, for every status and code, by route class and by what was asked. */
export function verdict(route: RouteClass, operation: Operation, answer: Answer): Verdict {
  switch (answer.kind) {
    case "ok":
      return { kind: "delivered" };
    case "unclear":
      return { kind: "retry", certain: false };
    case "unreachable":
      return { kind: "retry", certain: true };
    case "not_sent":
      return { kind: "wait", ms: answer.retryAfterMs, shared: false, everywhere: false };
    case "status":
      return ofStatus(route, operation, answer);
    default:
      return assertNever(answer);
  }
}

/** Gateway close codes with which Discord refuses the bot for good: authentication failed, disallowed intents. */
const REFUSING_CLOSES: ReadonlySet<number> = new Set([4004, 4014]);

/** Whether a gateway close says the same as a 401: this bot is not taken. */
export function closeRefusesBot(code: number): boolean {
  return REFUSING_CLOSES.has(code);
}
