import { createAuditReading } from "../../answer/audit.js";
import type { AuditReading } from "../../answer/audit.js";
import { systemClock } from "../../base/clock.js";
import type { AuditCall } from "../../cli/commands/audit.js";
import { EXIT } from "../../cli/exit-code.js";
import type { OutputFormat, Printed } from "../../cli/printed.js";
import type { Catalogue } from "../../locale/index.js";
import { renderAudit } from "../../message/audit.js";
import type { AuditVerdict } from "../../model/audit.js";
import { withGuest } from "./guest.js";
import type { Guest } from "./guest.js";
import { inTerminal } from "./terminal.js";

/** The log of actions, as far as it is asked for. */
export function audit({ since, lines, ...filter }: AuditCall, format: OutputFormat): Promise<Printed> {
  return withGuest(async (guest) => {
    const { catalogue } = guest;
    const reading = readingOf(guest);
    const from = since === undefined ? undefined : reading.since(since);
    if (since !== undefined && from === undefined) {
      return { code: EXIT.usage, complaint: catalogue.cli.badValue("--since", since, catalogue.audit.moment) };
    }
    const view = reading.page({ ...filter, ...(from === undefined ? {} : { since: from }) }, lines);
    const output =
      format === "json"
        ? JSON.stringify(view, undefined, 2)
        : inTerminal(renderAudit(view, {}, catalogue, { exact: true }));
    return { code: EXIT.well, output };
  });
}

/** Checks the chain; an asked head must be in it. */
export function auditVerify(head: string | undefined, format: OutputFormat): Promise<Printed> {
  return withGuest(async (guest) => {
    const verdict = await readingOf(guest).verify(head === undefined ? {} : { head });
    const code = verdict.ok ? EXIT.well : EXIT.failed;
    if (format === "json") return { code, output: JSON.stringify(verdict, undefined, 2) };
    const said = verdictWords(verdict, head, guest.catalogue);
    return verdict.ok ? { code, output: said } : { code, complaint: said };
  });
}

function readingOf({ store, settings }: Guest): AuditReading {
  return createAuditReading({ store, clock: systemClock, timezone: () => settings.config.timezone });
}

function verdictWords(verdict: AuditVerdict, asked: string | undefined, { audit: words }: Catalogue): string {
  if (verdict.ok) {
    const whole = words.verified(verdict.rows, verdict.removed, verdict.head);
    return asked === undefined ? whole : `${whole}\n${words.headThere(asked)}`;
  }
  const { problem } = verdict;
  switch (problem.kind) {
    case "broken":
      return words.broken(problem.number, problem.id, new Date(problem.at).toISOString());
    case "cut":
      return words.cut(problem.missing, problem.after);
    case "head":
      return words.headMissing(problem.hash, problem.from === "asked");
    default:
      return problem satisfies never;
  }
}
