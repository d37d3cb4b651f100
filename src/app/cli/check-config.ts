import type { CheckResult } from "../../cli/commands/check-config.js";
import { problemText } from "../../config/problem.js";
import { readSettings } from "../settings.js";

export function checkConfig(): CheckResult {
  const result = readSettings();
  const warnings = result.warnings.map(problemText);
  if (!result.ok) return { ok: false, problems: result.problems.map(problemText), warnings };
  const { config, rules } = result.settings;
  return { ok: true, file: config.file, targets: config.targets.length, rules: rules.length, warnings };
}
