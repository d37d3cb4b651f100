import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";

import { systemCodeOf } from "../../../base/errors.js";
import type { Finding } from "../../../model/finding.js";
import { logSourcesOf } from "../../logs.js";
import type { Check } from "../check.js";
import { findingsOf } from "../check.js";

const { well, wrong, skipped } = findingsOf("logs");

/** Where journald keeps what it has: over restarts of the host, or until the next. */
const JOURNALS = ["/var/log/journal", "/run/log/journal"];

/** Whether the logs that may be read can be. */
export const logs: Check = {
  name: "logs",
  async run({ settings: { config }, words }) {
    const sources = logSourcesOf(config);
    const findings: Finding[] = [];
    for (const { name, from } of sources) {
      if (from.kind !== "file") continue;
      const problem = await fileProblem(from.path);
      if (problem === undefined) findings.push(well(words.logs.good(name)));
      else if (problem === "absent") findings.push(wrong("warning", words.logs.absent(name, from.path)));
      else findings.push(wrong("failed", words.logs[problem](name, from.path)));
    }
    if (sources.some(({ from }) => from.kind === "journal")) {
      findings.push((await readsJournal()) ? well(words.logs.journal) : wrong("warning", words.logs.noJournal));
    }
    return findings.length > 0 ? findings : [skipped(words.logs.none)];
  },
};

async function fileProblem(path: string): Promise<"absent" | "forbidden" | "noFile" | undefined> {
  try {
    if (!(await stat(path)).isFile()) return "noFile";
    await access(path, constants.R_OK);
    return undefined;
  } catch (thrown) {
    return systemCodeOf(thrown) === "ENOENT" ? "absent" : "forbidden";
  }
}

/** A directory that cannot be listed hides other users' entries without a word. */
async function readsJournal(): Promise<boolean> {
  for (const directory of JOURNALS) {
    try {
      await access(directory, constants.R_OK | constants.X_OK);
      return true;
    } catch {
      // The other place may be the one.
    }
  }
  return false;
}
