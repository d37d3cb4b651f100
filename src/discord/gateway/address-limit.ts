import type { REST } from "@discordjs/rest";

import type { Clock } from "../../base/clock.js";

/** Clocks and networks differ a little. */
const MARGIN_MS = 50;

/**
 * How long Discord does not want to be asked for the gateway's address. Every session has a REST client of its own, which knows nothing of
 * the limits that the one before it was told of.
 */
export class AddressLimit {
  readonly #clock: Clock;
  /** On the monotonic clock, milliseconds. */
  #freeAt = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Listens to a client that asks for nothing else. */
  follow(rest: REST): void {
    rest.on("response", (_request, { headers }) => {
      if (headers.get("x-ratelimit-remaining") !== "0") return;
      const resetAfterMs = Number(headers.get("x-ratelimit-reset-after")) * 1_000;
      if (Number.isFinite(resetAfterMs)) this.#freeAt = this.#clock.monotonic() + Math.ceil(resetAfterMs) + MARGIN_MS;
    });
  }

  /** Milliseconds until it may be asked again; 0: now. */
  get waitMs(): number {
    return Math.max(0, this.#freeAt - this.#clock.monotonic());
  }
}
