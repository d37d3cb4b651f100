import type { Clock } from "../base/clock.js";
import type { Lifecycle } from "../base/lifecycle.js";
import type { Logs } from "../base/log.js";
import type { Store } from "../store/contract.js";
import type { Settings } from "./settings.js";

/** What every part of the running bot is given. */
export interface AppContext {
  readonly clock: Clock;
  readonly logs: Logs;
  readonly lifecycle: Lifecycle;
  readonly store: Store;
  /** Newest settings; read anew wherever a reload is to be effective. */
  readonly settings: () => Settings;
  readonly random: () => number;
}
