import type { Catalogue } from "../locale/index.js";
import { CLI_COMMANDS } from "./commands/index.js";
import type { CliEffects } from "./effects.js";
import { EXIT } from "./exit-code.js";
import type { ExitCode } from "./exit-code.js";
import { helpOf, overview } from "./help.js";
import { parseCall } from "./parse.js";
import type { CliOutput } from "./printed.js";

/** One call of the command line, to its exit code. */
export async function runCli(
  argv: readonly string[],
  effects: CliEffects,
  output: CliOutput,
  catalogue: Catalogue,
): Promise<ExitCode> {
  const parsed = parseCall(argv, CLI_COMMANDS, catalogue);
  switch (parsed.kind) {
    case "mistake":
      output.err(parsed.complaint);
      return EXIT.usage;
    case "version":
      output.out(effects.version);
      return EXIT.well;
    case "help":
      output.out(parsed.command ? helpOf(parsed.command, catalogue) : overview(CLI_COMMANDS, catalogue));
      return parsed.asked ? EXIT.well : EXIT.usage;
    case "call": {
      const { code, output: text, complaint } = await parsed.command.run(parsed.call, effects);
      if (complaint !== undefined) output.err(complaint);
      if (text !== undefined) output.out(text);
      return code;
    }
    default:
      return parsed satisfies never;
  }
}
