import { existsSync } from "node:fs";
import { join } from "node:path";

import { createAnswers } from "../answer/answers.js";
import type { Answers } from "../answer/answers.js";
import { App } from "../app.js";
import { systemClock } from "../base/clock.js";
import { UserError } from "../base/errors.js";
import { silentLogs } from "../base/log.js";
import { plain } from "../base/text.js";
import type { CheckResult, CliEffects, CliOutput, OutputFormat, Printed } from "../cli/cli.js";
import { EXIT } from "../cli/exit-code.js";
import type { ExitCode } from "../cli/exit-code.js";
import { problemText } from "../config/problem.js";
import { catalogueFor } from "../locale/index.js";
import type { Catalogue } from "../locale/index.js";
import { renderHealth } from "../message/health.js";
import { renderPing } from "../message/ping.js";
import { renderTarget } from "../message/target.js";
import { toPlain } from "../message/to-plain.js";
import type { Message, Tone } from "../model/message.js";
import { probeKinds } from "../probe/index.js";
import { STORE_FILE } from "../store/file.js";
import { createInstance, isRunning } from "../store/instance-lock.js";
import { ForeignFileError } from "../store/file.js";
import { NewerSchemaError } from "../store/migrate.js";
import { openStore } from "../store/open.js";
import { lastOwnNumbers } from "./housekeeping.js";
import { readSettings } from "./settings.js";
import type { Settings, SettingsResult } from "./settings.js";
import { bindSignals } from "./signals.js";
import { VERSION } from "./version.js";

const COLUMNS = 100;

/** What the command line sets in motion, on the real thing. */
export function createCliEffects(output: CliOutput): CliEffects {
  return {
    version: VERSION,
    run: () => run(output),
    checkConfig: () => checkResult(readSettings()),
    ping: (format) =>
      withAnswers(output, (answers, catalogue) => {
        const view = answers.ping();
        return printed(view.tone, view, renderPing(view, catalogue), format);
      }),
    health: (query, format) =>
      withAnswers(output, (answers, catalogue) => {
        const answer = answers.health(query);
        const message =
          answer.of === "host" ? renderHealth(answer.view, {}, catalogue) : renderTarget(answer.view, {}, catalogue);
        return printed(answer.view.tone, answer.view, message, format);
      }),
  };
}

/** The bot itself, from settings to exit code. */
async function run(output: CliOutput): Promise<ExitCode> {
  const words = catalogueFor("en").cli;
  const result = readSettings();
  for (const warning of result.warnings) output.err(words.warning(problemText(warning)));
  if (!result.ok) {
    complain(output, result.problems.map(problemText));
    return EXIT.usage;
  }
  const { dataDir } = result.settings.config;
  const instance = createInstance(dataDir, { pid: process.pid, since: systemClock.now() });
  const claim = instance.claim();
  if (claim.status === "taken") {
    output.err(words.alreadyRunning(dataDir, claim.pid));
    return EXIT.usage;
  }
  const starting = App.start(result.settings, { instance });
  const unbind = bindSignals(starting, readSettings);
  try {
    const app = await starting;
    const code = await app.ended;
    const failures = await app.stop();
    return code === EXIT.well && failures.length > 0 ? EXIT.failed : code;
  } catch (thrown) {
    if (!(thrown instanceof NewerSchemaError || thrown instanceof ForeignFileError)) throw thrown;
    output.err(thrown.message);
    return EXIT.usage;
  } finally {
    unbind();
    instance.release();
  }
}

function complain(output: CliOutput, problems: readonly string[]): void {
  output.err(catalogueFor("en").cli.problems(problems.length));
  for (const problem of problems) output.err(`  ${problem}`);
}

function checkResult(result: SettingsResult): CheckResult {
  const warnings = result.warnings.map(problemText);
  if (!result.ok) return { ok: false, problems: result.problems.map(problemText), warnings };
  const { config, rules } = result.settings;
  return { ok: true, file: config.file, targets: config.targets.length, rules: rules.length, warnings };
}

/** Answers from the store of the running bot, which this process only reads. */
async function withAnswers(
  output: CliOutput,
  answer: (answers: Answers, catalogue: Catalogue) => Printed,
): Promise<Printed> {
  const result = readSettings();
  if (!result.ok) {
    complain(output, result.problems.map(problemText));
    return { code: EXIT.usage };
  }
  const { config } = result.settings;
  const catalogue = catalogueFor(config.locale);
  if (!existsSync(join(config.dataDir, STORE_FILE))) {
    return { code: EXIT.failed, complaint: catalogue.cli.noReadings(config.dataDir) };
  }
  const store = await openStore({
    dataDir: config.dataDir,
    clock: systemClock,
    log: silentLogs.for("store"),
    role: "guest",
  });
  try {
    const own = lastOwnNumbers(store);
    if (!own) return { code: EXIT.failed, complaint: catalogue.cli.noReadings(config.dataDir) };
    const given = answer(answersOf(result.settings, store, own), catalogue);
    // The readings of a bot that is gone say nothing about now, however well they look.
    if (isRunning(config.dataDir)) return given;
    return { ...given, code: EXIT.failed, complaint: catalogue.cli.notRunning(config.dataDir) };
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown;
    return { code: EXIT.usage, complaint: plain(catalogue.userError.sentences[thrown.code](thrown.details)) };
  } finally {
    await store.close();
  }
}

type GuestStore = Awaited<ReturnType<typeof openStore>>;

function answersOf(
  settings: Settings,
  store: GuestStore,
  own: NonNullable<ReturnType<typeof lastOwnNumbers>>,
): Answers {
  return createAnswers({
    store,
    clock: systemClock,
    host: settings.config.host,
    targets: () => settings.config.targets,
    rules: () => settings.rules,
    kinds: probeKinds.kinds,
    own: () => own,
  });
}

/** What is not known is not well. */
const NOT_WELL: ReadonlySet<Tone> = new Set(["critical", "warning", "acknowledged", "unknown"]);

function printed(tone: Tone, view: unknown, message: Message, format: OutputFormat): Printed {
  const output =
    format === "json"
      ? JSON.stringify(view, undefined, 2)
      : toPlain(message, { width: COLUMNS, now: systemClock.now() });
  return { code: NOT_WELL.has(tone) ? EXIT.firing : EXIT.well, output };
}
