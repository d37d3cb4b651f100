import type { Clock } from "../base/clock.js";
import type { Logger } from "../base/log.js";

export interface ActorDeps {
  readonly clock: Clock;
  readonly log: Logger;
  /** As in DBUS_SYSTEM_BUS_ADDRESS; undefined: the platform's system bus. */
  readonly systemBusAddress: string | undefined;
  /** The name of the user that this process runs as; undefined: it has none. */
  readonly ownUser: string | undefined;
  /** Whether systemd runs this host: only where it does not, a bus that is not there means that there is nothing to ask. */
  readonly hasSystemd: () => Promise<boolean>;
}
