import { constants } from "node:fs";
import { access, stat, statfs } from "node:fs/promises";

import { systemCodeOf } from "../../../base/errors.js";
import type { Finding } from "../../../model/finding.js";
import type { Check } from "../check.js";
import { findingsOf } from "../check.js";

const { well, wrong } = findingsOf("data-directory");

const MIB = 1024 ** 2;
/** Below the first the store soon fails; below the second it may before somebody looks. The store itself grows to 512 MiB. */
const FULL_BYTES = 64 * MIB;
const TIGHT_BYTES = 512 * MIB;

/** File systems on which a database is not safe or does not stay. Source: statfs(2), the kernel's magic.h. */
const UNSAFE: Readonly<Record<number, { readonly name: string; readonly why: "network" | "gone" }>> = {
  0x6969: { name: "NFS", why: "network" },
  0xff534d42: { name: "CIFS", why: "network" },
  0xfe534d42: { name: "SMB", why: "network" },
  0x01021997: { name: "9p", why: "network" },
  0x01021994: { name: "tmpfs", why: "gone" },
  0x858458f6: { name: "ramfs", why: "gone" },
  0x794c7630: { name: "overlay", why: "gone" },
};

/** What a file system of that type means for the store; absent: nothing. */
export function unsafeFileSystem(type: number): (typeof UNSAFE)[number] | undefined {
  // Node gives the type as a signed number on some platforms.
  return UNSAFE[type >>> 0];
}

/** Whether the store can be kept where it is to be. */
export const dataDirectory: Check = {
  name: "data-directory",
  async run({ settings: { config }, words }) {
    const { dataDir } = config;
    try {
      if (!(await stat(dataDir)).isDirectory()) return [wrong("failed", words.data.noDirectory(dataDir))];
      await access(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
    } catch (thrown) {
      const absent = systemCodeOf(thrown) === "ENOENT";
      return [wrong("failed", absent ? words.data.absent(dataDir) : words.data.forbidden(dataDir))];
    }
    const system = await statfs(dataDir);
    const free = system.bavail * system.bsize;
    const findings: Finding[] = [];
    if (free < FULL_BYTES) findings.push(wrong("failed", words.data.full(dataDir, free / MIB)));
    else if (free < TIGHT_BYTES) findings.push(wrong("warning", words.data.tight(dataDir, free / MIB)));
    const unsafe = unsafeFileSystem(system.type);
    if (unsafe) findings.push(wrong("warning", words.data[unsafe.why](dataDir, unsafe.name)));
    return findings.length > 0 ? findings : [well(words.data.good(dataDir, free / MIB))];
  },
};
