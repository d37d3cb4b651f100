import { connect } from "node:net";

import type { Clock } from "../base/clock.js";
import { systemCodeOf } from "../base/errors.js";

/** A place off this host that is nearly always there, such as Discord's own interface. */
export interface Reference {
  readonly host: string;
  readonly port: number;
}

/** Opens a connection and closes it again; true when somebody answered. */
export type Reach = (reference: Reference, signal: AbortSignal) => Promise<boolean>;

export interface Uplink {
  /** Whether anything off this host can be reached. Asked only when a target off this host gave no answer. */
  isUp(signal: AbortSignal): Promise<boolean>;
}

/** How long an answer holds for others who ask. */
const FRESH_MS = 5_000;
const REACH_TIMEOUT_MS = 3_000;

/** A TCP connection. Being refused is an answer too: the way there is open. */
export function reachByTcp(reference: Reference, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: reference.host, port: reference.port });
    const end = (reached: boolean): void => {
      signal.removeEventListener("abort", onAbort);
      socket.destroy();
      resolve(reached);
    };
    const onAbort = (): void => end(false);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
    socket.once("connect", () => end(true));
    socket.once("error", (error) => end(systemCodeOf(error) === "ECONNREFUSED"));
  });
}

/** Without a reference nothing can be told, and the uplink is taken to be up: no target is hushed on a guess. */
export function createUplink(clock: Clock, references: readonly Reference[], reach: Reach = reachByTcp): Uplink {
  let asked: { readonly at: number; readonly answer: Promise<boolean> } | undefined;

  // One look serves everybody who asks meanwhile, so it hangs on nobody's signal.
  const look = async (): Promise<boolean> => {
    using deadline = clock.deadline(REACH_TIMEOUT_MS);
    const answers = references.map(async (reference) => {
      if (!(await reach(reference, deadline.signal))) throw new Error(`${reference.host} not reached`);
      return true;
    });
    // Awaited here: the deadline lives as long as this function.
    return await Promise.any(answers).catch(() => false);
  };

  return {
    async isUp(signal) {
      if (references.length === 0 || signal.aborted) return true;
      if (!asked || clock.monotonic() - asked.at > FRESH_MS) asked = { at: clock.monotonic(), answer: look() };
      return asked.answer;
    },
  };
}
