import { maskedExcerpt } from "../base/mask/mask.js";
import type { Probe, ProbeDeps, ProbeKind } from "../model/contract/probe.js";
import type { HttpFacts } from "../model/facts.js";
import type { Reason } from "../model/reason.js";
import type { ProbeResult } from "../model/run.js";
import type { Sample, SeriesSpec } from "../model/sample.js";
import { exchange } from "./http-exchange.js";
import type { Exchange } from "./http-exchange.js";
import { findMismatch } from "./http-json.js";
import { httpOptions, isRemote, shownUrl, statusExpected, statusText } from "./http-options.js";
import type { HttpOptions } from "./http-options.js";
import { Resolver } from "./http-resolve.js";

const HTTP_SERIES = [
  {
    name: "http_duration_seconds",
    unit: "seconds",
    kind: "gauge",
    help: "Time from the start to the last byte of a complete answer.",
  },
  {
    name: "http_phase_seconds",
    unit: "seconds",
    kind: "gauge",
    help: "Time of one phase: dns, connect, tls, first_byte, transfer. Only phases that were completed.",
    labels: ["phase"],
  },
  { name: "http_status_code", unit: "count", kind: "gauge", help: "Status of the answer." },
  { name: "http_body_bytes", unit: "bytes", kind: "gauge", help: "Length of the body." },
  {
    name: "http_certificate_not_after_seconds",
    unit: "seconds",
    kind: "gauge",
    help: "When the server's certificate expires, in seconds since 1970. Told also for a certificate that is not valid.",
  },
  {
    name: "http_certificate_valid",
    unit: "bool",
    kind: "gauge",
    help: "1 if the server's certificate is valid for the name, now, and from a trusted authority.",
  },
] as const satisfies readonly SeriesSpec[];

type HttpSeries = (typeof HTTP_SERIES)[number]["name"];

/** How much of what was found is kept as a fact. */
const SHOWN_CHARACTERS = 120;
/** How much more is looked at for secrets. */
const LOOKED_AT = 8_192;

interface Finding {
  readonly reason: Reason;
  readonly mismatch?: NonNullable<HttpFacts["mismatch"]>;
}

/** What was answered, without secrets and cut. So much more than is shown is looked at that none is cut before it is known. */
function shortened(text: string): string {
  return maskedExcerpt(text.slice(0, SHOWN_CHARACTERS + LOOKED_AT), SHOWN_CHARACTERS).text;
}

/** The value of a field, masked as its name asks for. */
function shownValue(at: string, value: unknown): string {
  const name = `${at}: `;
  return maskedExcerpt(`${name}${JSON.stringify(value)}`, name.length + SHOWN_CHARACTERS).text.slice(name.length);
}

/** What is wrong with a complete answer, if anything: its status first, then its text, then its fields. */
export function judgeAnswer(status: number, body: Buffer, expected: HttpOptions["expect"]): Finding | undefined {
  if (!statusExpected(status, expected.status)) {
    const mismatch = { what: "status", expected: statusText(expected.status), found: String(status) };
    return { reason: "wrong_status", mismatch };
  }
  if (expected.body === undefined && expected.json === undefined) return undefined;
  const text = body.toString("utf8");
  if (expected.body !== undefined && !text.includes(expected.body)) {
    const mismatch = { what: "body", expected: shortened(expected.body), found: shortened(text) };
    return { reason: "body_mismatch", mismatch };
  }
  return expected.json === undefined ? undefined : judgeJson(text, expected.json);
}

function judgeJson(text: string, expected: NonNullable<HttpOptions["expect"]["json"]>): Finding | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { reason: "not_json", mismatch: { what: "body", expected: "JSON", found: shortened(text) } };
  }
  const wrong = findMismatch(json, expected);
  if (!wrong) return undefined;
  const found = wrong.found === undefined ? "nothing" : shownValue(wrong.at, wrong.found);
  return {
    reason: "json_mismatch",
    mismatch: { what: wrong.at, expected: shownValue(wrong.at, wrong.expected), found },
  };
}

function findingOf(seen: Exchange, options: HttpOptions): Finding | undefined {
  if (seen.ended?.kind === "bad") {
    const problem = seen.certificate?.problem;
    return seen.ended.reason === "certificate_invalid" && problem !== undefined
      ? { reason: "certificate_invalid", mismatch: { what: "certificate", expected: "valid", found: problem } }
      : { reason: seen.ended.reason };
  }
  return judgeAnswer(seen.status ?? 0, seen.body, options.expect);
}

/** One run's result from what was seen. `url`: the address as it is shown. */
export function measuredExchange(seen: Exchange, options: HttpOptions, url: string): ProbeResult {
  if (seen.ended?.kind === "trouble")
    return { status: "failed", failure: seen.ended.failure, detail: seen.ended.detail };
  const finding = findingOf(seen, options);
  const success: Sample = {
    series: "probe_success",
    labels: {},
    value: finding ? 0 : 1,
    ...(finding && { reason: finding.reason }),
  };
  return { status: "ok", samples: [success, ...samplesOf(seen)], facts: factsOf(seen, url, finding) };
}

function samplesOf(seen: Exchange): readonly Sample[] {
  const sample = (series: HttpSeries, value: number | undefined, labels: Sample["labels"] = {}): Sample[] =>
    value === undefined || !Number.isFinite(value) ? [] : [{ series, labels, value }];
  const { certificate } = seen;
  return [
    ...sample("http_duration_seconds", seen.ended ? undefined : seen.totalSeconds),
    ...[...seen.phases].flatMap(([phase, seconds]) => sample("http_phase_seconds", seconds, { phase })),
    ...sample("http_status_code", seen.status),
    ...sample("http_body_bytes", seen.bodyBytes),
    ...sample("http_certificate_not_after_seconds", certificate && certificate.validTo / 1_000),
    ...sample("http_certificate_valid", certificate && Number(certificate.problem === undefined)),
  ];
}

function factsOf(seen: Exchange, url: string, finding: Finding | undefined): HttpFacts {
  const { certificate } = seen;
  return {
    kind: "http",
    url,
    ...(seen.status !== undefined && { status: seen.status }),
    ...(seen.address !== undefined && { address: seen.address }),
    ...(certificate && {
      certificate: { subject: certificate.subject, issuer: certificate.issuer, validTo: certificate.validTo },
    }),
    ...(finding?.mismatch && { mismatch: finding.mismatch }),
  };
}

/** One resolver for all checks that were given the same dependencies. */
const resolvers = new WeakMap<ProbeDeps, Resolver>();

function resolverFor(deps: ProbeDeps): Resolver {
  const resolver = resolvers.get(deps) ?? new Resolver();
  resolvers.set(deps, resolver);
  return resolver;
}

export const http: ProbeKind<HttpOptions> = {
  kind: "http",
  help: "A web address: status, time of each phase, text and JSON fields of the answer, certificate.",
  options: httpOptions,
  series: HTTP_SERIES,
  defaultIntervalMs: 30_000,
  defaultTimeoutMs: 10_000,
  remote: (options) => isRemote(options.url),
  create(target, deps): Probe {
    const { options } = target;
    const { expect } = options;
    const request = {
      url: new URL(options.url),
      method: options.method,
      headers: options.headers,
      insecure: options.insecure,
      maxBodyBytes: options.maxBody,
      keepBody: expect.body !== undefined || expect.json !== undefined,
    };
    const resolver = resolverFor(deps);
    const shown = shownUrl(options.url);
    return {
      async run(signal) {
        return measuredExchange(await exchange(request, { clock: deps.clock, resolver }, signal), options, shown);
      },
    };
  },
};
