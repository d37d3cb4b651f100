import type { Clock } from "../base/clock.js";
import type { Logger } from "../base/log.js";
import type { Catalogue } from "../locale/index.js";
import type { ActionHolder } from "../model/action-record.js";
import type { Actor } from "../model/contract/actor.js";
import type { PermissionPolicy } from "../model/principal.js";
import type { Run } from "../model/run.js";
import type { Target } from "../model/target.js";
import type { Store } from "../store/contract.js";
import type { BudgetLimits } from "./budget.js";
import type { WatchLimits } from "./watch.js";

/** What operating needs of the rest of the program. Functions are asked anew each time, so that a reload counts at once. */
export interface OperateDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly actor: Actor;
  readonly host: string;
  readonly targets: () => readonly Target[];
  readonly policy: () => PermissionPolicy;
  readonly limits: () => BudgetLimits & WatchLimits;
  /** Of what everybody sees. */
  readonly catalogue: () => Catalogue;
  readonly opsChannel: () => string;
  /** This process, and whether another one still lives. */
  readonly holder: ActionHolder;
  readonly isAlive: (holder: ActionHolder) => boolean;
  /** The unit of systemd that this process itself runs in, if any. */
  readonly ownUnit: string | undefined;
  /** Measures a target now, by its own probe; undefined: it is not watched (any more). Never rejects. */
  readonly measure: (target: string, signal: AbortSignal) => Promise<Run | undefined>;
  /** Error lines that the target's logs have gained since that moment; undefined: it has none, or they cannot be read. Never rejects. */
  readonly countErrors: (target: string, since: number, signal: AbortSignal) => Promise<number | undefined>;
  /** Something is to be said in a channel. */
  readonly onCommitted: () => void;
}
