import type { ActionRecord } from "../model/action-record.js";
import type { Alert } from "../model/alert.js";
import type { AuditQuery, AuditState } from "../model/audit.js";
import type { Incident, IncidentAlert, OutboxRow, OutboxState, ShownMessage } from "../model/incident.js";
import type { Labels } from "../model/labels.js";
import type { Run } from "../model/run.js";

/** One point of a series. `at` in UTC milliseconds. Roll-ups carry the extremes of their span. */
export interface Point {
  readonly at: number;
  readonly value: number;
  readonly min?: number;
  readonly max?: number;
}

export interface SeriesRef {
  readonly host: string;
  readonly target: string;
  readonly series: string;
  /** Without host and target. */
  readonly labels: Labels;
}

export interface SeriesInfo extends SeriesRef {
  readonly lastAt: number;
  readonly lastValue: number;
}

/** How fine: `raw` blocks, 5-minute or hourly roll-ups, or `auto` by the length of the span. */
export type Resolution = "raw" | "5m" | "1h" | "auto";

export interface SampleTable {
  /** Appends the samples of one run. */
  append(run: Run): void;
  /** The newest `count` raw points, oldest first. */
  newest(ref: SeriesRef, count: number): readonly Point[];
  /** Points with `from <= at < to`, oldest first. */
  range(ref: SeriesRef, from: number, to: number, resolution: Resolution): readonly Point[];
  /** Series of one target (or of all), with their last point. */
  list(target?: string): readonly SeriesInfo[];
}

export interface RunTable {
  put(run: Run): void;
  latest(target: string): Run | undefined;
  all(): readonly Run[];
  remove(target: string): void;
}

export interface AlertTable {
  all(): readonly Alert[];
  put(alert: Alert): void;
  remove(fingerprint: string): void;
}

/** How far the entries of an incident have been read. Whatever is put later stands behind `{ revision, episode: "" }` of the incident's revision now. */
export interface EntryPlace {
  readonly revision: number;
  readonly episode: string;
}

export interface EntryPage {
  readonly entries: readonly IncidentAlert[];
  /** Where the next page begins; absent: this was the last one. */
  readonly next?: EntryPlace;
}

export interface IncidentTable {
  get(id: string): Incident | undefined;
  byNumber(number: number): Incident | undefined;
  open(): readonly Incident[];
  /** The newest of that group and channel, open or not. */
  latest(channel: string, group: string): Incident | undefined;
  openedSince(channel: string, since: number): readonly Incident[];
  endedSince(since: number): readonly Incident[];
  nextNumber(): number;
  put(incident: Incident): void;
  entries(id: string): readonly IncidentAlert[];
  /** Entries behind a place, in the order of the revisions their incident had when they were last put; at most `limit`. */
  entriesSince(id: string, place: EntryPlace, limit: number): EntryPage;
  /** Whether an incident has more than so many entries; cheap even where there are thousands. */
  holdsMore(id: string, than: number): boolean;
  /** Entries of open incidents that hold this episode. */
  entriesOfEpisode(episode: string): readonly IncidentAlert[];
  putEntry(entry: IncidentAlert): void;
}

export interface OutboxTable {
  add(row: OutboxRow): void;
  get(id: string): OutboxRow | undefined;
  put(row: OutboxRow): void;
  /** What `get` would say of the row's state, without reading the rest. */
  stateOf(id: string): OutboxState | undefined;
  /** Pending or sending rows that are due, most urgent first: critical, warning, info; then by age. */
  due(now: number, limit: number): readonly OutboxRow[];
  /** Pending or sending rows that become due after `after`, by that moment and their id. */
  waiting(after: Pick<OutboxRow, "dueAt" | "id">, limit: number): readonly OutboxRow[];
  /** The moment the next row becomes due. */
  nextDueAt(): number | undefined;
  ofIncident(incident: string): readonly OutboxRow[];
  depth(): { readonly pending: number; readonly oldestCreatedAt?: number; readonly dead: number };
}

export interface ShownMessageTable {
  get(incident: string, channel: string): ShownMessage | undefined;
  put(message: ShownMessage): void;
  remove(incident: string, channel: string): void;
  /** Messages that show an older revision than their incident's, due at `now`; open incidents first, severest first. */
  stale(now: number, limit: number): readonly ShownMessage[];
  nextDueAt(): number | undefined;
}

/** A row of the action log: written before the act, hash-chained. */
export interface AuditRow {
  readonly id: string;
  readonly at: number;
  readonly principal: string;
  readonly verb: string;
  readonly target: string;
  readonly reason: string;
  readonly state: AuditState;
  readonly detail: string;
}

/** A row with its place in the log: counts up, never reused. */
export interface AuditEntry extends AuditRow {
  readonly seq: number;
}

/** A place in the chain: the row's number and its hash. */
export interface AuditLink {
  readonly seq: number;
  readonly hash: string;
}

/** What is left of rows that were removed by age: the link that the first kept row follows from. */
export interface AuditAnchor extends AuditLink {
  /** How many were removed, ever. */
  readonly removed: number;
}

/** A stretch of the chain, looked at. */
export type AuditStretch =
  | { readonly ok: true; readonly rows: number; readonly last: AuditLink; readonly more: boolean }
  /** This row does not follow from the one before: one of the two was changed, or one between them is missing. */
  | { readonly ok: false; readonly rows: number; readonly broken: AuditEntry };

export interface AuditTable {
  append(row: AuditRow): void;
  newest(count: number, before?: string): readonly AuditRow[];
  /** One row an action, its newest state; newest first. `before` and `after` are places that a page begins behind. */
  page(
    filter: AuditQuery,
    count: number,
    from?: { readonly before: number } | { readonly after: number },
  ): readonly AuditEntry[];
  /** The end of the chain; the anchor where every row was removed; absent in a log that never held one. */
  head(): AuditLink | undefined;
  anchor(): AuditAnchor | undefined;
  /** The highest number ever given out: more than the head's when rows were cut off the end. */
  issued(): number;
  rowsAfter(seq: number): number;
  /** The place of a hash, if a row that is kept (or the anchor) has it. */
  find(hash: string): number | undefined;
  /** Checks the next `count` rows behind a link; from the beginning when absent. */
  follow(from: AuditLink | undefined, count: number): AuditStretch;
  /** Whether every row follows from the one before; the first row that does not. In one go: for short logs. */
  verify():
    | { readonly ok: true; readonly rows: number; readonly head: string }
    | { readonly ok: false; readonly at: string };
  /** Removes at most `count` of the oldest rows if older than `before`, save the newest `keep`; leaves the anchor. How many went. */
  removeOld(before: number, keep: number, count: number): number;
}

/** Actions from plan to end. They are done only while the file can be written; rows outlive its trouble in memory. */
export interface ActionTable {
  put(record: ActionRecord): void;
  get(id: string): ActionRecord | undefined;
  /** Planned, approved or started; oldest first. */
  live(): readonly ActionRecord[];
  /** The newest of that target that were begun, newest first. */
  started(target: string, count: number): readonly ActionRecord[];
  /** All of that target that were begun after this moment, newest first. */
  startedSince(target: string, at: number): readonly ActionRecord[];
  /** Ends that the log of actions does not hold yet. */
  unlogged(): readonly ActionRecord[];
}

export interface IdentifyTable {
  add(kind: "start" | "identify", at: number): void;
  since(kind: "start" | "identify", at: number): readonly number[];
}

/** State behind a button, select or confirmation: lives 15 minutes. */
export interface Panel {
  readonly id: string;
  readonly verb: string;
  readonly data: unknown;
  readonly owner?: string;
  readonly expiresAt: number;
}

export interface PanelTable {
  put(panel: Panel): void;
  get(id: string, now: number): Panel | undefined;
  sweep(now: number): number;
}

/** Small named values (last heartbeat, config checksum, message of the store's own trouble). JSON. */
export interface MetaTable {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
}

export interface Tables {
  readonly samples: SampleTable;
  readonly runs: RunTable;
  readonly alerts: AlertTable;
  readonly incidents: IncidentTable;
  readonly outbox: OutboxTable;
  readonly messages: ShownMessageTable;
  readonly audit: AuditTable;
  readonly actions: ActionTable;
  readonly identifies: IdentifyTable;
  readonly panels: PanelTable;
  readonly meta: MetaTable;
}

/** Why the file cannot be used; each has a sentence in the catalogues. */
export const STORE_TROUBLES = ["missing", "read_only", "locked", "full", "corrupt", "newer_schema", "io"] as const;
export type StoreTrouble = (typeof STORE_TROUBLES)[number];

export interface StoreStatus {
  readonly mode: "file" | "memory";
  readonly trouble?: StoreTrouble;
  readonly since?: number;
  /** Where a corrupt file was set aside; stays in the status after the new file has taken over (`mode: "file"`, no `trouble`). */
  readonly path?: string;
  readonly detail?: string;
}

export interface StoreNumbers {
  readonly writeP99Seconds?: number;
  readonly readMedianSeconds?: number;
  /** Share of the last 1,000 transactions that succeeded at the first try. */
  readonly successRatio?: number;
}

export interface Store {
  /** Reads, in one snapshot. Synchronous and short. */
  read<T>(work: (tables: Tables) => T): T;
  /**
   * One transaction (BEGIN IMMEDIATE … COMMIT), in the order of the calls. `work` is synchronous; it may run again when the file was
   * busy. Resolves after COMMIT. It never rejects for the file's sake: when the file cannot be written, the store goes on in memory
   * (see `status`) and the transaction is done there. `durable: true` (audit) commits with synchronous=FULL and rejects with
   * UserError("store_unavailable") when there is no writable file.
   */
  write<T>(name: string, work: (tables: Tables) => T, options?: { durable?: boolean }): Promise<T>;
  status(): StoreStatus;
  numbers(): StoreNumbers;
  onStatus(listener: (status: StoreStatus) => void): () => void;
  /** One slice of upkeep (roll-ups, retention, sweeping, recovery of the file); true while there is more to do. */
  upkeep(): Promise<boolean>;
  close(): Promise<void>;
}
