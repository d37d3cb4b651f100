import { openBus } from "../../base/bus/connection.js";
import type { BusProblem } from "../../base/bus/connection.js";
import type { Look } from "./check.js";

const DEADLINE_MS = 5_000;

export type Property =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly problem: BusProblem };

/** One property of a service on the system bus, as text. Never rejects. */
export async function busProperty(
  { settings, clock, signal }: Look,
  from: { readonly destination: string; readonly path: string; readonly interface: string; readonly name: string },
): Promise<Property> {
  const opened = await openBus(
    {
      address: settings.config.systemBusAddress,
      clock,
      timeoutMs: DEADLINE_MS,
      onSignal: () => undefined,
      onClose: () => undefined,
    },
    signal,
  );
  if (!opened.ok) return opened;
  using deadline = clock.deadline(DEADLINE_MS, signal);
  try {
    const reply = await opened.bus.call(
      {
        destination: from.destination,
        path: from.path,
        interface: "org.freedesktop.DBus.Properties",
        member: "Get",
        signature: "ss",
        body: [from.interface, from.name],
      },
      deadline.signal,
    );
    return reply.ok ? { ok: true, value: textIn(reply.body) } : reply;
  } finally {
    opened.bus.close();
  }
}

/** A variant comes nested: its type, then its values. */
function textIn(value: unknown): string {
  if (typeof value === "string") return value;
  return Array.isArray(value) ? textIn(value.at(-1)) : "";
}
