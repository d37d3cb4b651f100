import { sizeText } from "../base/quantity.js";
import type { Probe, ProbeDeps, ProbeKind } from "../model/contract/probe.js";
import type { HttpFacts } from "../model/facts.js";
import type { ProbeResult } from "../model/run.js";
import type { Sample, SeriesSpec } from "../model/sample.js";
import { decodeText } from "./http-charset.js";
import { decodeContent } from "./http-coding.js";
import { exchange } from "./http-exchange.js";
import type { Exchange, ExchangeRequest } from "./http-exchange.js";
import { judgeAnswer } from "./http-judge.js";
import type { AnswerBody, Finding } from "./http-judge.js";
import { shownLocation } from "./http-location.js";
import { httpOptions, isRemote, shownUrl, statusExpected } from "./http-options.js";
import type { HttpOptions } from "./http-options.js";
import { cutBy } from "./http-reason.js";
import type { BadEnd } from "./http-reason.js";
import { Resolver } from "./http-resolve.js";

const HTTP_SERIES = [
  {
    name: "http_duration_seconds",
    unit: "seconds",
    kind: "gauge",
    help: "Time from the start to the last byte of the answer, or to the last that is read of one longer than maxBody.",
  },
  {
    name: "http_phase_seconds",
    unit: "seconds",
    kind: "gauge",
    help: "Time of one phase: dns, connect, tls, first_byte, transfer. Only phases that were completed.",
    labels: ["phase"],
  },
  { name: "http_status_code", unit: "count", kind: "gauge", help: "Status of the answer." },
  {
    name: "http_body_bytes",
    unit: "bytes",
    kind: "gauge",
    help: "Length of the body as it is sent; of one longer than maxBody, what its header says.",
  },
  {
    name: "http_certificate_not_after_seconds",
    unit: "seconds",
    kind: "gauge",
    help: "When the first certificate of the server's chain expires, in seconds since 1970. Told also for one that is not valid.",
  },
  {
    name: "http_certificate_valid",
    unit: "bool",
    kind: "gauge",
    help: "1 if the server's certificate is valid for the name, now, and from a trusted authority.",
  },
] as const satisfies readonly SeriesSpec[];

type HttpSeries = (typeof HTTP_SERIES)[number]["name"];

/** How much of the body of an answer with a bad status is read: it may say what is down. */
const GLANCE_BYTES = 64 * 1024;

/** An exchange and, if it was kept, its body as text. */
export interface SeenAnswer extends Exchange {
  readonly text?: AnswerBody | undefined;
}

function findingOf(seen: SeenAnswer, options: HttpOptions): Finding | undefined {
  const { status, ended } = seen;
  const location = shownLocation(seen.headers?.location, seen.url);
  const whole = ended === undefined;
  // A bad status has been said, whatever became of the body behind it.
  if (status !== undefined && (whole || !statusExpected(status, options.expect.status)))
    return judgeAnswer({ status, location, body: seen.text }, options.expect, sizeText(options.maxBody));
  return ended?.kind === "bad" ? brokenOff(seen, ended, options) : undefined;
}

/** Why there was no whole answer. */
function brokenOff({ certificate }: Exchange, { reason, word }: BadEnd, options: HttpOptions): Finding {
  const found = reason === "certificate_invalid" ? certificate?.problem : word;
  if (reason === "headers_too_large") {
    const limit = sizeText(options.maxHeaders);
    return { reason, mismatch: { what: "headers", expected: `at most ${limit}`, found: `more than ${limit}` } };
  }
  if (found === undefined) return { reason };
  const about = reason === "certificate_invalid" ? { what: "certificate", expected: "valid" } : HTTP_ITSELF;
  return { reason, mismatch: { ...about, found } };
}

const HTTP_ITSELF = { what: "answer", expected: "HTTP by its rules" } as const;

/** The body of an answer as text; an answer whose body is not decoded in time was not complete in time. */
async function withText(seen: Exchange, maxBytes: number, signal: AbortSignal): Promise<SeenAnswer> {
  if (seen.ended || seen.body.length === 0) return seen;
  const coded = { bytes: seen.body, cut: seen.bodyCut };
  try {
    const decoded = await decodeContent(coded, seen.headers?.contentEncoding, { maxBytes, signal });
    if (!("bytes" in decoded)) return { ...seen, text: decoded };
    const text = decodeText(decoded, seen.headers?.contentType);
    return { ...seen, text: typeof text === "string" ? { text, cut: decoded.cut } : text };
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    return { ...seen, ended: cutBy(signal.reason, "transfer") };
  }
}

/** One run's result from what was seen. `url`: the address as it is shown. */
export function measuredExchange(seen: SeenAnswer, options: HttpOptions, url: string): ProbeResult {
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
  const { certificate, status } = seen;
  const redirects = status !== undefined && status >= 300 && status < 400;
  const location = redirects ? shownLocation(seen.headers?.location, seen.url) : undefined;
  return {
    kind: "http",
    url,
    ...(status !== undefined && { status }),
    ...(seen.address !== undefined && { address: seen.address }),
    ...(certificate && {
      certificate: {
        subject: certificate.subject,
        issuer: certificate.issuer,
        validTo: certificate.validTo,
        ...(certificate.leaf !== undefined && { leaf: certificate.leaf }),
      },
    }),
    ...(location !== undefined && { location }),
    ...(finding?.mismatch && { mismatch: finding.mismatch }),
    ...(finding?.down && { down: finding.down }),
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
    const request: ExchangeRequest = {
      url: new URL(options.url),
      method: options.method,
      headers: options.headers,
      insecure: options.insecure,
      maxBodyBytes: options.maxBody,
      maxHeaderBytes: options.maxHeaders,
      lenient: options.lenient,
      keptBytes(status) {
        if (!statusExpected(status, expect.status)) return GLANCE_BYTES;
        return expect.body !== undefined || expect.json !== undefined ? options.maxBody : 0;
      },
    };
    const resolver = resolverFor(deps);
    const shown = shownUrl(options.url);
    return {
      async run(signal) {
        const seen = await exchange(request, { clock: deps.clock, resolver }, signal);
        return measuredExchange(await withText(seen, options.maxBody, signal), options, shown);
      },
    };
  },
};
