import { maskedExcerpt } from "../base/mask/mask.js";
import type { ComponentFact, HttpFacts } from "../model/facts.js";
import type { Reason } from "../model/reason.js";
import { componentsDown } from "./http-components.js";
import type { Undecodable } from "./http-coding.js";
import { findMismatch } from "./http-json.js";
import { statusExpected, statusText } from "./http-options.js";
import type { HttpOptions } from "./http-options.js";

/** How much of what was found is kept as a fact. */
const SHOWN_CHARACTERS = 120;
/** How much more is looked at for secrets. */
const LOOKED_AT = 8_192;
/** Names and states of a service's parts. */
const PART_CHARACTERS = 60;
const STATUS_CHARACTERS = 30;
const MOST_PARTS = 10;

/** The body of an answer, as text. */
export type AnswerBody = { readonly text: string; readonly cut: boolean } | Undecodable;

/** A whole answer, or as much of it as was to be read. */
export interface ReadAnswer {
  readonly status: number;
  /** Where a redirect leads, fit to be shown. */
  readonly location?: string | undefined;
  /** Absent: nothing of it was kept. */
  readonly body?: AnswerBody | undefined;
}

export interface Finding {
  readonly reason: Reason;
  readonly mismatch?: NonNullable<HttpFacts["mismatch"]>;
  readonly down?: readonly ComponentFact[];
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

/** The status with the place that a redirect leads to: `302 to /login`. */
function statusFound({ status, location }: ReadAnswer): string {
  return status >= 300 && status < 400 && location !== undefined ? `${status} to ${location}` : String(status);
}

/** What is wrong with an answer, if anything: its status first, then its text, then its fields. */
export function judgeAnswer(answer: ReadAnswer, expected: HttpOptions["expect"], maxBody: string): Finding | undefined {
  if (!statusExpected(answer.status, expected.status)) {
    const mismatch = { what: "status", expected: statusText(expected.status), found: statusFound(answer) };
    return { reason: "wrong_status", mismatch, ...partsDown(answer.body) };
  }
  if (expected.body === undefined && expected.json === undefined) return undefined;
  const finding = judgeBody(answer.body ?? { text: "", cut: false }, expected, maxBody);
  if (!finding) return undefined;
  const found = statusFound(answer);
  // The page behind a redirect says nothing of the service.
  if (found !== String(answer.status))
    return { reason: "redirected", mismatch: { what: "status", expected: "no redirect", found } };
  return { ...finding, ...partsDown(answer.body) };
}

function judgeBody(body: AnswerBody, expected: HttpOptions["expect"], maxBody: string): Finding | undefined {
  if (!("text" in body)) {
    const mismatch = { what: body.what, expected: body.expected, found: shortened(body.found) };
    return { reason: "undecodable", mismatch };
  }
  const { text, cut } = body;
  // What was read may be enough: a text is found wherever it stands.
  const missing = expected.body !== undefined && !text.includes(expected.body);
  if (cut && (missing || expected.json !== undefined))
    return {
      reason: "too_large",
      mismatch: { what: "body", expected: `at most ${maxBody}`, found: `more than ${maxBody}` },
    };
  if (expected.body !== undefined && missing) {
    const mismatch = { what: "body", expected: shortened(expected.body), found: shortened(text) };
    return { reason: "body_mismatch", mismatch };
  }
  return expected.json === undefined ? undefined : judgeJson(text, expected.json);
}

function judgeJson(text: string, expected: NonNullable<HttpOptions["expect"]["json"]>): Finding | undefined {
  const json = jsonOf(text);
  if (json === undefined)
    return { reason: "not_json", mismatch: { what: "body", expected: "JSON", found: shortened(text) } };
  const wrong = findMismatch(json, expected);
  if (!wrong) return undefined;
  const found = wrong.found === undefined ? "nothing" : shownValue(wrong.at, wrong.found);
  return {
    reason: "json_mismatch",
    mismatch: { what: wrong.at, expected: shownValue(wrong.at, wrong.expected), found },
  };
}

/** `undefined`, which JSON cannot say: it is none. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The parts of the service that its answer calls down, without secrets and cut. */
function partsDown(body: AnswerBody | undefined): { readonly down?: readonly ComponentFact[] } {
  if (!body || !("text" in body) || body.cut) return {};
  const parts = componentsDown(jsonOf(body.text)).slice(0, MOST_PARTS);
  const down = parts.map(({ name, status }) => ({
    name: maskedExcerpt(name.slice(0, LOOKED_AT), PART_CHARACTERS).text,
    status: maskedExcerpt(status.slice(0, LOOKED_AT), STATUS_CHARACTERS).text,
  }));
  return down.length > 0 ? { down } : {};
}
