import Bottleneck from "bottleneck";

import type { Severity } from "../model/rule.js";
import type { Operation } from "./verdict.js";

/** What waits for its turn. Within a channel one runs at a time; across channels they run side by side. */
export interface Turn {
  readonly channel: string;
  readonly severity: Severity;
  readonly operation: Operation;
}

/** Our own budget of requests: who goes first, one at a time per channel, so many a second in all. */
export interface Budget {
  /** Runs `work` when its turn comes. Resolves with `undefined`, without running it, when the budget was stopped before. */
  run<T>(turn: Turn, work: () => Promise<T>): Promise<T | undefined>;
  /** Channels that something waits for or runs in. */
  readonly lanes: number;
  /** Jobs whose turn has not come. */
  readonly queued: number;
  /** Lets what runs finish; what waits is dropped. */
  stop(): void;
}

/** Critical before warning before info; of one severity what is newly said before what is shown anew. Smaller goes first. */
export function priorityOf(turn: Pick<Turn, "severity" | "operation">): number {
  const base = { critical: 0, warning: 2, info: 4 }[turn.severity];
  return base + (turn.operation === "edit" ? 1 : 0);
}

/** Below Discord's 50 a second: commands and the gateway's needs go on beside it. */
const REQUESTS_PER_SECOND = 40;

interface Lane {
  readonly limiter: Bottleneck;
  users: number;
}

/**
 * The budget on bottleneck: one limiter per channel, chained to one global limiter. It has a clock of its own, so it only spaces
 * and orders requests; how long Discord wants us to wait is the {@link RateLedger}'s. There is no `highWater` and no
 * `expiration`: together they lose jobs (bottleneck issue 152), and what waits here is bounded by its caller.
 */
export function createBudget(options: { readonly requestsPerSecond?: number } = {}): Budget {
  const spacingMs = Math.ceil(1_000 / (options.requestsPerSecond ?? REQUESTS_PER_SECOND));
  const everywhere = new Bottleneck({ minTime: spacingMs });
  const lanes = new Map<string, Lane>();
  let stopped = false;

  function laneOf(channel: string): Lane {
    let lane = lanes.get(channel);
    if (!lane) {
      lane = { limiter: new Bottleneck({ maxConcurrent: 1 }).chain(everywhere), users: 0 };
      lanes.set(channel, lane);
    }
    return lane;
  }

  return {
    async run(turn, work) {
      if (stopped) return undefined;
      const lane = laneOf(turn.channel);
      lane.users += 1;
      try {
        // What waited when the budget was stopped still gets its turn from the limiter, and does nothing with it.
        return await lane.limiter.schedule({ priority: priorityOf(turn) }, async () =>
          stopped ? undefined : await work(),
        );
      } finally {
        lane.users -= 1;
        if (lane.users === 0) {
          lanes.delete(turn.channel);
        }
      }
    },
    get lanes() {
      return lanes.size;
    },
    get queued() {
      return [...lanes.values()].reduce((sum, lane) => sum + lane.limiter.queued(), everywhere.queued());
    },
    stop() {
      stopped = true;
      everywhere.updateSettings({ minTime: 0 });
    },
  };
}
