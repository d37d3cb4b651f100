import { setFlagsFromString } from "node:v8";

/**
 * Lets the heap grow in small steps. By default V8 collects the old generation only when it has become about four times as large,
 * so a burst of short-lived objects (a storm of alerts) would leave a process that watches others with several times the memory it
 * needs. The flag is read at each collection, so it may be set while the program runs.
 */
export function growHeapSlowly(): void {
  setFlagsFromString("--optimize-for-size");
}
