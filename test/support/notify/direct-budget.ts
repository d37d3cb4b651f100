import { priorityOf } from "../../../src/notify/budget.js";
import type { Budget, Turn } from "../../../src/notify/budget.js";

interface Waiting {
  readonly turn: Turn;
  readonly order: number;
  readonly run: () => Promise<void>;
}

/** A budget without time: one at a time per channel, the most urgent first, and no spacing. For tests that own the clock. */
export function createDirectBudget(): Budget {
  const queues = new Map<string, Waiting[]>();
  const busy = new Set<string>();
  const users = new Map<string, number>();
  let order = 0;
  let stopped = false;

  async function drain(channel: string): Promise<void> {
    if (busy.has(channel)) return;
    busy.add(channel);
    await Promise.resolve();
    for (;;) {
      const queue = queues.get(channel) ?? [];
      const next = queue.toSorted((a, b) => priorityOf(a.turn) - priorityOf(b.turn) || a.order - b.order)[0];
      if (!next) break;
      queue.splice(queue.indexOf(next), 1);
      await next.run();
    }
    busy.delete(channel);
    queues.delete(channel);
  }

  function leave(channel: string): void {
    const left = (users.get(channel) ?? 1) - 1;
    if (left === 0) users.delete(channel);
    else users.set(channel, left);
  }

  return {
    run<T>(turn: Turn, work: () => Promise<T>): Promise<T | undefined> {
      if (stopped) return Promise.resolve(undefined);
      return new Promise((resolve, reject) => {
        const run = (): Promise<void> =>
          (stopped ? Promise.resolve(undefined) : work()).finally(() => leave(turn.channel)).then(resolve, reject);
        users.set(turn.channel, (users.get(turn.channel) ?? 0) + 1);
        const queue = queues.get(turn.channel) ?? [];
        queue.push({ turn, order: order++, run });
        queues.set(turn.channel, queue);
        void drain(turn.channel);
      });
    },
    get lanes() {
      return users.size;
    },
    get queued() {
      return [...queues.values()].reduce((sum, queue) => sum + queue.length, 0);
    },
    stop() {
      stopped = true;
    },
  };
}
