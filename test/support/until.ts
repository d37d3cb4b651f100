import { setTimeout as sleep } from "node:timers/promises";

/** Waits for a condition about real processes and sockets, looking every few milliseconds; rejects with `what` when it does not come. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  withinMs: number = 10_000,
): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`waited ${withinMs} ms in vain for: ${what}`);
    await sleep(5);
  }
}
