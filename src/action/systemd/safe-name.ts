import { unitName } from "../../base/systemd/unit-name.js";

/**
 * Whether a name is a unit's full name as systemd has it, and no trap: no control characters, slashes or spaces, no template, and no
 * leading “-”. Names were checked when the configuration was read; this is the last look before something happens.
 */
export function isSafeUnit(name: string): boolean {
  const read = unitName(name);
  return read.ok && read.name === name && !name.startsWith("-");
}
