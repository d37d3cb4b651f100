import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { systemClock } from "../../base/clock.js";
import { messageOf, systemCodeOf } from "../../base/errors.js";
import { ownNames } from "../../base/systemd/own-name.js";
import { EXIT } from "../../cli/exit-code.js";
import type { Printed } from "../../cli/printed.js";
import { GRANTED_NAME, RULE_NAME } from "../deploy/granted-file.js";
import { rootUnitsIn } from "../deploy/installed-units.js";
import { deployPlan } from "../deploy/plan.js";
import { withSettings } from "./guest.js";

/**
 * Writes polkit rule, action units and the note of what they grant into a folder, for the installer to put in place. Prints what goes on to
 * run as root without the configuration's saying so.
 *
 * @param installed folder of the units that are installed; undefined: there are none.
 */
export function deployFiles(folder: string, installed: string | undefined): Promise<Printed> {
  return withSettings(async ({ config }, { deploy: words }): Promise<Printed> => {
    const configured = config.targets.flatMap(({ actions }) =>
      actions.flatMap(({ means }) => (means.kind === "unit" ? [means.unit] : [])),
    );
    const bus = { address: config.systemBusAddress, clock: systemClock };
    const own = await ownNames(configured, bus, new AbortController().signal);
    const result = deployPlan(config.targets, {
      own,
      ...(installed === undefined ? {} : { runsAsRoot: rootUnitsIn(installed) }),
    });
    if (!result.ok) {
      const lines = result.impossible.map((each) => words.impossible(each.target, each.action, each.argument));
      return { code: EXIT.usage, complaint: lines.join("\n") };
    }
    const { rule, units, granted, keptAsRoot } = result.plan;
    const files = {
      [RULE_NAME]: rule,
      ...units,
      [GRANTED_NAME]: `${JSON.stringify(granted, undefined, 2)}\n`,
    };
    try {
      for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    } catch (thrown) {
      if (systemCodeOf(thrown) === undefined) throw thrown;
      return { code: EXIT.usage, complaint: words.unwritable(folder, messageOf(thrown)) };
    }
    const kept = keptAsRoot.map(({ target, action, unit }) => words.keptAsRoot(target, action, unit));
    return { code: EXIT.well, ...(kept.length === 0 ? {} : { output: kept.join("\n") }) };
  });
}
