import { expect, test } from "vitest";

import { verdictOf } from "../../../src/probe/http-reason.js";
import type { HttpPhase } from "../../../src/probe/http-reason.js";

function systemError(code: string, address?: string): Error {
  return Object.assign(new Error(`connect ${code}`), { code, ...(address !== undefined && { address }) });
}

test.each<[string, HttpPhase, string]>([
  ["ECONNREFUSED", "connect", "refused"],
  ["EHOSTUNREACH", "connect", "unreachable"],
  ["ENETUNREACH", "connect", "unreachable"],
  ["ETIMEDOUT", "connect", "timeout"],
  ["ECONNRESET", "first_byte", "reset"],
  ["EPIPE", "first_byte", "reset"],
  ["ENOTFOUND", "dns", "name_not_found"],
  ["EPROTO", "tls", "tls"],
  ["ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", "tls", "tls"],
  ["ERR_SSL_WRONG_VERSION_NUMBER", "tls", "wrong_protocol"],
  ["HPE_INVALID_CONSTANT", "first_byte", "wrong_protocol"],
  ["HPE_HEADER_OVERFLOW", "first_byte", "headers_too_large"],
])("%s while %s is the target's: %s", (code, phase, reason) => {
  expect(verdictOf(systemError(code), phase)).toEqual({ kind: "bad", reason });
});

test.each<[string, HttpPhase, string]>([
  ["EMFILE", "connect", "no_descriptors"],
  ["ENFILE", "connect", "no_descriptors"],
  ["EADDRNOTAVAIL", "connect", "no_descriptors"],
  ["EACCES", "connect", "not_permitted"],
  ["EPERM", "connect", "not_permitted"],
  ["EAI_AGAIN", "dns", "resolver"],
])("%s while %s is our own trouble: %s", (code, phase, failure) => {
  expect(verdictOf(systemError(code, "192.0.2.1"), phase)).toMatchObject({ kind: "trouble", failure });
});

test.each([
  ["HPE_INVALID_HEADER_TOKEN", "Invalid header value char", "first_byte", "Invalid header value char"],
  ["HPE_INVALID_CONSTANT", "Expected HTTP/, RTSP/ or ICE/", "transfer", "Expected HTTP/, RTSP/ or ICE/"],
  ["HPE_CHUNK_EXTENSIONS_OVERFLOW", undefined, "transfer", "HPE_CHUNK_EXTENSIONS_OVERFLOW"],
] as const)("%s, told as %s while %s, is bad HTTP in the parser's word", (code, reason, phase, word) => {
  const error = Object.assign(systemError(code), { reason });
  expect(verdictOf(error, phase)).toEqual({ kind: "bad", reason: "bad_http", word });
});

test("of several addresses, the one that got furthest speaks", () => {
  const noIpv6 = systemError("EADDRNOTAVAIL", "::1");
  const refused = systemError("ECONNREFUSED", "127.0.0.1");
  const unreachable = systemError("ENETUNREACH", "2001:db8::1");
  expect(verdictOf(new AggregateError([noIpv6, refused]), "connect")).toEqual({ kind: "bad", reason: "refused" });
  expect(verdictOf(new AggregateError([unreachable, noIpv6]), "connect")).toEqual({
    kind: "bad",
    reason: "unreachable",
  });
  expect(verdictOf(new AggregateError([systemError("EMFILE"), systemError("EMFILE")]), "connect")).toMatchObject({
    failure: "no_descriptors",
  });
});

test("what is not known is nobody's verdict", () => {
  expect(verdictOf(new TypeError("x is not a function"), "connect")).toBeUndefined();
  expect(verdictOf(systemError("ESOMETHING"), "transfer")).toBeUndefined();
});
