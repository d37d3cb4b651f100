import { existsSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { isAbsolute, join, resolve } from "node:path";

import type { z } from "zod";

import { messageOf, systemCodeOf } from "../base/errors.js";
import { LOG_FORMATS, LOG_LEVELS } from "../base/log.js";
import type { LogLevel } from "../base/log.js";
import type { ProbeKind } from "../model/contract/probe.js";
import { LINE_LEVELS } from "../model/log.js";
import type { Grant } from "../model/principal.js";
import type { Route } from "../model/route.js";
import type { RuleOverride } from "../model/rule.js";
import type { SeriesSpec } from "../model/sample.js";
import type { Config } from "./config.js";
import { envPlace } from "./env.js";
import type { EnvPlaces, RawEnv } from "./env.js";
import { issueWords, valueAt } from "./issue.js";
import { choicesText, keyText, shown } from "./problem.js";
import type { Problem } from "./problem.js";
import { deadReferences } from "./references.js";
import type { RuleReach } from "./references.js";
import {
  DEFAULTS,
  actionsSchema,
  fileSchema,
  grantSchema,
  routeSchema,
  ruleSchema,
  targetSchema,
  logSource,
  vectorSchema,
} from "./schema.js";
import type { FileInput } from "./schema.js";
import { buildTargets } from "./targets.js";
import type { Entry, TargetIssue } from "./targets.js";
import { parseYaml } from "./yaml.js";
import type { YamlFile } from "./yaml.js";

export interface LoadOptions {
  readonly env: RawEnv;
  readonly kinds: ReadonlyMap<string, ProbeKind>;
  readonly locales: readonly string[];
  readonly cwd: string;
  /** The built-in rules, and the series that every kind has beside its own: what the file's names may refer to. */
  readonly rules: Readonly<Record<string, RuleReach>>;
  readonly commonSeries: readonly SeriesSpec[];
  readonly envPlaces?: EnvPlaces;
}

export interface Loaded {
  readonly config?: Config;
  readonly problems: readonly Problem[];
  /** What is allowed but probably not meant. */
  readonly warnings: readonly Problem[];
  /** The rule entries that are well formed by themselves, with their place, also when other entries are not. */
  readonly rules: readonly { readonly path: readonly PropertyKey[]; readonly override: RuleOverride }[];
  /** Names the place of a path of the file, for problems that other rooms find (rules). */
  readonly place: (path: readonly PropertyKey[]) => Pick<Problem, "file" | "line" | "key">;
}

/** Reads and validates everything but secrets. All problems at once; a configuration only if there is none. */
export function loadConfig(options: LoadOptions): Loaded {
  const file = readFile(options);
  const problems: Problem[] = [...file.problems];
  const base = readBase(options, problems);
  const place = (path: readonly PropertyKey[]): Pick<Problem, "file" | "line" | "key"> => {
    const line = file.yaml?.lineOf(path);
    return { file: file.name, key: keyText(path), ...(line === undefined ? {} : { line }) };
  };
  const input = file.yaml === undefined ? {} : checkShape(file.yaml, place, options, problems);
  // Looked at entry by entry, so that a mistake elsewhere does not hide theirs.
  const root = file.yaml?.value;
  const { targets, named, issues } = buildTargets(valueAt(root, ["targets"]), options.kinds, input?.scrape?.interval);
  const referring = {
    rules: wellFormed(root, "rules", ruleSchema),
    routes: wellFormed(root, "routes", routeSchema),
    permissions: wellFormed(root, "permissions", grantSchema),
  };
  const rules = referring.rules.map((entry) => ({ path: ["rules", entry.index], override: ruleOf(entry.value) }));
  for (const issue of issues) problems.push(...targetProblems(issue, root, place, options));
  const { kinds, commonSeries } = options;
  const known = {
    targets: named,
    kinds,
    rules: options.rules,
    commonSeries,
    globalLabels: Object.keys(input?.labels ?? {}),
  };
  const warnings: Problem[] = [];
  for (const { path, maybe, found, expected } of deadReferences(referring, known)) {
    (maybe ? warnings : problems).push({ ...place(path), found, expected });
  }
  if (!base || !input || problems.length > 0) return { problems, warnings, rules, place };
  const config: Config = {
    ...base,
    file: file.path,
    timezone: input.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    host: input.host ?? hostOf(),
    labels: input.labels ?? {},
    targets,
    logSources: logSources(input),
    actions: {
      perHour: input.actions?.perHour ?? DEFAULTS.actionsPerHour,
      watchMs: input.actions?.watch ?? DEFAULTS.watchMs,
    },
    rules: rules.map((rule) => rule.override),
    routes: routesOf(input, base.opsChannel),
    permissions: { guild: base.guild, ...(input.permissions ? { grants: input.permissions.map(grantOf) } : {}) },
    systemBusAddress: options.env.DBUS_SYSTEM_BUS_ADDRESS,
  };
  return { config, problems, warnings, rules, place };
}

interface ReadFile {
  readonly name: string;
  readonly path: string | undefined;
  readonly yaml?: YamlFile;
  readonly problems: readonly Problem[];
}

function readFile(options: LoadOptions): ReadFile {
  const named = options.env.TOBAN_CONFIG;
  const name = named ?? "toban.yaml";
  const path = resolve(options.cwd, name);
  let source: string;
  try {
    source = readFileSync(path, "utf8");
  } catch (thrown) {
    if (named === undefined && systemCodeOf(thrown) === "ENOENT") return { name, path: undefined, problems: [] };
    return {
      name,
      path,
      problems: [{ file: name, key: "(whole file)", found: messageOf(thrown), expected: "a file that Toban may read" }],
    };
  }
  const { yaml, problems } = parseYaml(name, source);
  return { name, path, problems, ...(yaml ? { yaml } : {}) };
}

type Base = Pick<
  Config,
  | "guild"
  | "opsChannel"
  | "apiUrl"
  | "dataDir"
  | "logLevel"
  | "logFormat"
  | "logColour"
  | "locale"
  | "procRoot"
  | "hostRoot"
>;

function readBase(options: LoadOptions, problems: Problem[]): Base | undefined {
  const { env } = options;
  const before = problems.length;
  const complain = (key: string, found: string | undefined, expected: string): void => {
    problems.push({ ...envPlace(key, options.envPlaces), key, found: shown(found), expected });
  };
  const id = (key: "DISCORD_GUILD_ID" | "OPS_CHANNEL_ID"): string => {
    const value = env[key];
    if (value === undefined || !/^\d{17,20}$/.test(value)) complain(key, value, "a Discord id of 17 to 20 digits");
    return value ?? "";
  };
  const guild = id("DISCORD_GUILD_ID");
  const opsChannel = id("OPS_CHANNEL_ID");
  const apiUrl = env.DISCORD_API_URL ?? "https://discord.com/api";
  if (!isHttpUrl(apiUrl)) complain("DISCORD_API_URL", apiUrl, "an address such as https://discord.com/api");
  const logLevel = env.LOG_LEVEL ?? "info";
  if (!LOG_LEVELS.includes(logLevel as LogLevel)) complain("LOG_LEVEL", logLevel, choicesText(LOG_LEVELS, logLevel));
  const logFormat = env.LOG_FORMAT ?? "auto";
  const formats: readonly string[] = ["auto", ...LOG_FORMATS];
  if (!formats.includes(logFormat)) complain("LOG_FORMAT", logFormat, choicesText(formats, logFormat));
  const locale = env.TOBAN_LOCALE ?? "en";
  if (!options.locales.includes(locale)) complain("TOBAN_LOCALE", locale, choicesText(options.locales, locale));
  const procRoot = env.TOBAN_PROC_ROOT ?? "/proc";
  if (env.TOBAN_PROC_ROOT !== undefined && !existsSync(join(procRoot, "1/mountinfo"))) {
    complain("TOBAN_PROC_ROOT", procRoot, "a directory with the kernel's files of a host, such as a mounted /proc");
  }
  const hostRoot = env.TOBAN_HOST_ROOT;
  if (hostRoot !== undefined && (!isAbsolute(hostRoot) || !existsSync(hostRoot))) {
    complain("TOBAN_HOST_ROOT", hostRoot, "the absolute path of a directory that is there");
  }
  if (problems.length > before) return undefined;
  // systemd may name several state directories, joined by colons; the first is the one.
  const dataDir = resolve(options.cwd, env.TOBAN_DATA_DIR ?? env.STATE_DIRECTORY?.split(":")[0] ?? "data");
  return {
    guild,
    opsChannel,
    apiUrl: apiUrl.replace(/\/+$/, ""),
    dataDir,
    logLevel: logLevel as LogLevel,
    logFormat: logFormat as Config["logFormat"],
    logColour: env.NO_COLOR === undefined,
    locale,
    procRoot,
    hostRoot,
  };
}

function isHttpUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, username, password, search, hash } = new URL(value);
  // Paths are put behind it, and fetch refuses an address that holds a password.
  return /^https?:$/.test(protocol) && [username, password, search, hash].every((part) => part === "");
}

type Place = Loaded["place"];

function checkShape(yaml: YamlFile, place: Place, options: LoadOptions, problems: Problem[]): FileInput | undefined {
  // An empty file is a file without wishes.
  const result = fileSchema.safeParse(yaml.value ?? {});
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    for (const words of issueWords(issue, yaml.value, (path) => knownKeys(path, yaml.value, options))) {
      problems.push({ ...place(words.path), found: words.found, expected: words.expected });
    }
  }
  return undefined;
}

function targetProblems(target: TargetIssue, root: unknown, place: Place, options: LoadOptions): readonly Problem[] {
  if (!target.issue) {
    return [{ ...place(target.path), found: target.found ?? "", expected: target.expected ?? "" }];
  }
  const words = issueWords({ ...target.issue, path: [...target.path] }, root, (path) => knownKeys(path, root, options));
  return words.map((word) => ({ ...place(word.path), found: word.found, expected: word.expected }));
}

/** What may stand at a path, for "did you mean". */
function knownKeys(path: readonly PropertyKey[], root: unknown, options: LoadOptions): readonly string[] {
  const [section, index, ...rest] = path;
  if (section === undefined) return Object.keys(fileSchema.shape);
  if (section === "rules" && rest.length === 0) return Object.keys(ruleSchema.shape);
  if (section === "actions") return Object.keys(actionsSchema.shape);
  if (section === "routes" && rest.length === 0) return Object.keys(routeSchema.shape);
  if (section === "permissions" && rest.length === 0) return Object.keys(grantSchema.shape);
  if (section === "targets" && rest.length === 0) {
    const entry = (root as { targets?: readonly { kind?: unknown }[] }).targets?.[Number(index)];
    const kind = options.kinds.get(String(entry?.kind));
    return [...Object.keys(targetSchema.shape), ...optionKeys(kind)];
  }
  if (section === "targets" && rest[0] === "logs" && rest.length === 2) return Object.keys(logSource.shape);
  if (section === "targets" && rest[0] === "logs" && rest[2] === "level") return LINE_LEVELS;
  if (section === "targets" && rest[0] === "actions" && rest.length === 2) return Object.keys(vectorSchema.shape);
  return [];
}

/** The keys of a kind's options, where its schema is an object (all are). */
function optionKeys(kind: ProbeKind | undefined): readonly string[] {
  const shape: unknown = kind && "shape" in kind.options ? kind.options.shape : undefined;
  return typeof shape === "object" && shape !== null ? Object.keys(shape) : [];
}

function wellFormed<T>(root: unknown, section: string, schema: z.ZodType<T>): readonly Entry<T>[] {
  const list = valueAt(root, [section]);
  if (!Array.isArray(list)) return [];
  return list.flatMap((value: unknown, index) => {
    const parsed = schema.safeParse(value);
    return parsed.success ? [{ index, value: parsed.data }] : [];
  });
}

function hostOf(): string {
  return hostname().split(".")[0]?.slice(0, 64) ?? "localhost";
}

function logSources(input: FileInput): Config["logSources"] {
  return (input.targets ?? []).flatMap((target) =>
    (target.logs ?? []).map(({ name, file, stamp, level }) => ({
      source: `${target.name}/${name}`,
      target: target.name,
      file,
      ...(stamp === undefined ? {} : { stamp }),
      ...(level === undefined ? {} : { level: definedOnly(level) }),
    })),
  );
}

type RuleInput = NonNullable<FileInput["rules"]>[number];

function ruleOf({ for: forMs, keepFiringFor, ...rest }: RuleInput): RuleOverride {
  return {
    ...definedOnly(rest),
    ...(forMs === undefined ? {} : { forMs }),
    ...(keepFiringFor === undefined ? {} : { keepFiringForMs: keepFiringFor }),
  };
}

/** The same object without keys whose value is undefined, as `exactOptionalPropertyTypes` wants it. */
function definedOnly<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

type GrantInput = NonNullable<FileInput["permissions"]>[number];

function grantOf(input: GrantInput): Grant {
  return definedOnly(input);
}

function routesOf(input: FileInput, opsChannel: string): readonly Route[] {
  const routes = (input.routes ?? []).map((route): Route => {
    const { severity, targets, rules } = route.match ?? {};
    return {
      match: definedOnly({ severity: typeof severity === "string" ? [severity] : severity, targets, rules }),
      channel: route.channel,
      mentions: route.mention ?? DEFAULTS.route.mentions,
      groupBy: route.groupBy ?? DEFAULTS.route.groupBy,
      groupIntervalMs: route.groupInterval ?? DEFAULTS.route.groupIntervalMs,
      repeatIntervalMs: { ...DEFAULTS.route.repeatIntervalMs, ...definedOnly(route.repeatInterval ?? {}) },
      reopenWithinMs: DEFAULTS.route.reopenWithinMs,
    };
  });
  // Whatever no route takes goes to the ops channel: an alert without a way out would be lost.
  return [...routes, { ...DEFAULTS.route, channel: opsChannel, fallback: true }];
}
