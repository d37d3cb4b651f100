import type { Catalogue } from "../../locale/index.js";
import type { ActionName } from "../../model/action.js";
import { cliCommand } from "../command.js";
import { EXIT } from "../exit-code.js";
import type { Printed } from "../printed.js";

export interface ConfiguredProgram {
  readonly target: string;
  readonly action: ActionName;
  readonly program: string;
  readonly user?: string;
}

export type CheckResult =
  | {
      readonly ok: true;
      readonly file: string | undefined;
      readonly targets: number;
      readonly rules: number;
      /** Programs of the operator's own, and as whom they run; without a user, as Toban's own. */
      readonly programs: readonly ConfiguredProgram[];
      readonly warnings: readonly string[];
    }
  | { readonly ok: false; readonly problems: readonly string[]; readonly warnings: readonly string[] };

export const checkConfig = cliCommand({
  name: "check-config",
  words: (catalogue) => catalogue.cli.commands["check-config"],
  options: { json: { type: "boolean" } },
  run: async ({ format, catalogue: { cli: words } }, effects): Promise<Printed> => {
    const result = effects.checkConfig();
    const code = result.ok ? EXIT.well : EXIT.usage;
    if (format === "json") return { code, output: JSON.stringify(result, undefined, 2) };
    const complaints = result.warnings.map((line) => words.warning(line));
    if (!result.ok) {
      complaints.push(words.problems(result.problems.length), ...result.problems.map((line) => `  ${line}`));
    }
    return {
      code,
      ...(complaints.length === 0 ? {} : { complaint: complaints.join("\n") }),
      ...(result.ok ? { output: goodText(result, words) } : {}),
    };
  },
});

function goodText(result: Extract<CheckResult, { readonly ok: true }>, words: Catalogue["cli"]): string {
  const { file, targets, rules, programs } = result;
  const lines = programs.map(({ target, action, program, user }) => words.runsAs(target, action, program, user));
  return [words.configGood(file ?? words.noFile, targets, rules), ...lines].join("\n");
}
