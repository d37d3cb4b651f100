import { createAnswers } from "../../answer/answers.js";
import type { Answers } from "../../answer/answers.js";
import { systemClock } from "../../base/clock.js";
import type { HealthQuery } from "../../cli/commands/health.js";
import { EXIT } from "../../cli/exit-code.js";
import type { OutputFormat, Printed } from "../../cli/printed.js";
import type { Catalogue } from "../../locale/index.js";
import { renderHealth } from "../../message/health.js";
import { renderPing } from "../../message/ping.js";
import { renderTarget } from "../../message/target.js";
import type { Message, Tone } from "../../model/message.js";
import { StoppedTargets } from "../../operate/stopped.js";
import { probeKinds } from "../../probe/index.js";
import { lastOwnNumbers } from "../housekeeping.js";
import { withGuest } from "./guest.js";
import { inTerminal } from "./terminal.js";

export function ping(format: OutputFormat): Promise<Printed> {
  return withAnswers((answers, catalogue) => {
    const view = answers.ping();
    return printed(view.tone, view, renderPing(view, catalogue), format);
  });
}

export function health(query: HealthQuery, format: OutputFormat): Promise<Printed> {
  return withAnswers((answers, catalogue) => {
    const answer = answers.health(query);
    const message =
      answer.of === "host" ? renderHealth(answer.view, {}, catalogue) : renderTarget(answer.view, {}, catalogue);
    return printed(answer.view.tone, answer.view, message, format);
  });
}

/** Answers from the store of the running bot, which this process only reads. */
function withAnswers(answer: (answers: Answers, catalogue: Catalogue) => Printed): Promise<Printed> {
  return withGuest(async ({ settings, store, catalogue, running }) => {
    const { dataDir, host, targets } = settings.config;
    const own = lastOwnNumbers(store);
    if (!own) return { code: EXIT.failed, complaint: catalogue.cli.noReadings(dataDir) };
    const answers = createAnswers({
      store,
      clock: systemClock,
      host,
      targets: () => targets,
      rules: () => settings.rules,
      kinds: probeKinds.kinds,
      own: () => own,
      stopped: () => new StoppedTargets(store).all,
    });
    const given = answer(answers, catalogue);
    // The readings of a bot that is gone say nothing about now, however well they look.
    return running ? given : { ...given, code: EXIT.failed, complaint: catalogue.cli.notRunning(dataDir) };
  });
}

/** What is not known is not well. */
const NOT_WELL: ReadonlySet<Tone> = new Set(["critical", "warning", "acknowledged", "unknown"]);

function printed(tone: Tone, view: unknown, message: Message, format: OutputFormat): Printed {
  const output = format === "json" ? JSON.stringify(view, undefined, 2) : inTerminal(message);
  return { code: NOT_WELL.has(tone) ? EXIT.firing : EXIT.well, output };
}
