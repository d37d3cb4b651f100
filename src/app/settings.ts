import type { Config } from "../config/config.js";
import type { RawEnv } from "../config/env.js";
import { readEnv } from "../config/env.js";
import { loadConfig } from "../config/load.js";
import { shown } from "../config/problem.js";
import type { Problem } from "../config/problem.js";
import { readSecrets } from "../config/secrets.js";
import type { Secrets } from "../config/secrets.js";
import { LOCALES } from "../locale/index.js";
import { PROBE_FAILED_SERIES } from "../model/rule.js";
import type { Rule } from "../model/rule.js";
import type { SeriesSpec } from "../model/sample.js";
import { authorize } from "../permit/authorize.js";
import { probeKinds } from "../probe/index.js";
import { META_SERIES } from "../probe/meta-series.js";
import { DEFAULT_RULES } from "../rule/defaults/index.js";
import { mergeRules } from "../rule/merge.js";
import { actionsKeptAsRoot, grantsToRefresh } from "./deploy/granted-file.js";
import { SERVICE_USER } from "./deploy/plan.js";

/** Everything that was said, understood. */
export interface Settings {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly rules: readonly Rule[];
  readonly env: RawEnv;
}

export type SettingsResult =
  | { readonly ok: true; readonly settings: Settings; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly warnings: readonly Problem[] };

/** What ProbeFailed looks at: made from every run, whatever its kind. */
const PROBE_FAILED: SeriesSpec = {
  name: PROBE_FAILED_SERIES,
  unit: "bool",
  kind: "gauge",
  help: "1 for a run that could not measure.",
};
const KINDS = new Map(probeKinds.kinds.map((kind) => [kind.kind, kind]));

/** Reads environment, secrets, configuration and rules; every problem of all four at once. */
export function readSettings(source: { env?: NodeJS.ProcessEnv; envFile?: string; cwd?: string } = {}): SettingsResult {
  const cwd = source.cwd ?? process.cwd();
  const {
    env,
    places,
    problems: envProblems,
  } = readEnv({
    ...(source.env ? { env: source.env } : {}),
    ...(source.envFile === undefined ? {} : { file: source.envFile }),
  });
  const { secrets, problems: secretProblems } = readSecrets(env, places);
  const loaded = loadConfig({
    env,
    envPlaces: places,
    kinds: KINDS,
    locales: LOCALES,
    cwd,
    rules: DEFAULT_RULES,
    commonSeries: [...META_SERIES, PROBE_FAILED],
  });
  const merged = mergeRules(loaded.rules.map((rule) => rule.override));
  const ruleProblems = merged.problems.map((problem): Problem => {
    const [index, ...field] = problem.path;
    const path = [...(loaded.rules[index]?.path ?? ["rules", index]), ...field];
    return { ...loaded.place(path), found: shown(problem.found, path), expected: problem.expected };
  });
  const problems = [...envProblems, ...secretProblems, ...loaded.problems, ...ruleProblems];
  const { config, place } = loaded;
  const warnings = [
    ...loaded.warnings,
    ...(config ? [...warningsOf(config, place), ...grantWarnings(config, place), ...rootWarnings(config, place)] : []),
  ];
  if (problems.length > 0 || !loaded.config || !secrets) return { ok: false, problems, warnings };
  return { ok: true, settings: { config: loaded.config, secrets, rules: merged.rules, env }, warnings };
}

type Place = (path: readonly PropertyKey[]) => Pick<Problem, "file" | "line" | "key">;

/** What is allowed but probably not meant. */
function warningsOf(config: Config, place: Place): readonly Problem[] {
  const actionable = config.targets.filter((target) => target.actions.some((action) => action.name === "restart"));
  if (actionable.length === 0 || config.permissions.grants === undefined) return [];
  const nobody = actionable.filter(
    (target) =>
      !config.permissions.grants?.some(
        (grant) =>
          authorize(
            {
              kind: "member",
              id: grant.user ?? "",
              name: "",
              guild: config.guild,
              roles: grant.role === undefined ? [] : [grant.role],
              permissions: 0n,
            },
            "restart",
            target.name,
            config.permissions,
          ).allowed,
      ),
  );
  return nobody.map((target) => ({
    ...place(["permissions"]),
    found: `nobody who may restart “${target.name}”`,
    expected: "a grant with “restart” for it, or no “actions: [restart]” on the target",
  }));
}

/** What is configured and what polkit permits have parted: the actions would be refused, or more is permitted than is listed. */
function grantWarnings({ file, targets }: Config, place: Place): readonly Problem[] {
  const parted = grantsToRefresh(file, targets);
  if (!parted) return [];
  const found = [
    ["not permitted by polkit yet", parted.missing],
    ["still permitted by polkit", parted.surplus],
    ["written for other arguments", parted.changed],
  ] as const;
  const sentences = found.flatMap(([what, entries]) =>
    entries.length === 0 ? [] : [`${what}: ${entries.join(", ")}`],
  );
  return [
    {
      ...place(["targets"]),
      found: sentences.join("; "),
      expected: "what is listed under “actions”; “install.sh --refresh” as root brings it in line",
    },
  ];
}

/** What runs as root only because it did before: the installer keeps it, and nobody who reads the configuration would know. */
function rootWarnings({ file, targets }: Config, place: Place): readonly Problem[] {
  return actionsKeptAsRoot(file, targets).map(({ target, action }) => ({
    ...place(["targets"]),
    found: `“${action}” of “${target}” running as root, as it did before, without a “user”`,
    expected: `“user: root” on that action to keep it, or “user: ${SERVICE_USER}”; then “install.sh --refresh” as root`,
  }));
}
