import { MANAGER_INTERFACE, MANAGER_PATH, SYSTEMD } from "../../../base/systemd/protocol.js";
import { busProperty } from "../bus-property.js";
import type { Check, Look } from "../check.js";
import { findingsOf } from "../check.js";

const { well, wrong, skipped } = findingsOf("systemd");

/** Whether anything configured needs systemd: a unit that is watched, or an action. */
export function needsSystemd({ settings: { config } }: Look): boolean {
  return config.targets.some((target) => target.kind === "unit" || target.actions.length > 0);
}

/** Whether systemd can be asked. */
export const systemd: Check = {
  name: "systemd",
  async run(look) {
    const { words } = look;
    if (!needsSystemd(look)) return [skipped(words.systemd.unneeded)];
    const version = await busProperty(look, {
      destination: SYSTEMD,
      path: MANAGER_PATH,
      interface: MANAGER_INTERFACE,
      name: "Version",
    });
    if (version.ok) return [well(words.systemd.good(version.value))];
    return [wrong("failed", words.systemd.away(version.problem.message))];
  },
};
