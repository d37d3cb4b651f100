import { existsSync } from "node:fs";
import { join } from "node:path";

import { systemClock } from "../../base/clock.js";
import { UserError } from "../../base/errors.js";
import { silentLogs } from "../../base/log.js";
import { plain } from "../../base/text.js";
import { EXIT } from "../../cli/exit-code.js";
import type { Printed } from "../../cli/printed.js";
import { problemText } from "../../config/problem.js";
import { catalogueFor } from "../../locale/index.js";
import type { Catalogue } from "../../locale/index.js";
import type { Store } from "../../store/contract.js";
import { ForeignFileError, OlderSchemaError, STORE_FILE } from "../../store/file.js";
import { isRunning } from "../../store/instance-lock.js";
import { NewerSchemaError } from "../../store/migrate.js";
import { openStore } from "../../store/open.js";
import { readSettings } from "../settings.js";
import type { Settings } from "../settings.js";

/** Beside a running bot: its settings and its store, opened as a guest. */
export interface Guest {
  readonly settings: Settings;
  readonly store: Store;
  readonly catalogue: Catalogue;
  /** Whether a bot runs on the data directory. */
  readonly running: boolean;
}

/** Settings as they are now; what is wrong with them, or a mistake of the caller's on the way, is the complaint. */
export async function withSettings(
  work: (settings: Settings, catalogue: Catalogue) => Promise<Printed>,
): Promise<Printed> {
  const result = readSettings();
  if (!result.ok) return { code: EXIT.usage, complaint: problemLines(result.problems.map(problemText)) };
  const catalogue = catalogueFor(result.settings.config.locale);
  try {
    return await work(result.settings, catalogue);
  } catch (thrown) {
    if (thrown instanceof UserError) {
      return { code: EXIT.usage, complaint: plain(catalogue.userError.sentences[thrown.code](thrown.details)) };
    }
    if (isAboutTheFile(thrown)) return { code: EXIT.usage, complaint: thrown.message };
    throw thrown;
  }
}

/** With the store of the data directory, which is closed afterwards. Without a store there is nothing to tell: exit code 3. */
export function withGuest(work: (guest: Guest) => Promise<Printed>): Promise<Printed> {
  return withSettings(async (settings, catalogue) => {
    const { dataDir } = settings.config;
    if (!existsSync(join(dataDir, STORE_FILE))) {
      return { code: EXIT.failed, complaint: catalogue.cli.noReadings(dataDir) };
    }
    const store = await openStore({ dataDir, clock: systemClock, log: silentLogs.for("store"), role: "guest" });
    try {
      return await work({ settings, store, catalogue, running: isRunning(dataDir) });
    } finally {
      await store.close();
    }
  });
}

/** A person has to decide: which program, which file. */
export function isAboutTheFile(thrown: unknown): thrown is Error {
  return thrown instanceof NewerSchemaError || thrown instanceof ForeignFileError || thrown instanceof OlderSchemaError;
}

export function problemLines(problems: readonly string[]): string {
  return [catalogueFor("en").cli.problems(problems.length), ...problems.map((problem) => `  ${problem}`)].join("\n");
}
