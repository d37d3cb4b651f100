import { constants } from "node:fs";
import { access } from "node:fs/promises";

import { SYSTEMD, UNIT_INTERFACE } from "../../../base/systemd/protocol.js";
import { ownNames } from "../../../base/systemd/own-name.js";
import { unitPath } from "../../../base/systemd/unit-name.js";
import type { TargetAction } from "../../../model/action.js";
import type { Finding } from "../../../model/finding.js";
import { busProperty } from "../bus-property.js";
import type { Check, Look } from "../check.js";
import { findingsOf } from "../check.js";

const { well, wrong, skipped } = findingsOf("actions");

/** Whether what may be done to targets has something to be done by: a unit that systemd has loaded, or a program. */
export const actions: Check = {
  name: "actions",
  async run(look) {
    const { words, settings } = look;
    const findings: Finding[] = [];
    for (const target of settings.config.targets) {
      for (const action of target.actions) findings.push(await oneAction(look, target.name, action));
    }
    return findings.length > 0 ? findings : [skipped(words.actions.none)];
  },
};

async function oneAction(look: Look, target: string, { name, means }: TargetAction): Promise<Finding> {
  const { words } = look;
  const load = await loadState(look, means.unit);
  if (load === "loaded") return well(words.actions.good(target, name, await ownName(look, means.unit)));
  if (means.kind === "vector" && load !== "masked") {
    const [program = ""] = means.run;
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
