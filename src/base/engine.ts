import { setFlagsFromString } from "node:v8";

/** Ten times V8's own (67,584 in Node 20): the bytes of bytecode a function runs through before it is compiled again, for speed. */
const INTERRUPT_BUDGET = 675_840;

/** By so much of itself the old generation may grow before it is collected: half the collections of a quiet bot, for some 5 MiB. */
const GROWING_PERCENT = 40;

/**
 * Fits V8 to a process that has little to do for months, and now and then very much. The flags are read whenever they matter, so they may
 * be set while the program runs.
 *
 * * The heap grows in small steps. By default the old generation is collected only when it has become about four times as large, so a burst
 *   of short-lived objects (a storm of alerts) would leave a process that watches others with several times the memory it needs.
 * * The young generation does not grow. A burst would double it again and again, to 32 MiB, most of which is then never used; left as it is it
 *   shrinks to a MiB or two.
 * * It is collected by the thread that has stopped for it. Helpers cost more than they save, and on a machine in trouble the wait for a processor
 *   of theirs was ten times the work.
 * * What runs a few times a second is left as it is. Compiling it for speed took a seventh of the time of a bot that watches 50 targets; what
 *   is busy in a storm is still compiled within its first seconds.
 */
export function suitLongLife(): void {
  setFlagsFromString("--optimize-for-size");
  setFlagsFromString(`--heap-growing-percent=${GROWING_PERCENT}`);
  setFlagsFromString("--no-parallel-scavenge");
  setFlagsFromString("--semi-space-growth-factor=1");
  setFlagsFromString(`--interrupt-budget=${INTERRUPT_BUDGET}`);
}
