import { parseArgs } from "node:util";

import { messageOf } from "../base/errors.js";
import type { Catalogue } from "../locale/index.js";
import { EXIT } from "./exit-code.js";
import type { ExitCode } from "./exit-code.js";

/** What the command line may set in motion; handed in by the process edge. */
export interface CliEffects {
  readonly version: string;
  run(): Promise<ExitCode>;
  checkConfig(): CheckResult;
  ping(format: OutputFormat): Promise<Printed>;
  health(query: { readonly target?: string; readonly onlyProblems: boolean }, format: OutputFormat): Promise<Printed>;
}

export type OutputFormat = "text" | "json";

export interface Printed {
  readonly code: ExitCode;
  /** The answer, for standard output. */
  readonly output?: string;
  /** What is to be known beside it, for standard error. */
  readonly complaint?: string;
}

export type CheckResult =
  | {
      readonly ok: true;
      readonly file: string | undefined;
      readonly targets: number;
      readonly rules: number;
      readonly warnings: readonly string[];
    }
  | { readonly ok: false; readonly problems: readonly string[]; readonly warnings: readonly string[] };

export interface CliOutput {
  out(line: string): void;
  err(line: string): void;
}

const OPTIONS = {
  json: { type: "boolean", default: false },
  problems: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
  version: { type: "boolean", short: "v", default: false },
} as const;

/** What each command takes beside `--help` and `--version`; anything more is a mistake that would otherwise go unnoticed. */
const COMMANDS: Readonly<
  Record<string, { readonly most: number; readonly options: readonly ("json" | "problems")[] }>
> = {
  run: { most: 0, options: [] },
  "check-config": { most: 0, options: ["json"] },
  ping: { most: 0, options: ["json"] },
  health: { most: 1, options: ["json", "problems"] },
  help: { most: 0, options: [] },
  version: { most: 0, options: [] },
};

/** One call of the command line, to its exit code. */
export async function runCli(
  argv: readonly string[],
  effects: CliEffects,
  output: CliOutput,
  catalogue: Catalogue,
): Promise<ExitCode> {
  const words = catalogue.cli;
  let parsed;
  try {
    parsed = parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  } catch (thrown) {
    // Node goes on with advice about positional arguments that helps nobody here.
    output.err(words.unknownOption(messageOf(thrown).split(". ")[0] ?? ""));
    return EXIT.usage;
  }
  const { values, positionals } = parsed;
  const [command = "help", argument] = positionals;
  const wrong = mistakeIn(command, positionals.slice(1), values, catalogue);
  if (wrong !== undefined) {
    output.err(wrong);
    return EXIT.usage;
  }
  const format: OutputFormat = values.json ? "json" : "text";
  const print = async (printed: Promise<Printed>): Promise<ExitCode> => {
    const { code, output: text, complaint } = await printed;
    if (complaint !== undefined) output.err(complaint);
    if (text !== undefined) output.out(text);
    return code;
  };
  if (values.version || command === "version") {
    output.out(effects.version);
    return EXIT.well;
  }
  if (values.help) {
    output.out(words.usage);
    return EXIT.well;
  }
  switch (command) {
    case "run":
      return effects.run();
    case "check-config":
      return printCheck(effects.checkConfig(), output, catalogue, format);
    case "ping":
      return print(effects.ping(format));
    case "health":
      return print(
        effects.health(
          { ...(argument === undefined ? {} : { target: argument }), onlyProblems: values.problems },
          format,
        ),
      );
    default:
      output.out(words.usage);
      return positionals.length === 0 ? EXIT.usage : EXIT.well;
  }
}

function mistakeIn(
  command: string,
  rest: readonly string[],
  values: { readonly json: boolean; readonly problems: boolean },
  { cli: words }: Catalogue,
): string | undefined {
  const takes = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
  if (!takes) return words.unknownCommand(command);
  const extra = rest[takes.most];
  if (extra !== undefined) return words.tooMuch(command, extra);
  const option = (["json", "problems"] as const).find((name) => values[name] && !takes.options.includes(name));
  return option === undefined ? undefined : words.tooMuch(command, `--${option}`);
}

function printCheck(result: CheckResult, output: CliOutput, catalogue: Catalogue, format: OutputFormat): ExitCode {
  const words = catalogue.cli;
  if (format === "json") {
    output.out(JSON.stringify(result, undefined, 2));
    return result.ok ? EXIT.well : EXIT.usage;
  }
  for (const warning of result.warnings) output.err(words.warning(warning));
  if (result.ok) {
    output.out(words.configGood(result.file ?? words.noFile, result.targets, result.rules));
    return EXIT.well;
  }
  output.err(words.problems(result.problems.length));
  for (const problem of result.problems) output.err(`  ${problem}`);
  return EXIT.usage;
}
