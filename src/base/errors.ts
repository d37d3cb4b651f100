import { randomBytes } from "node:crypto";

/**
 * What a person may be refused or told, as a closed set. Each code has one sentence in every catalogue
 * (`locale/<language>/user-error.ts`). A refusal is an answer, not a bug: it is never logged as an error.
 */
export const USER_ERROR_CODES = [
  "not_permitted",
  "foreign_guild",
  "direct_message",
  "unknown_command",
  "unknown_target",
  "invalid_option",
  "expired",
  "not_yours",
  "nothing_measured",
  "store_unavailable",
  "busy",
  "no_such_action",
  "action_running",
  "already_done",
  "budget_spent",
  "breaker_open",
  "unknown_source",
  "log_unreadable",
] as const;

export type UserErrorCode = (typeof USER_ERROR_CODES)[number];

/** A refusal or a mistake of the caller's. `details` fill the catalogue's sentence. */
export class UserError extends Error {
  override readonly name = "UserError";
  readonly code: UserErrorCode;
  readonly details: Readonly<Record<string, string>>;

  constructor(code: UserErrorCode, details: Readonly<Record<string, string>> = {}) {
    super(`${code}${Object.keys(details).length > 0 ? ` ${JSON.stringify(details)}` : ""}`);
    this.code = code;
    this.details = details;
  }
}

/** A short reference that a person can quote and an operator finds in the log. */
export function newReference(): string {
  return randomBytes(3).toString("hex");
}

/** The message of whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The `code` of a Node system error (`ECONNREFUSED`, `ENOENT`, …), if it is one. */
export function systemCodeOf(thrown: unknown): string | undefined {
  if (typeof thrown !== "object" || thrown === null || !("code" in thrown)) return undefined;
  return typeof thrown.code === "string" ? thrown.code : undefined;
}

/** For the `default` of a switch over a closed set: the compiler refuses it when a case is missing. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}
