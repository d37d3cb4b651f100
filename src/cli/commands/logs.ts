import { LINE_LEVELS } from "../../model/log.js";
import type { LineLevel } from "../../model/log.js";
import { cliCommand } from "../command.js";
import { EXIT } from "../exit-code.js";

export interface LogsCall {
  readonly source: string;
  readonly lines: number;
  /** As typed. */
  readonly since?: string;
  readonly until?: string;
  readonly contains?: string;
  readonly level?: LineLevel;
}

const LINES = 20;
const MOST_LINES = 5_000;

export const logs = cliCommand({
  name: "logs",
  words: (catalogue) => catalogue.logs.cli,
  positionals: { least: 1, most: 1 },
  options: {
    lines: { type: "string" },
    since: { type: "string" },
    until: { type: "string" },
    contains: { type: "string" },
    level: { type: "string" },
    json: { type: "boolean" },
  },
  run: async ({ arguments: [source = ""], values, format, catalogue }, effects) => {
    const { lines: wanted, since, until, contains, level: word } = values;
    const lines = wanted === undefined ? LINES : Number(wanted);
    if (!/^\d+$/.test(wanted ?? "0") || lines < 1 || lines > MOST_LINES) {
      const expected = `a whole number from 1 to ${MOST_LINES}`;
      return { code: EXIT.usage, complaint: catalogue.cli.badValue("--lines", wanted ?? "", expected) };
    }
    const level = LINE_LEVELS.find((each) => each === word);
    if (word !== undefined && level === undefined) {
      const expected = catalogue.userError.expected.oneOf(LINE_LEVELS);
      return { code: EXIT.usage, complaint: catalogue.cli.badValue("--level", word, expected) };
    }
    return effects.logs(
      {
        source,
        lines,
        ...(since === undefined ? {} : { since }),
        ...(until === undefined ? {} : { until }),
        ...(contains === undefined || contains === "" ? {} : { contains }),
        ...(level === undefined ? {} : { level }),
      },
      format,
    );
  },
});
