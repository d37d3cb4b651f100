import { DeadlineError } from "../base/clock.js";
import { messageOf, systemCodeOf } from "../base/errors.js";
import type { Failure, Reason } from "../model/reason.js";

/** `word`: what the HTTP parser says of the answer. */
export interface BadEnd {
  readonly kind: "bad";
  readonly reason: Reason;
  readonly word?: string;
}

/** How an attempt ended: as a bad answer of the target's, or as trouble of our own. */
export type Verdict = BadEnd | { readonly kind: "trouble"; readonly failure: Failure; readonly detail: string };

/** The stage in which an attempt ended: the same code can mean different things in different stages. */
export type HttpPhase = "dns" | "connect" | "tls" | "first_byte" | "transfer";

const REASON_OF_CODE: Readonly<Record<string, Reason>> = {
  ECONNREFUSED: "refused",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  EHOSTDOWN: "unreachable",
  ENETDOWN: "unreachable",
  ECONNRESET: "reset",
  ECONNABORTED: "reset",
  EPIPE: "reset",
  ETIMEDOUT: "timeout",
  ENOTFOUND: "name_not_found",
  ENODATA: "name_not_found",
  // What came in place of a TLS record was none: most often plain HTTP.
  ERR_SSL_WRONG_VERSION_NUMBER: "wrong_protocol",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "wrong_protocol",
  ERR_SSL_HTTP_REQUEST: "wrong_protocol",
  EPROTO: "tls",
  HPE_HEADER_OVERFLOW: "headers_too_large",
  // Not even the first word is HTTP's.
  HPE_INVALID_CONSTANT: "wrong_protocol",
};

const FAILURE_OF_CODE: Readonly<Record<string, Failure>> = {
  EMFILE: "no_descriptors",
  ENFILE: "no_descriptors",
  ENOBUFS: "no_descriptors",
  ENOMEM: "no_descriptors",
  // No local port is left.
  EADDRNOTAVAIL: "no_descriptors",
  EACCES: "not_permitted",
  EPERM: "not_permitted",
  EAI_AGAIN: "resolver",
  EAI_FAIL: "resolver",
  EAI_SYSTEM: "resolver",
  EAI_MEMORY: "resolver",
};

/**
 * What an error of the network, of TLS or of the HTTP parser means. `undefined`: nothing known, which is a bug of ours. When
 * several addresses were tried, the one that got furthest speaks for all.
 */
export function verdictOf(thrown: unknown, phase: HttpPhase): Verdict | undefined {
  if (!(thrown instanceof AggregateError) || thrown.errors.length === 0) return verdictOfOne(thrown, phase);
  const verdicts = thrown.errors.map((error: unknown) => verdictOfOne(error, phase));
  const bad = verdicts.filter((verdict) => verdict?.kind === "bad");
  return bad.find((verdict) => verdict.reason !== "unreachable") ?? bad[0] ?? verdicts[0];
}

function verdictOfOne(error: unknown, phase: HttpPhase): Verdict | undefined {
  const code = systemCodeOf(error) ?? "";
  if (code === "EADDRNOTAVAIL" && isIpv6(error)) return { kind: "bad", reason: "unreachable" };
  const failure = FAILURE_OF_CODE[code];
  if (failure) return { kind: "trouble", failure, detail: `${phase}: ${code}: ${messageOf(error)}` };
  const reason = phase === "transfer" && code === "HPE_INVALID_CONSTANT" ? "bad_http" : REASON_OF_CODE[code];
  if (reason === "bad_http") return { kind: "bad", reason, word: parserWord(error) ?? code };
  if (reason) return { kind: "bad", reason };
  if (code.startsWith("ERR_SSL_") || code.startsWith("ERR_TLS_") || phase === "tls")
    return { kind: "bad", reason: "tls" };
  if (code.startsWith("HPE_")) return { kind: "bad", reason: "bad_http", word: parserWord(error) ?? code };
  return undefined;
}

/** Silence until the deadline is the target's; but a name that did not resolve in time is our resolver's, which serves every name. */
export function cutBy(reason: unknown, phase: HttpPhase): Verdict {
  if (!(reason instanceof DeadlineError)) return { kind: "trouble", failure: "aborted", detail: messageOf(reason) };
  if (phase !== "dns") return { kind: "bad", reason: "timeout" };
  return { kind: "trouble", failure: "resolver", detail: `the name was ${messageOf(reason)}` };
}

/** What llhttp, the parser in Node, says of an answer that it refuses: `Invalid header value char`. */
function parserWord(error: unknown): string | undefined {
  return error instanceof Error && "reason" in error && typeof error.reason === "string" ? error.reason : undefined;
}

/** Whether the attempt went to an IPv6 address: on a host without IPv6 that fails as if no local port were left. */
function isIpv6(error: unknown): boolean {
  return (
    error instanceof Error && "address" in error && typeof error.address === "string" && error.address.includes(":")
  );
}
