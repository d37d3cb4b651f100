import { Ring, median } from "../base/statistics.js";
import type { Answer } from "../model/contract/receiver.js";
import type { Trouble } from "./troubles.js";

const MINUTE_MS = 60_000;
/** Discord counts 401, 403 and 429 over this span; 10,000 of them shut the address out. */
const INVALID_SPAN_MS = 10 * 60_000;
/** How many answer times make the median. */
const LATENCIES = 5;
/** As many as the sender can make at 40 a second, so that the count of a minute is never cut. */
const MOST_PER_MINUTE = 2_400;

export interface SenderNumbers {
  readonly pending: number;
  /** UTC milliseconds. */
  readonly oldestCreatedAt?: number;
  readonly dead: number;
  readonly requestsTotal: number;
  readonly requestsPerMinute: number;
  /** 429 that count against us: user and global. */
  readonly rateLimitedTotal: number;
  /** 429 because others used a shared limit up. */
  readonly sharedLimitedTotal: number;
  /** 401, 403 and 429 but shared ones: what Discord counts as invalid requests. */
  readonly invalidTotal: number;
  readonly invalidIn10Min: number;
  readonly edgeBlocksTotal: number;
  /** Of the newest answer, and the median of the last five; seconds. */
  readonly restSeconds?: number;
  readonly restMedianSeconds?: number;
  readonly troubles: readonly Trouble[];
}

/** Counts requests and how they were answered. Times are monotonic milliseconds. */
export class RequestCounts {
  readonly #recent = new Ring<number>(MOST_PER_MINUTE);
  readonly #latencies = new Ring<number>(LATENCIES);
  #newestLatency: number | undefined;
  #invalid: number[] = [];
  #requests = 0;
  #rateLimited = 0;
  #shared = 0;
  #invalidTotal = 0;
  #edgeBlocks = 0;

  add(answer: Answer, startedAt: number, now: number): void {
    if (answer.kind === "not_sent") return;
    this.#requests += 1;
    this.#recent.push(startedAt);
    if (answer.kind === "ok" || answer.kind === "status") {
      this.#newestLatency = (now - startedAt) / 1_000;
      this.#latencies.push(this.#newestLatency);
    }
    if (answer.kind === "status") this.#addStatus(answer, now);
  }

  edgeBlocked(): void {
    this.#edgeBlocks += 1;
  }

  snapshot(now: number): Omit<SenderNumbers, "pending" | "oldestCreatedAt" | "dead" | "troubles"> {
    this.#invalid = this.#invalid.filter((at) => at > now - INVALID_SPAN_MS);
    const newest = this.#newestLatency;
    const middle = median(this.#latencies.unordered());
    let requestsPerMinute = 0;
    for (const at of this.#recent.unordered()) if (at > now - MINUTE_MS) requestsPerMinute += 1;
    return {
      requestsTotal: this.#requests,
      requestsPerMinute,
      rateLimitedTotal: this.#rateLimited,
      sharedLimitedTotal: this.#shared,
      invalidTotal: this.#invalidTotal,
      invalidIn10Min: this.#invalid.length,
      edgeBlocksTotal: this.#edgeBlocks,
      ...(newest === undefined ? {} : { restSeconds: newest }),
      ...(middle === undefined ? {} : { restMedianSeconds: middle }),
    };
  }

  #addStatus(answer: Extract<Answer, { kind: "status" }>, now: number): void {
    const { status, scope } = answer;
    if (status === 429 && scope === "shared") {
      this.#shared += 1;
      return;
    }
    if (status === 429) this.#rateLimited += 1;
    if (status !== 401 && status !== 403 && status !== 429) return;
    this.#invalidTotal += 1;
    this.#invalid.push(now);
    if (this.#invalid.length > 10_000) this.#invalid = this.#invalid.filter((at) => at > now - INVALID_SPAN_MS);
  }
}
