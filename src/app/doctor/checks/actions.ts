import { constants } from "node:fs";
import { access } from "node:fs/promises";

import { SYSTEMD, UNIT_INTERFACE } from "../../../base/systemd/protocol.js";
import { ownNames } from "../../../base/systemd/own-name.js";
import { unitPath } from "../../../base/systemd/unit-name.js";
import { ownUser } from "../../../action/own-user.js";
import type { VectorMeans } from "../../../action/vector.js";
import type { ActionName, TargetAction } from "../../../model/action.js";
import type { Finding } from "../../../model/finding.js";
import { actionsKeptAsRoot } from "../../deploy/granted-file.js";
import { SERVICE_USER } from "../../deploy/plan.js";
import { busProperty } from "../bus-property.js";
import type { Check, Look } from "../check.js";
import { findingsOf } from "../check.js";

const { well, wrong, skipped } = findingsOf("actions");

const SERVICE_INTERFACE = "org.freedesktop.systemd1.Service";
const ROOT = "root";

/** Whether what may be done to targets has something to be done by: a unit that systemd has loaded, or a program. */
export const actions: Check = {
  name: "actions",
  async run(look) {
    const { words, settings } = look;
    const { file, targets } = settings.config;
    const kept = new Set(actionsKeptAsRoot(file, targets).map(({ unit }) => unit));
    const findings: Finding[] = [];
    for (const target of settings.config.targets) {
      for (const action of target.actions) findings.push(await oneAction(look, target.name, action, kept));
    }
    return findings.length > 0 ? findings : [skipped(words.actions.none)];
  },
};

/** `kept`: units that run as root without the configuration's saying so, by the installer's note. */
async function oneAction(
  look: Look,
  target: string,
  { name, means }: TargetAction,
  kept: ReadonlySet<string>,
): Promise<Finding> {
  const { words } = look;
  const load = await loadState(look, means.unit);
  if (load === "loaded") {
    return means.kind === "vector"
      ? await actionUnit(look, target, name, means)
      : well(words.actions.good(target, name, await ownName(look, means.unit)));
  }
  if (load === undefined && kept.has(means.unit)) {
    return wrong("warning", words.actions.rootUnnamed(target, name, means.unit));
  }
  if (means.kind === "vector" && load !== "masked") {
    const [program = ""] = means.run;
    const { user = SERVICE_USER } = means;
    if (user !== SERVICE_USER && user !== ownUser()) {
      return wrong("failed", words.actions.otherUser(target, name, user, means.unit));
    }
    const runs = await access(program, constants.X_OK).then(
      () => true,
      () => false,
    );
    return runs
      ? well(words.actions.child(target, name))
      : wrong("failed", words.actions.noProgram(target, name, program));
  }
  if (load === undefined) return wrong("failed", words.actions.unknown(target, name));
  return wrong("failed", words.actions.noUnit(target, name, means.unit, load));
}

/** A program that its unit runs: as whom, by systemd's word. That of root is to be named. */
async function actionUnit(look: Look, target: string, name: ActionName, means: VectorMeans): Promise<Finding> {
  const { words } = look;
  const path = unitPath(means.unit);
  const found = await busProperty(look, { destination: SYSTEMD, path, interface: SERVICE_INTERFACE, name: "User" });
  if (!found.ok) return well(words.actions.good(target, name, means.unit));
  const user = found.value === "" ? ROOT : found.value;
  return user === ROOT && means.user === undefined
    ? wrong("warning", words.actions.rootUnnamed(target, name, means.unit))
    : well(words.actions.goodAs(target, name, means.unit, user));
}

/** The unit behind an alias, with it. */
async function ownName({ settings, clock, signal }: Look, unit: string): Promise<string> {
  const own = await ownNames([unit], { address: settings.config.systemBusAddress, clock }, signal);
  const name = own.get(unit) ?? unit;
  return name === unit ? unit : `${name} (${unit})`;
}

/** systemd's word; undefined: it could not be asked. */
async function loadState(look: Look, unit: string): Promise<string | undefined> {
  const path = unitPath(unit);
  const state = await busProperty(look, { destination: SYSTEMD, path, interface: UNIT_INTERFACE, name: "LoadState" });
  return state.ok ? state.value : undefined;
}
