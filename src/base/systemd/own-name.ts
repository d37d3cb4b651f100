import { propertiesOf } from "../bus/codec.js";
import { openBus } from "../bus/connection.js";
import type { Clock } from "../clock.js";
import { getAll, UNIT_INTERFACE } from "./protocol.js";
import { unitPath } from "./unit-name.js";

const DEADLINE_MS = 3_000;

/**
 * The units' own names, by the names given: a unit file may have others (`Alias=`), by which systemd finds the unit, but which its journal
 * and polkit do not know. A name that systemd cannot be asked about stands for itself. Never rejects.
 */
export async function ownNames(
  names: readonly string[],
  { address, clock }: { readonly address: string | undefined; readonly clock: Clock },
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const own = new Map(names.map((name) => [name, name]));
  if (own.size === 0) return own;
  using deadline = clock.deadline(DEADLINE_MS, signal);
  const opened = await openBus(
    { address, clock, timeoutMs: DEADLINE_MS, onSignal: () => undefined, onClose: () => undefined },
    deadline.signal,
  );
  if (!opened.ok) return own;
  try {
    for (const name of own.keys()) {
      const reply = await opened.bus.call(getAll(unitPath(name), UNIT_INTERFACE), deadline.signal);
      const id = reply.ok ? propertiesOf(reply.body[0]).get("Id") : undefined;
      if (typeof id === "string" && id !== "") own.set(name, id);
    }
    return own;
  } finally {
    opened.bus.close();
  }
}
