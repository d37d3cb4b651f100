import { lookup } from "node:dns";
import type { LookupAddress } from "node:dns";
import { isIP } from "node:net";

/** Name look-ups run on Node's four worker threads and cannot be called off; two at a time leave the others to the files. */
const CONCURRENT_LOOKUPS = 2;

type Lookup = (hostname: string) => Promise<readonly LookupAddress[]>;

/** Ordered as the system's resolver does it (/etc/hosts, gai.conf), never reordered. */
function systemLookup(hostname: string): Promise<readonly LookupAddress[]> {
  return new Promise((resolve, reject) => {
    lookup(hostname, { all: true, order: "verbatim" }, (error, addresses) => {
      if (error) reject(error);
      else resolve(addresses);
    });
  });
}

/**
 * Resolves names for all checks together: one look-up per name at a time, however many wait for it, and few at once, so that a
 * resolver that hangs cannot take the worker threads from everything else. An aborted wait leaves at once; the look-up itself ends
 * when the system's resolver gives up.
 */
export class Resolver {
  readonly #lookup: Lookup;
  readonly #running = new Map<string, Promise<readonly LookupAddress[]>>();
  readonly #waiting: (() => void)[] = [];
  #active = 0;

  constructor(look: Lookup = systemLookup) {
    this.#lookup = look;
  }

  /** Rejects with the resolver's error, or with the signal's reason. An address is its own answer. */
  async resolve(hostname: string, signal: AbortSignal): Promise<readonly LookupAddress[]> {
    signal.throwIfAborted();
    const family = isIP(hostname);
    if (family !== 0) return [{ address: hostname, family }];
    let leave: () => void = () => undefined;
    const left = new Promise<never>((_, reject) => {
      leave = () => reject(signal.reason as Error);
    });
    signal.addEventListener("abort", leave, { once: true });
    try {
      return await Promise.race([this.#shared(hostname), left]);
    } finally {
      signal.removeEventListener("abort", leave);
    }
  }

  #shared(hostname: string): Promise<readonly LookupAddress[]> {
    const running = this.#running.get(hostname);
    if (running) return running;
    const started = this.#limited(hostname).finally(() => this.#running.delete(hostname));
    this.#running.set(hostname, started);
    return started;
  }

  async #limited(hostname: string): Promise<readonly LookupAddress[]> {
    if (this.#active >= CONCURRENT_LOOKUPS) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#active += 1;
    try {
      return await this.#lookup(hostname);
    } finally {
      // The place is handed on, so that a newcomer cannot slip in between.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#active -= 1;
    }
  }
}
