import type { Memory } from "./memory.js";
import type { SteppedRun } from "./stepping.js";

/** What is found to be over later than this after a start may have ended after it just as well. */
const FOUND_WITHIN_MS = 10 * 60_000;

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The time before this process, in which nobody looked, and which alerts ended in it. */
export class Absence {
  readonly span: Span | undefined;
  /** Alerts that fired before and have not been seen bad since. */
  readonly #notSeenBad: Set<string>;

  constructor(span: Span | undefined, memory: Memory) {
    this.span = span;
    const firing = [...memory.alerts.values()].filter((alert) => alert.state === "firing");
    this.#notSeenBad = new Set(span ? firing.map((alert) => alert.fingerprint) : []);
  }

  /** The absence in which this alert recovered: it was never seen bad again, and that was found out soon after the start. */
  of(fingerprint: string, now: number): Span | undefined {
    if (!this.span || !this.#notSeenBad.has(fingerprint)) return undefined;
    return now - this.span.to <= FOUND_WITHIN_MS ? this.span : undefined;
  }

  /** What is seen bad now has not recovered while nobody looked. */
  note(stepped: readonly SteppedRun[]): void {
    if (this.#notSeenBad.size === 0) return;
    for (const { next, previous } of stepped.flatMap(({ steps }) => steps)) {
      const seen = next.state === "firing" && next.lastSampleAt !== previous?.lastSampleAt;
      if (seen && next.goodSince === undefined) this.#notSeenBad.delete(next.fingerprint);
    }
  }
}
