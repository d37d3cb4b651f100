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
  readonly output: string;
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
    output.err(words.unknownOption(messageOf(thrown)));
    return EXIT.usage;
  }
  const { values, positionals } = parsed;
  const [command = "help", argument] = positionals;
  const format: OutputFormat = values.json ? "json" : "text";
  const print = async (printed: Promise<Printed>): Promise<ExitCode> => {
    const { code, output: text } = await printed;
    if (code === EXIT.well || code === EXIT.firing) output.out(text);
    else output.err(text);
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
    case "help":
      output.out(words.usage);
      return positionals.length === 0 ? EXIT.usage : EXIT.well;
    default:
      output.err(words.unknownCommand(command));
      return EXIT.usage;
  }
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
