import { App } from "../../app.js";
import { systemClock } from "../../base/clock.js";
import { EXIT } from "../../cli/exit-code.js";
import type { ExitCode } from "../../cli/exit-code.js";
import type { CliOutput } from "../../cli/printed.js";
import { problemText } from "../../config/problem.js";
import { catalogueFor } from "../../locale/index.js";
import { createInstance } from "../../store/instance-lock.js";
import { firstContact } from "../first-contact.js";
import { readSettings } from "../settings.js";
import { bindSignals } from "../signals.js";
import { isAboutTheFile, problemLines } from "./guest.js";

/** The bot itself, from settings to exit code. */
export async function run(output: CliOutput): Promise<ExitCode> {
  const words = catalogueFor("en").cli;
  const result = readSettings();
  for (const warning of result.warnings) output.err(words.warning(problemText(warning)));
  if (!result.ok) {
    output.err(problemLines(result.problems.map(problemText)));
    return EXIT.usage;
  }
  const { dataDir } = result.settings.config;
  const instance = createInstance(dataDir, { pid: process.pid, since: systemClock.now() });
  const claim = instance.claim();
  if (claim.status === "taken") {
    output.err(words.alreadyRunning(dataDir, claim.pid));
    return EXIT.usage;
  }
  const contact = await firstContact(result.settings, systemClock, catalogueFor("en"));
  if (contact.sentence !== undefined) output.err(contact.sentence);
  if (contact.code !== undefined) {
    instance.release();
    return contact.code;
  }
  const starting = App.start(result.settings, { instance });
  const unbind = bindSignals(starting, readSettings);
  try {
    const app = await starting;
    const code = await app.ended;
    const failures = await app.stop();
    return code === EXIT.well && failures.length > 0 ? EXIT.failed : code;
  } catch (thrown) {
    if (!isAboutTheFile(thrown)) throw thrown;
    output.err(thrown.message);
    return EXIT.usage;
  } finally {
    unbind();
    instance.release();
  }
}
