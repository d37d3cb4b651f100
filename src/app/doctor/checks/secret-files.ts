import { stat } from "node:fs/promises";
import path from "node:path";

import type { Finding } from "../../../model/finding.js";
import type { Check } from "../check.js";
import { findingsOf } from "../check.js";

const { well, wrong, skipped } = findingsOf("secret-files");

/** Read, write or search for those who neither own it nor are of its group. */
const OTHERS = 0o007;

/** Whether the files that hold secrets are closed to everybody else on the machine. */
export const secretFiles: Check = {
  name: "secret-files",
  async run({ settings: { env, config }, directory, words }) {
    const files = [
      path.join(directory, ".env"),
      env.DISCORD_TOKEN_FILE,
      env.FALLBACK_WEBHOOK_URL_FILE,
      path.join(config.dataDir, "toban.db"),
    ];
    const findings: Finding[] = [];
    for (const file of files) {
      if (file === undefined) continue;
      const found = await stat(file).catch(() => undefined);
      if (!found) continue;
      const open = (found.mode & OTHERS) !== 0 && !(await isShut(path.dirname(file)));
      findings.push(open ? wrong("failed", words.secrets.open(file)) : well(words.secrets.good(file)));
    }
    return findings.length > 0 ? findings : [skipped(words.secrets.none)];
  },
};

/** A directory that others may not enter keeps what is in it, whatever the file's own mode. */
async function isShut(directory: string): Promise<boolean> {
  const found = await stat(directory).catch(() => undefined);
  return found !== undefined && (found.mode & 0o001) === 0;
}
