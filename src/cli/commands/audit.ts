import { cliCommand } from "../command.js";
import { EXIT } from "../exit-code.js";

export interface AuditCall {
  readonly target?: string;
  readonly who?: string;
  readonly verb?: string;
  /** As typed. */
  readonly since?: string;
  readonly lines: number;
}

const LINES = 20;
const MOST_LINES = 1_000;
const DISCORD_ID = /^\d{15,20}$/;

export const audit = cliCommand({
  name: "audit",
  words: (catalogue) => catalogue.audit.cli.audit,
  options: {
    target: { type: "string" },
    who: { type: "string" },
    verb: { type: "string" },
    since: { type: "string" },
    lines: { type: "string" },
    json: { type: "boolean" },
  },
  run: async ({ values: { target, who, verb, since, lines: wanted }, format, catalogue }, effects) => {
    const lines = wanted === undefined ? LINES : Number(wanted);
    if (!/^\d+$/.test(wanted ?? "0") || lines < 1 || lines > MOST_LINES) {
      const expected = `a whole number from 1 to ${MOST_LINES}`;
      return { code: EXIT.usage, complaint: catalogue.cli.badValue("--lines", wanted ?? "", expected) };
    }
    const key = who !== undefined && DISCORD_ID.test(who) ? `member:${who}` : who;
    return effects.audit(
      {
        ...(target === undefined ? {} : { target }),
        ...(key === undefined ? {} : { who: key }),
        ...(verb === undefined ? {} : { verb }),
        ...(since === undefined ? {} : { since }),
        lines,
      },
      format,
    );
  },
});
