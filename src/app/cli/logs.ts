import type { Logs } from "../../answer/logs.js";
import { systemClock } from "../../base/clock.js";
import { UserError } from "../../base/errors.js";
import { plain } from "../../base/text.js";
import type { LogsCall } from "../../cli/commands/logs.js";
import { EXIT } from "../../cli/exit-code.js";
import type { OutputFormat, Printed } from "../../cli/printed.js";
import type { Catalogue } from "../../locale/index.js";
import { renderLogs } from "../../message/logs.js";
import { createLogAnswers } from "../logs.js";
import { withSettings } from "./guest.js";
import { inTerminal } from "./terminal.js";

/** Lines of a log, read by this very process with the rights of whoever runs it. */
export function logs(call: LogsCall, format: OutputFormat): Promise<Printed> {
  return withSettings(async ({ config }, catalogue) => {
    const answers = createLogAnswers(systemClock, () => config);
    const { source, lines, contains, level } = call;
    const times: { since?: number; until?: number } = {};
    for (const option of ["since", "until"] as const) {
      const typed = call[option];
      if (typed === undefined) continue;
      const moment = answers.moment(typed);
      if (moment === undefined) {
        return { code: EXIT.usage, complaint: catalogue.cli.badValue(`--${option}`, typed, catalogue.logs.moment) };
      }
      times[option] = moment;
    }
    const query = {
      lines,
      ...times,
      ...(contains === undefined ? {} : { contains }),
      ...(level === undefined ? {} : { level }),
    };
    try {
      const view = await answers.read({ source, query }, new AbortController().signal);
      return {
        code: EXIT.well,
        output: format === "json" ? JSON.stringify(view, undefined, 2) : inTerminal(renderLogs(view, {}, catalogue)),
      };
    } catch (thrown) {
      if (!(thrown instanceof UserError)) throw thrown;
      return refusal(thrown, answers, catalogue);
    }
  });
}

/** A name that leads nowhere is the caller's mistake; whoever may run this may know the names. A log that cannot be read is a failure. */
function refusal(error: UserError, answers: Logs, catalogue: Catalogue): Printed {
  const said = plain(catalogue.userError.sentences[error.code](error.details));
  if (error.code !== "unknown_source") return { code: EXIT.failed, complaint: said };
  const names = answers.sources().map(({ name }) => name);
  return { code: EXIT.usage, complaint: `${said} ${catalogue.logs.cli.sources(names)}` };
}
