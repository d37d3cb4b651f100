import { createActor } from "../action/actor.js";
import { catalogueFor } from "../locale/index.js";
import type { Actor } from "../model/contract/actor.js";
import type { Run } from "../model/run.js";
import { countNewErrors } from "../operate/new-errors.js";
import { createOperate } from "../operate/operate.js";
import type { Operate } from "../operate/operate.js";
import type { AppContext } from "./context.js";
import { createLogAnswers } from "./logs.js";
import { isAlive, ownUnit, thisHolder } from "./holder.js";

export interface OperatingDeps {
  /** Absent: the real one. */
  readonly actor?: Actor;
  /** Measures a target now; undefined: it is not watched. */
  readonly measure: (target: string, signal: AbortSignal) => Promise<Run | undefined>;
  readonly onCommitted: () => void;
}

/** The half that acts: the same for the running bot and for a command line beside it. */
export function createOperating(
  context: Pick<AppContext, "clock" | "logs" | "store" | "settings">,
  deps: OperatingDeps,
): Operate {
  const { clock, logs, store, settings } = context;
  const { measure, onCommitted } = deps;
  const { systemBusAddress } = settings().config;
  const actor = deps.actor ?? createActor({ clock, log: logs.for("operate"), systemBusAddress });
  const readLogs = createLogAnswers(clock, () => settings().config);
  return createOperate({
    store,
    clock,
    log: logs.for("operate"),
    actor,
    host: settings().config.host,
    targets: () => settings().config.targets,
    policy: () => settings().config.permissions,
    limits: () => settings().config.actions,
    catalogue: () => catalogueFor(settings().config.locale),
    opsChannel: () => settings().config.opsChannel,
    holder: thisHolder(),
    isAlive,
    ownUnit: ownUnit(),
    measure,
    countErrors: (target, since, signal) => countNewErrors(readLogs, target, since, signal),
    onCommitted,
  });
}
