import { SECRET_CLASSES } from "../src/base/mask/classes.js";
import { MARKED_TOKENS, NAMED_TOKENS, PREFIXED_TOKENS } from "../src/base/mask/vendors.js";
import { commands } from "../commands/index.js";
import { durationText } from "../src/base/quantity.js";
import { EXIT } from "../src/cli/exit-code.js";
import { commonTargetJsonSchema } from "../src/config/describe.js";
import { ENV_KEYS, ENV_KEY_NAMES } from "../src/config/env.js";
import { catalogueFor } from "../src/locale/index.js";
import { BOT_PERMISSIONS, BOT_PERMISSION_BITS } from "../src/model/bot-permissions.js";
import { VERBS } from "../src/model/principal.js";
import type { Rule, Threshold } from "../src/model/rule.js";
import { LOADS } from "../src/model/view.js";
import { probeKinds } from "../src/probe/index.js";
import { LOAD_FROM, PING_BANDS } from "../src/report/bands.js";
import { mergeRules } from "../src/rule/merge.js";

const words = catalogueFor("en");

type Row = readonly string[];

function table(head: Row, rows: readonly Row[]): string {
  const line = (cells: Row): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

const code = (value: string): string => `\`${value}\``;

/** docs/reference.md: every table that follows from the code. */
export function reference(): string {
  return `${[
    "# Reference",
    "Generated from the code by `npm run generate`; changes here are overwritten.",
    "## Environment",
    table(
      ["key", "needed", "meaning"],
      ENV_KEY_NAMES.map((key) => [code(key), ENV_KEYS[key].required ? "yes" : "", ENV_KEYS[key].help]),
    ),
    "## Probes",
    table(
      ["kind", "measures", "every", "deadline"],
      probeKinds.kinds.map((kind) => [
        code(kind.kind),
        kind.help,
        `${kind.defaultIntervalMs / 1_000} s`,
        `${kind.defaultTimeoutMs / 1_000} s`,
      ]),
    ),
    "## Log files",
    "The keys of an entry of a target's `logs:`. Times and levels that programs usually write are known by themselves.",
    table(
      ["key", "meaning"],
      Object.entries(commonTargetJsonSchema().properties?.["logs"]?.items?.properties ?? {}).map(([key, value]) => [
        code(key),
        value.description ?? "",
      ]),
    ),
    "## Series",
    "Every series has the labels `host` and `target`.",
    table(
      ["series", "unit", "type", "labels", "meaning"],
      probeKinds
        .series()
        .map((spec) => [code(spec.name), spec.unit, spec.kind, (spec.labels ?? []).map(code).join(" "), spec.help]),
    ),
    "## Rules",
    "Each can be changed under its name in `rules:`.",
    table(["rule", "looks at", "warning", "critical", "for", "over when", "means", "do"], ruleRows()),
    "## Commands",
    table(["command", "what it answers", "verb", "options"], commandRows()),
    "## What /ping expects",
    `By requests to Discord a minute: light below ${LOAD_FROM.moderate}, moderate up to ${LOAD_FROM.heavy}, heavy above. Up to the first figure a reading is good, up to the second it is tolerated; of the share of transactions, from there on.`,
    table(["reading", "light", "moderate", "heavy"], bandRows()),
    "## Permissions",
    `The verbs of \`permissions:\`: ${VERBS.map(code).join(", ")}.`,
    `What the bot itself needs in the server (sum ${code(String(BOT_PERMISSION_BITS))}):`,
    table(
      ["permission", "bit", "what for"],
      Object.entries(BOT_PERMISSIONS).map(([name, { bit, why }]) => [code(name), code(String(bit)), why]),
    ),
    "## Secrets that are masked",
    "By how they are written, whatever invisible stands in or beside them; private keys over all their lines; all of it in JSON, URLs and base64 too, and beside labels in Japanese.",
    table(
      ["class", "what is masked"],
      SECRET_CLASSES.map(({ name, what }) => [code(name), what]),
    ),
    `Vendors whose tokens are known by themselves: ${vendorsOf([...PREFIXED_TOKENS, ...MARKED_TOKENS])}.`,
    `Vendors whose tokens are known by the name beside them: ${vendorsOf(NAMED_TOKENS)}.`,
    "## Exit codes",
    table(
      ["name", "code"],
      Object.entries(EXIT).map(([name, value]) => [name, String(value)]),
    ),
    ...laterSections(),
  ].join("\n\n")}\n`;
}

function vendorsOf(rows: readonly { readonly vendor: string }[]): string {
  return [...new Set(rows.map(({ vendor }) => vendor))].join(", ");
}

function shownValue(value: number, unit: string): string {
  if (unit === "ratio") return words.units.ratio(value);
  if (unit === "seconds") return words.units.seconds(value);
  if (unit === "bytes") return words.units.bytes(value);
  return String(value);
}

function shownThreshold(threshold: Threshold | undefined, unit: string): string {
  return threshold === undefined ? "" : `${threshold.op} ${shownValue(threshold.value, unit)}`;
}

function reductionText(rule: Rule): string {
  const { reduction } = rule;
  switch (reduction.by) {
    case "last":
      return code(rule.series);
    case "quantile":
      return `${reduction.q === 0.5 ? "median" : `p${reduction.q * 100}`} of ${reduction.runs} × ${code(rule.series)}`;
    case "increase":
      return `rise of ${code(rule.series)} in ${durationText(reduction.windowMs)}`;
    case "in_a_row":
      return `runs in a row with ${code(rule.series)} ${shownThreshold(reduction.bad, "count")}`;
    case "largest":
      return `largest ${code(rule.series)} in ${durationText(reduction.windowMs)}`;
    case "seconds_until":
      return `time until ${code(rule.series)}`;
    default:
      return reduction satisfies never;
  }
}

function ruleRows(): readonly Row[] {
  return mergeRules([]).rules.map((rule) => {
    const level = (severity: string): string =>
      shownThreshold(rule.levels.find((candidate) => candidate.severity === severity)?.threshold, rule.unit);
    const lowest = rule.levels[0];
    const said = words.rules[rule.name as keyof typeof words.rules];
    const clear = shownThreshold(lowest?.clear, rule.unit);
    const good = rule.goodRuns > 1 ? `${rule.goodRuns} good runs` : "";
    const keep = rule.keepFiringForMs > 0 ? `well for ${durationText(rule.keepFiringForMs)}` : "";
    const over = [clear, good, keep].filter((part) => part !== "").join(", ");
    return [
      code(rule.name),
      reductionText(rule),
      level("warning"),
      level("critical"),
      durationText(lowest?.forMs ?? 0),
      over === "" ? "the limit holds again" : over,
      said.means,
      said.do,
    ];
  });
}

function commandRows(): readonly Row[] {
  return commands.map((command) => [
    code(`/${command.name}`),
    command.description,
    code(command.verb({})),
    command.options.map((option) => `${code(option.name)}: ${option.description}`).join("; "),
  ]);
}

function bandRows(): readonly Row[] {
  return Object.entries(PING_BANDS).map(([name, { unit, bands }]) => [
    name,
    ...LOADS.map((load) => `${shownValue(bands[load].good, unit)} / ${shownValue(bands[load].tolerated, unit)}`),
  ]);
}

function laterSections(): readonly string[] {
  const { reason } = words;
  const rows = (
    texts: Readonly<Record<string, { readonly short: string; readonly means: string; readonly do: string }>>,
  ): readonly Row[] => Object.entries(texts).map(([name, entry]) => [code(name), entry.short, entry.means, entry.do]);
  return [
    "## Reasons",
    "Why a target's answer was bad: each is a measurement.",
    table(["code", "in short", "meaning", "what to do"], rows(reason.reasons)),
    "Why nothing could be measured: Toban's own trouble, never the target's.",
    table(["code", "in short", "meaning", "what to do"], rows(reason.failures)),
  ];
}
