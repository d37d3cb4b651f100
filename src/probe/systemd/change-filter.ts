/** The properties whose change is worth a run. Others change for their own sake: a service may set its status text ten times a second. */
const WATCHED = ["LoadState", "ActiveState", "SubState", "Result", "NRestarts", "MainPID"] as const;

/** Remembers what was last told about a unit, so that only a real change passes. */
export class ChangeFilter {
  readonly #last = new Map<string, unknown>();

  /** Whether these changed properties tell something new. What was never told before is new. */
  passes(changed: ReadonlyMap<string, unknown>): boolean {
    let news = false;
    for (const name of WATCHED) {
      if (!changed.has(name)) continue;
      const value = changed.get(name);
      if (this.#last.has(name) && this.#last.get(name) === value) continue;
      this.#last.set(name, value);
      news = true;
    }
    return news;
  }
}
