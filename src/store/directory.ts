import { existsSync, mkdirSync, statSync } from "node:fs";
import path from "node:path";

import { systemCodeOf } from "../base/errors.js";

/** Only the owner and the group may look: the store holds names of processes and people. */
const MODE = 0o750;

/**
 * Makes a directory and those above it. Not `mkdir`'s own `recursive`: where a parent can never be made (below /proc, on some network
 * disks) that never returns.
 */
export function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, MODE);
  } catch (thrown) {
    const code = systemCodeOf(thrown);
    if (code === "EEXIST" && statSync(directory).isDirectory()) return;
    const parent = path.dirname(directory);
    if (code !== "ENOENT" || parent === directory || existsSync(parent)) throw thrown;
    makeDirectory(parent);
    mkdirSync(directory, MODE);
  }
}
