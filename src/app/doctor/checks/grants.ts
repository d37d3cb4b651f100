import { grantsToRefresh } from "../../deploy/granted-file.js";
import type { Check } from "../check.js";
import { findingsOf } from "../check.js";

const { well, wrong, skipped } = findingsOf("grants");

/** Whether polkit permits what the configuration lists now, and no more: as the installer has written down. */
export const grants: Check = {
  name: "grants",
  async run({ words, settings }) {
    const { file, targets } = settings.config;
    const parted = grantsToRefresh(file, targets);
    if (parted) {
      const { missing, surplus, changed } = parted;
      // What is missing is refused when it is asked for; what is too much only should not be there.
      const state = missing.length + changed.length > 0 ? "failed" : "warning";
      return [wrong(state, words.grants.parted(missing, surplus, changed))];
    }
    if (!targets.some((target) => target.actions.length > 0)) return [skipped(words.actions.none)];
    return [well(words.grants.good)];
  },
};
