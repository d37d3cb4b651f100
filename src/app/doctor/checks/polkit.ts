import { busProperty } from "../bus-property.js";
import type { Check } from "../check.js";
import { findingsOf } from "../check.js";

const { well, wrong, skipped } = findingsOf("polkit");

/** The first whose rules can tell one unit from another. */
const LEAST = 106;

/** Whether a version such as `0.105`, `0.120` or `124` is new enough: since 121 there is no `0.` before it. */
export function polkitIsNewEnough(version: string): boolean {
  const number = Number(/^(?:0\.)?(\d+)/.exec(version)?.[1]);
  return number >= LEAST;
}

/** Whether polkit can allow exactly the units that are configured: without it every action by systemd is refused. */
export const polkit: Check = {
  name: "polkit",
  async run(look) {
    const { words, settings } = look;
    if (!settings.config.targets.some((target) => target.actions.length > 0)) return [skipped(words.polkit.unneeded)];
    const version = await busProperty(look, {
      destination: "org.freedesktop.PolicyKit1",
      path: "/org/freedesktop/PolicyKit1/Authority",
      interface: "org.freedesktop.PolicyKit1.Authority",
      name: "BackendVersion",
    });
    if (!version.ok) return [wrong("failed", words.polkit.away(version.problem.message))];
    return [
      polkitIsNewEnough(version.value)
        ? well(words.polkit.good(version.value))
        : wrong("failed", words.polkit.old(version.value, `0.${LEAST}`)),
    ];
  },
};
