import { connect } from "node:net";

import { streamServer } from "../faults/stream-server.js";
import type { StreamServer } from "../faults/stream-server.js";

export interface Relay extends AsyncDisposable {
  readonly server: StreamServer;
  /** As in DBUS_SYSTEM_BUS_ADDRESS. */
  readonly address: string;
  /** Connections there are now, and there have ever been. */
  open(): number;
  total(): number;
  /** Breaks every connection, as a bus that is killed does. */
  cut(): void;
}

/** A socket before a real bus, at which connections can be counted and broken. */
export async function relayTo(busAddress: string): Promise<Relay> {
  const path = busAddress.replace("unix:path=", "");
  const open = new Set<() => void>();
  let total = 0;
  const server = await streamServer("unix", (near) => {
    total += 1;
    const far = connect(path);
    near.pipe(far);
    far.pipe(near);
    const end = (): void => {
      near.destroy();
      far.destroy();
      open.delete(end);
    };
    open.add(end);
    for (const socket of [near, far]) {
      socket.on("error", end);
      socket.on("close", end);
    }
  });
  return {
    server,
    address: `unix:path=${server.path}`,
    open: () => open.size,
    total: () => total,
    cut: () => open.forEach((end) => end()),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
