/** How far an action got. */
export const AUDIT_STATES = [
  "planned",
  "approved",
  "started",
  "done",
  "failed",
  "unknown",
  "refused",
  "cancelled",
  "expired",
] as const;
export type AuditState = (typeof AUDIT_STATES)[number];

/** What of the log of actions is asked for; absent: everything. */
export interface AuditQuery {
  readonly target?: string;
  /** A principal's key: `member:<id>`, `local:<uid>`, … */
  readonly who?: string;
  readonly verb?: string;
  /** Not before; UTC milliseconds. */
  readonly since?: number;
}

/** An action as the log has it last. Secrets are masked. */
export interface AuditLine {
  readonly at: number;
  readonly who: { readonly key: string; readonly name: string };
  readonly verb: string;
  readonly target: string;
  readonly reason: string;
  readonly state: AuditState;
  readonly detail: string;
}

/** One page of the log, newest first. */
export interface AuditView {
  readonly query: AuditQuery;
  readonly lines: readonly AuditLine[];
  /** Where the neighbouring pages are; absent: there are none. */
  readonly older?: { readonly before: number };
  readonly newer?: { readonly after: number };
  /** How many secrets were masked on this page. */
  readonly masked: number;
}

/** What a check of the log found. */
export type AuditVerdict =
  | {
      readonly ok: true;
      /** Rows looked at. */
      readonly rows: number;
      /** Rows removed by age before them. */
      readonly removed: number;
      /** Of the newest row; absent in an empty log. */
      readonly head?: string;
    }
  | { readonly ok: false; readonly problem: AuditProblem; readonly rows: number };

export type AuditProblem =
  /** This row does not follow from the one before it. */
  | { readonly kind: "broken"; readonly number: number; readonly id: string; readonly at: number }
  /** So many rows were given numbers behind the newest one that is there. */
  | { readonly kind: "cut"; readonly missing: number; readonly after: number }
  /** The end of the log that Toban noted when it last posted one, or the one asked about, is not in it. */
  | { readonly kind: "head"; readonly hash: string; readonly from: "posted" | "asked" };
