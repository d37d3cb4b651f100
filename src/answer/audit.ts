import type { Clock } from "../base/clock.js";
import { mask } from "../base/mask/mask.js";
import { parseMoment } from "../base/moment.js";
import type { AuditLine, AuditProblem, AuditQuery, AuditVerdict, AuditView } from "../model/audit.js";
import { principalParts } from "../model/principal.js";
import type { AuditEntry, AuditLink, Store, Tables } from "../store/contract.js";

/** Rows checked between two turns: about 3 ms. */
const STRETCH = 200;

/** The newest end of the log that was posted to the channel, among the small named values. */
const POSTED_HEAD_KEY = "audit.posted";

/** What was last posted of the log's end. */
export interface PostedHead extends AuditLink {
  /** The calendar day it was posted on, in the configured time zone. */
  readonly day: string;
}

export type AuditPlace = { readonly before: number } | { readonly after: number };

export interface AuditReading {
  page(query: AuditQuery, count: number, from?: AuditPlace): AuditView;
  /** The moment that somebody means, if it can be told. */
  since(text: string): number | undefined;
  /** Checks the whole log between other work. `head` is a hash from the channel that must be in it. Rejects when aborted. */
  verify(request: { readonly head?: string; readonly signal?: AbortSignal }): Promise<AuditVerdict>;
}

export interface AuditReadingOptions {
  readonly store: Pick<Store, "read">;
  readonly clock: Pick<Clock, "now" | "nextTurn">;
  readonly timezone: () => string;
}

/** The log of actions for those who may see it. */
export function createAuditReading(options: AuditReadingOptions): AuditReading {
  const { store, clock } = options;

  const page = (query: AuditQuery, count: number, from?: AuditPlace): AuditView => {
    // One more than is shown tells whether there are more.
    const found = store.read(({ audit }) => audit.page(query, count + 1, from));
    const towardsNewer = from !== undefined && "after" in from;
    // The newest page is shown whole, not only what is new on it.
    if (towardsNewer && found.length <= count) return page(query, count);
    const shown = towardsNewer ? found.slice(-count) : found.slice(0, count);
    const [first, last] = [shown[0], shown.at(-1)];
    const hasOlder = towardsNewer || found.length > count;
    const hasNewer = from !== undefined;
    const lines = shown.map(lineOf);
    return {
      query,
      lines: lines.map(({ line }) => line),
      ...(hasOlder && last ? { older: { before: last.seq } } : {}),
      ...(hasNewer ? { newer: { after: first?.seq ?? placeOf(from) } } : {}),
      masked: lines.reduce((sum, { masked }) => sum + masked, 0),
    };
  };

  return {
    page,
    since: (text) => parseMoment(text, clock.now(), options.timezone()),
    async verify({ head, signal }) {
      let last: AuditLink | undefined;
      let rows = 0;
      for (let more = true; more;) {
        signal?.throwIfAborted();
        const stretch = store.read(({ audit }) => audit.follow(last, STRETCH));
        rows += stretch.rows;
        if (!stretch.ok) {
          const { seq: number, id, at } = stretch.broken;
          return { ok: false, rows, problem: { kind: "broken", number, id, at } };
        }
        ({ last, more } = stretch);
        if (more) await clock.nextTurn();
      }
      const problem = endProblem(store, head);
      if (problem) return { ok: false, rows, problem };
      const end = store.read(({ audit }) => ({ head: audit.head(), removed: audit.anchor()?.removed ?? 0 }));
      return { ok: true, rows, removed: end.removed, ...(end.head === undefined ? {} : { head: end.head.hash }) };
    },
  };
}

/** A chain without its last rows is whole in itself: that it ends too early shows only from outside of it. */
function endProblem(store: Pick<Store, "read">, asked: string | undefined): AuditProblem | undefined {
  return store.read((tables): AuditProblem | undefined => {
    const { audit } = tables;
    const end = audit.head()?.seq ?? 0;
    const issued = audit.issued();
    if (issued > end) return { kind: "cut", missing: issued - end, after: end };
    if (asked !== undefined && audit.find(asked) === undefined) return { kind: "head", hash: asked, from: "asked" };
    const posted = readPostedHead(tables);
    const isOlder = posted !== undefined && posted.seq < (audit.anchor()?.seq ?? 0);
    if (posted === undefined || posted.seq === 0 || isOlder || audit.find(posted.hash) !== undefined) return undefined;
    return { kind: "head", hash: posted.hash, from: "posted" };
  });
}

export function writePostedHead({ meta }: Pick<Tables, "meta">, { seq, hash, day }: PostedHead): void {
  meta.set(POSTED_HEAD_KEY, { seq, hash, day });
}

export function readPostedHead({ meta }: Pick<Tables, "meta">): PostedHead | undefined {
  const value = meta.get(POSTED_HEAD_KEY);
  if (typeof value !== "object" || value === null) return undefined;
  const { seq, hash, day } = value as Readonly<Record<string, unknown>>;
  if (typeof seq !== "number" || typeof hash !== "string" || typeof day !== "string") return undefined;
  return { seq, hash, day };
}

function placeOf(from: AuditPlace): number {
  // Behind the last row of all there is nothing; back from there is the row one came from.
  return "before" in from ? from.before - 1 : from.after;
}

function lineOf(entry: AuditEntry): { readonly line: AuditLine; readonly masked: number } {
  let masked = 0;
  const shown = (text: string): string => {
    const result = mask(text);
    masked += result.count;
    return result.text;
  };
  const { key, name } = principalParts(entry.principal);
  const line: AuditLine = {
    at: entry.at,
    who: { key, name: shown(name) },
    verb: entry.verb,
    target: entry.target,
    reason: shown(entry.reason),
    state: entry.state,
    detail: shown(entry.detail),
  };
  return { line, masked };
}
