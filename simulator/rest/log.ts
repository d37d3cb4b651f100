import type { Headers } from "./limiter.js";
import type { RouteClass } from "./route.js";

/** What became of a request: answered, or what was done to its connection instead. */
export type RequestOutcome = "answered" | "reset" | "hung" | "aborted";

/** One request as the simulator saw it. */
export interface RequestRecord {
  readonly id: number;
  readonly method: string;
  /** Path after `/api/v10`, without the query. */
  readonly path: string;
  /** The route's pattern, `undefined` if none matched. */
  readonly route: string | undefined;
  readonly routeClass: RouteClass | undefined;
  readonly query: string;
  /** Unix milliseconds of simulated time at arrival. */
  readonly at: number;
  /** Real monotonic milliseconds at arrival. */
  readonly receivedAt: number;
  status: number;
  outcome: RequestOutcome;
  /** The JSON error code of a refusal. */
  code: number | undefined;
  bucket: string | undefined;
  /** Whether the handler ran to its end, so that the effect took place. */
  processed: boolean;
  /** The simulator's own time for the request in milliseconds, without waiting for body or fault. */
  ownMs: number;
  body: unknown;
  readonly headers: Readonly<Record<string, string>>;
  rateLimit: Headers;
  /** A 429 on a request that was sent after an answer had shown `remaining: 0` and before that answer's reset. */
  avoidable429: boolean;
}

export interface RequestFilter {
  readonly method?: string;
  readonly route?: string | RegExp;
  readonly routeClass?: RouteClass;
  readonly status?: number;
  readonly avoidable429?: boolean;
  /** Only requests with a greater id. */
  readonly afterId?: number;
}

/** Whether a pattern means this request: a regular expression on path or route, or the route's pattern itself. */
export function routeMatches(pattern: string | RegExp, path: string, route: string | undefined): boolean {
  if (typeof pattern === "string") return pattern === route || pattern === path;
  return pattern.test(path) || (route !== undefined && pattern.test(route));
}

/** The last `capacity` requests, oldest first. */
export class RequestLog {
  readonly #capacity: number;
  #records: RequestRecord[] = [];
  #nextId = 1;
  readonly #exhausted = new Map<string, number>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  nextId(): number {
    return this.#nextId++;
  }

  add(record: RequestRecord): void {
    this.#records.push(record);
    if (this.#records.length > this.#capacity * 1.1) this.#records = this.#records.slice(-this.#capacity);
  }

  /** Notes that an answer told its reader that the bucket is empty until `resetAt`. */
  toldExhausted(bucketKey: string, resetAt: number): void {
    this.#exhausted.set(bucketKey, resetAt);
    if (this.#exhausted.size <= 10_000) return;
    const oldest = this.#exhausted.keys().next();
    if (oldest.done !== true) this.#exhausted.delete(oldest.value);
  }

  wasToldExhausted(bucketKey: string, at: number): boolean {
    return at < (this.#exhausted.get(bucketKey) ?? 0);
  }

  find(filter: RequestFilter = {}): RequestRecord[] {
    return this.#records.filter(
      (record) =>
        (filter.method === undefined || record.method === filter.method) &&
        (filter.route === undefined || routeMatches(filter.route, record.path, record.route)) &&
        (filter.routeClass === undefined || record.routeClass === filter.routeClass) &&
        (filter.status === undefined || record.status === filter.status) &&
        (filter.avoidable429 === undefined || record.avoidable429 === filter.avoidable429) &&
        (filter.afterId === undefined || record.id > filter.afterId),
    );
  }

  clear(): void {
    this.#records = [];
  }
}
