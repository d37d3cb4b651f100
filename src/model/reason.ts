/**
 * Why a target's answer was bad: each is a measurement, with one sentence in every catalogue
 * (`locale/<language>/reason.ts`).
 */
export const REASONS = [
  "refused",
  "unreachable",
  "reset",
  "timeout",
  "name_not_found",
  "tls",
  "certificate_invalid",
  "wrong_protocol",
  "bad_http",
  "headers_too_large",
  "too_large",
  "undecodable",
  "wrong_status",
  "redirected",
  "body_mismatch",
  "json_mismatch",
  "not_json",
  "inactive",
  "failed",
  "not_found",
  "masked",
  "unexpectedly_active",
  "stuck_starting",
  "stuck_reloading",
  "stuck_stopping",
  "died_reloading",
] as const;
export type Reason = (typeof REASONS)[number];

/** Why nothing could be measured: our trouble, not the target's. Thresholds stay as they were. */
export const FAILURES = [
  "not_permitted",
  "no_descriptors",
  "resolver",
  "bus_unreachable",
  "lagging",
  "deadline",
  "aborted",
  "unsupported",
  "bug",
] as const;
export type Failure = (typeof FAILURES)[number];
