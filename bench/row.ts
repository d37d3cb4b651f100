/** What one row found. Figures are in the unit that their name ends in. */
export interface RowResult {
  readonly figures: Readonly<Record<string, number | string>>;
  /** Whether the promise was kept in this run; undefined: nothing to hold it against on this machine. */
  readonly kept: boolean | undefined;
}

export interface Row {
  readonly name: string;
  /** The promise, as people read it. */
  readonly promise: string;
  run(): Promise<RowResult>;
}
