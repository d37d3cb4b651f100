import type { Check } from "../check.js";
import { findingsOf } from "../check.js";

const { well, wrong } = findingsOf("node");

/** As package.json asks. */
const LEAST = [20, 19] as const;

/** Whether a version such as `v20.19.1` is new enough. */
export function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  return major > LEAST[0] || (major === LEAST[0] && minor >= LEAST[1]);
}

export const node: Check = {
  name: "node",
  run: async ({ words }) => [
    isNewEnough(process.version)
      ? well(words.node.good(process.version))
      : wrong("failed", words.node.old(process.version, LEAST.join("."))),
  ],
};
