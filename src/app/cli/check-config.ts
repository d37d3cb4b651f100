import type { CheckResult, ConfiguredProgram } from "../../cli/commands/check-config.js";
import type { Config } from "../../config/config.js";
import { problemText } from "../../config/problem.js";
import { actionsKeptAsRoot } from "../deploy/granted-file.js";
import { readSettings } from "../settings.js";

export function checkConfig(): CheckResult {
  const result = readSettings();
  const warnings = result.warnings.map(problemText);
  if (!result.ok) return { ok: false, problems: result.problems.map(problemText), warnings };
  const { config, rules } = result.settings;
  const programs = programsOf(config);
  return { ok: true, file: config.file, targets: config.targets.length, rules: rules.length, programs, warnings };
}

function programsOf({ file, targets }: Config): readonly ConfiguredProgram[] {
  const asRoot = new Set(actionsKeptAsRoot(file, targets).map(({ unit }) => unit));
  return targets.flatMap(({ name: target, actions }) =>
    actions.flatMap(({ name: action, means }): ConfiguredProgram[] => {
      if (means.kind !== "vector") return [];
      const [program = ""] = means.run;
      const user = means.user ?? (asRoot.has(means.unit) ? "root" : undefined);
      return [{ target, action, program, ...(user === undefined ? {} : { user }) }];
    }),
  );
}
