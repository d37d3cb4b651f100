import { routeMatches } from "./rest/log.js";
import type { RouteClass } from "./rest/route.js";

/** `before`: nothing has happened yet. `after-processing`: the effect took place, nothing was answered. */
export type FaultStage = "before" | "after-processing" | "after-answer";

export interface FaultMatch {
  readonly method?: string;
  readonly route?: string | RegExp;
  readonly routeClass?: RouteClass;
  /** Strikes from the nth matching request on, counted from 1. */
  readonly nth?: number;
  /** How many requests are struck; `"always"` until the fault is removed. Default 1. */
  readonly times?: number | "always";
}

/** What is done to a struck request. */
export type FaultKind =
  | { readonly kind: "reset" }
  | { readonly kind: "hang" }
  | {
      readonly kind: "status";
      readonly status: number;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly kind: "rate-limit"; readonly retryAfterMs: number; readonly scope?: "user" | "global" | "shared" }
  | { readonly kind: "edge-html"; readonly status?: number; readonly retryAfterS?: number }
  | { readonly kind: "edge-json" }
  | { readonly kind: "slow"; readonly ms: number }
  /** In process only: `run` is called (to kill the bot at this very moment); before the answer the connection is then cut. */
  | { readonly kind: "kill-callback"; readonly run: (request: StruckRequest) => void | Promise<void> };

export type FaultOrder = FaultKind & { readonly match?: FaultMatch; readonly stage?: FaultStage };

export interface StruckRequest {
  readonly id: number;
  readonly method: string;
  readonly path: string;
  readonly route: string | undefined;
  readonly routeClass: RouteClass | undefined;
  readonly stage: FaultStage;
}

interface Standing {
  readonly id: number;
  readonly order: FaultOrder;
  seen: number;
  struck: number;
}

export interface FaultState {
  readonly id: number;
  readonly seen: number;
  readonly struck: number;
  /** It has struck as often as it was told to. */
  readonly spent: boolean;
}

function isSpent(fault: Standing): boolean {
  const times = fault.order.match?.times ?? 1;
  return times !== "always" && fault.struck >= times;
}

/** The standing orders to disturb requests. The first that matches strikes. */
export class Faults {
  readonly #standing = new Map<number, Standing>();
  readonly #waiting = new Set<() => void>();
  #nextId = 1;

  add(order: FaultOrder): number {
    const id = this.#nextId++;
    this.#standing.set(id, { id, order, seen: 0, struck: 0 });
    return id;
  }

  remove(id: number): void {
    this.#standing.delete(id);
  }

  clear(): void {
    this.#standing.clear();
  }

  state(id: number): FaultState | undefined {
    const fault = this.#standing.get(id);
    return fault === undefined ? undefined : { id, seen: fault.seen, struck: fault.struck, spent: isSpent(fault) };
  }

  /** Resolves when the fault has struck once more than `struck`, or is gone. */
  async struckMoreThan(id: number, struck: number): Promise<void> {
    while ((this.#standing.get(id)?.struck ?? Infinity) <= struck) {
      await new Promise<void>((resolve) => {
        this.#waiting.add(resolve);
      });
    }
  }

  /** The fault that strikes this request at this stage, if any. A request is counted once, at its fault's stage. */
  strike(request: StruckRequest): FaultOrder | undefined {
    for (const fault of this.#standing.values()) {
      const { match = {}, stage = "before" } = fault.order;
      if (stage !== request.stage || !matches(match, request) || isSpent(fault)) continue;
      fault.seen += 1;
      if (fault.seen < (match.nth ?? 1)) continue;
      fault.struck += 1;
      for (const wake of this.#waiting) wake();
      this.#waiting.clear();
      return fault.order;
    }
    return undefined;
  }
}

function matches(match: FaultMatch, request: StruckRequest): boolean {
  return (
    (match.method === undefined || match.method === request.method) &&
    (match.routeClass === undefined || match.routeClass === request.routeClass) &&
    (match.route === undefined || routeMatches(match.route, request.path, request.route))
  );
}
