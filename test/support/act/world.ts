import type { ActionName, TargetAction } from "../../../src/model/action.js";
import type { Actor } from "../../../src/model/contract/actor.js";

/** The units that the shared suite of actors acts on. */
export const UNITS = {
  "steady.service": "[Unit]\nDescription=Steady\n[Service]\nExecStart=/bin/sleep 1000\n",
  "front.service":
    "[Unit]\nPartOf=steady.service\nRequires=steady.service\nAfter=steady.service\n[Service]\nExecStart=/bin/sleep 1000\n",
  "side.service": "[Unit]\nBindsTo=steady.service\nAfter=steady.service\n[Service]\nExecStart=/bin/sleep 1000\n",
  "stubborn.service":
    "[Service]\nExecStart=/bin/sleep 1000\nRestart=always\nRestartSec=10ms\nStartLimitIntervalSec=0\n",
  "failing.service": "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'exit 3'\n",
  "crashing.service": "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'kill -SEGV $$$$'\n",
  "late.service": "[Service]\nType=oneshot\nTimeoutStartSec=100ms\nExecStart=/bin/sleep 1000\n",
  "slow.service": "[Service]\nType=oneshot\nExecStart=/bin/sleep 1000\n",
  "leaning.service": "[Unit]\nRequires=failing.service\nAfter=failing.service\n[Service]\nExecStart=/bin/sleep 1000\n",
  "refusing.service": "[Unit]\nRefuseManualStart=yes\n[Service]\nExecStart=/bin/sleep 1000\n",
  "broken.service": "[Service]\nExecStart=relative/path\n",
  "a\\x2db@c:d.service": "[Service]\nExecStart=/bin/sleep 1000\n",
  "toban-action-shop-restart.service": "[Service]\nType=oneshot\nExecStart=/bin/true\n",
  "toban-action-shop-stop.service": "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'exit 7'\n",
  "toban-action-shop-start.service": "[Service]\nType=oneshot\nTimeoutStartSec=100ms\nExecStart=/bin/sleep 1000\n",
} as const;

/** An actor with the {@link UNITS} to act on, none of them running at first. */
export interface ActWorld extends AsyncDisposable {
  readonly actor: Actor;
  /** The state of a unit by a second opinion. */
  activeOf(unit: string): Promise<string>;
  pidOf(unit: string): Promise<number>;
  /** Makes a unit as if somebody else had masked it. */
  mask(unit: string): Promise<void>;
}

export function onUnit(name: ActionName, unit: string): TargetAction {
  return { name, means: { kind: "unit", unit } };
}

export function byVector(
  name: ActionName,
  run: readonly string[],
  more: { readonly target?: string; readonly timeoutMs?: number; readonly user?: string } = {},
): TargetAction {
  const { target = "nowhere", timeoutMs = 10_000, user } = more;
  const unit = `toban-action-${target}-${name}.service`;
  return { name, means: { kind: "vector", run, timeoutMs, unit, ...(user === undefined ? {} : { user }) } };
}

/** A signal that nobody aborts. */
export function patience(): AbortSignal {
  return new AbortController().signal;
}
