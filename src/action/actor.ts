import { access } from "node:fs/promises";

import type { Clock } from "../base/clock.js";
import { assertNever } from "../base/errors.js";
import type { Logger } from "../base/log.js";
import type { ActionState, ActOutcome, TargetAction } from "../model/action.js";
import type { Actor } from "../model/contract/actor.js";
import type { ActorDeps } from "./deps.js";
import { ownUser } from "./own-user.js";
import { actOnUnit, lookAtUnit } from "./unit.js";
import { actByVector, lookAtVector } from "./vector.js";

/** There exactly where systemd was started as the host's first process (sd_booted(3)). */
const BOOTED = "/run/systemd/system";

export interface ActorOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** As in DBUS_SYSTEM_BUS_ADDRESS; undefined: the platform's system bus. */
  readonly systemBusAddress: string | undefined;
}

/** The one who does things: by systemd over D-Bus, or by argument vectors. It keeps nothing open between two actions. */
export function createActor(options: ActorOptions): Actor {
  const deps: ActorDeps = { ...options, ownUser: ownUser(), hasSystemd };
  const life = new AbortController();
  const underway = new Set<Promise<unknown>>();
  const track = async <T>(work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> => {
    const running = work(AbortSignal.any([signal, life.signal]));
    underway.add(running);
    try {
      return await running;
    } finally {
      underway.delete(running);
    }
  };
  return {
    look: (action, signal) => track((either) => look(deps, action, either), signal),
    act: (action, signal) => track((either) => act(deps, action, either), signal),
    async close() {
      life.abort(new Error("closed"));
      await Promise.allSettled(underway);
    },
  };
}

function look(deps: ActorDeps, { means }: TargetAction, signal: AbortSignal): Promise<ActionState> {
  switch (means.kind) {
    case "unit":
      return lookAtUnit(deps, means, signal);
    case "vector":
      return lookAtVector(deps, means, signal);
    default:
      return assertNever(means);
  }
}

async function act(deps: ActorDeps, { name, means }: TargetAction, signal: AbortSignal): Promise<ActOutcome> {
  const outcome =
    means.kind === "unit" ? await actOnUnit(deps, name, means, signal) : await actByVector(deps, means, signal);
  deps.log.info({ action: name, unit: means.unit, outcome }, "acted");
  return outcome;
}

function hasSystemd(): Promise<boolean> {
  return access(BOOTED).then(
    () => true,
    () => false,
  );
}
