import type { SimulatedClock } from "../clock.js";
import { limits } from "../limits.js";
import type { Random } from "../random.js";
import type { Switches } from "../switches.js";
import { Buckets, SlidingWindow } from "./buckets.js";
import type { BucketState } from "./buckets.js";
import type { Route } from "./route.js";

export type Headers = Readonly<Record<string, string>>;

/** The limiter's word about one request. */
export interface Admission {
  readonly headers: Headers;
  readonly bucket: BucketState | undefined;
  readonly refusal: LimitRefusal | undefined;
}

export interface LimitRefusal {
  readonly scope: "user" | "global" | "shared";
  readonly retryAfterMs: number;
}

export function refusalBody(refusal: LimitRefusal): Readonly<Record<string, unknown>> {
  return {
    message: refusal.scope === "shared" ? "The resource is being rate limited." : "You are being rate limited.",
    retry_after: Math.round(refusal.retryAfterMs) / 1000,
    global: refusal.scope === "global",
  };
}

export function refusalHeaders(refusal: LimitRefusal): Headers {
  return {
    "retry-after": String(Math.ceil(refusal.retryAfterMs / 1000)),
    "x-ratelimit-scope": refusal.scope,
    ...(refusal.scope === "global" ? { "x-ratelimit-global": "true" } : {}),
  };
}

/** Thrown by a handler that finds a hidden limit used up: 429 although the bucket has room. */
export class HiddenLimit extends Error {
  readonly refusal: LimitRefusal;

  constructor(scope: "user" | "shared", retryAfterMs: number) {
    super("hidden rate limit");
    this.name = "HiddenLimit";
    this.refusal = { scope, retryAfterMs };
  }
}

/** Global, per-route and hidden limits, and the edge's ban for addresses that keep sending invalid requests. */
export class Limiter {
  readonly #clock: SimulatedClock;
  readonly #random: Random;
  readonly #switches: () => Switches;
  readonly buckets: Buckets;
  readonly #global: SlidingWindow;
  readonly #invalid: SlidingWindow;
  readonly #hidden = new Map<string, SlidingWindow>();
  #bannedUntil = 0;

  constructor(clock: SimulatedClock, seed: number, random: Random, switches: () => Switches) {
    this.#clock = clock;
    this.#random = random;
    this.#switches = switches;
    this.buckets = new Buckets(clock, seed);
    this.#global = new SlidingWindow(clock, limits.globalRequests, limits.globalWindowMs);
    this.#invalid = new SlidingWindow(clock, limits.invalidRequests, limits.invalidRequestWindowMs);
  }

  admit(route: Route, params: Readonly<Record<string, string>>, variant?: string): Admission {
    if (route.class === "open" || route.class === "callback")
      return { headers: {}, bucket: undefined, refusal: undefined };
    if (route.class === "bot") {
      const wait = this.#global.take();
      if (wait > 0) {
        const refusal: LimitRefusal = { scope: "global", retryAfterMs: wait };
        return { headers: refusalHeaders(refusal), bucket: undefined, refusal };
      }
    }
    const major = route.major.map((name) => params[name] ?? "").join("/");
    const bucket = this.buckets.take(variant ?? route.bucket, major, this.#switches().bucketSizes);
    const left = Math.max(0, bucket.resetAt - this.#clock.now());
    const shown = bucket.allowed ? this.#random() >= this.#switches().missingHeaders : true;
    const headers: Headers = shown ? bucketHeaders(bucket, left) : {};
    if (bucket.allowed) return { headers, bucket, refusal: undefined };
    const refusal: LimitRefusal = { scope: "user", retryAfterMs: Math.max(1, left) };
    return { headers: { ...headers, ...refusalHeaders(refusal) }, bucket, refusal };
  }

  /** Counts one use of a limit that no header shows; throws when it is used up. */
  hidden(key: string, limit: number, windowMs: number, scope: "user" | "shared"): void {
    let window = this.#hidden.get(key);
    if (window === undefined) {
      window = new SlidingWindow(this.#clock, limit, windowMs);
      this.#hidden.set(key, window);
    }
    const wait = window.take();
    if (wait > 0) throw new HiddenLimit(scope, wait);
  }

  /** Milliseconds for which the edge still refuses everything from the caller's address; 0 is not banned. */
  banned(): number {
    return Math.max(0, this.#bannedUntil - this.#clock.now());
  }

  get invalidRequests(): number {
    return this.#invalid.count;
  }

  /** Counts an answer of 401, 403 or 429 (shared ones are not the caller's fault). The ten-thousandth bans. */
  countInvalid(status: number, scope: string | undefined): void {
    if (status !== 401 && status !== 403 && status !== 429) return;
    if (scope === "shared") return;
    this.#invalid.take();
    if (this.#invalid.count < limits.invalidRequests) return;
    this.#bannedUntil = this.#clock.now() + this.#switches().edgeBanMs;
    this.#invalid.clear();
  }

  liftBan(): void {
    this.#bannedUntil = 0;
    this.#invalid.clear();
  }
}

function bucketHeaders(bucket: BucketState, leftMs: number): Headers {
  return {
    "x-ratelimit-limit": String(bucket.limit),
    "x-ratelimit-remaining": String(bucket.remaining),
    "x-ratelimit-reset": (bucket.resetAt / 1000).toFixed(3),
    "x-ratelimit-reset-after": (leftMs / 1000).toFixed(3),
    "x-ratelimit-bucket": bucket.id,
  };
}
