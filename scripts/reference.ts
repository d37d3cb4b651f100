import { EXIT } from "../src/cli/exit-code.js";
import { ENV_KEYS, ENV_KEY_NAMES } from "../src/config/env.js";
import { catalogueFor } from "../src/locale/index.js";
import { BOT_PERMISSIONS, BOT_PERMISSION_BITS } from "../src/model/bot-permissions.js";
import { VERBS } from "../src/model/principal.js";
import { probeKinds } from "../src/probe/index.js";

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
    "## Series",
    "Every series has the labels `host` and `target`.",
    table(
      ["series", "unit", "type", "labels", "meaning"],
      probeKinds
        .series()
        .map((spec) => [code(spec.name), spec.unit, spec.kind, (spec.labels ?? []).map(code).join(" "), spec.help]),
    ),
    "## Permissions",
    `The verbs of \`permissions:\`: ${VERBS.map(code).join(", ")}.`,
    `What the bot itself needs in the server (sum ${code(String(BOT_PERMISSION_BITS))}):`,
    table(
      ["permission", "bit", "what for"],
      Object.entries(BOT_PERMISSIONS).map(([name, { bit, why }]) => [code(name), code(String(bit)), why]),
    ),
    "## Exit codes",
    table(
      ["name", "code"],
      Object.entries(EXIT).map(([name, value]) => [name, String(value)]),
    ),
    ...laterSections(),
  ].join("\n\n")}\n`;
}

function laterSections(): readonly string[] {
  const { reason } = catalogueFor("en");
  const rows = (
    words: Readonly<Record<string, { readonly short: string; readonly sentence: string }>>,
  ): readonly Row[] => Object.entries(words).map(([name, { short, sentence }]) => [code(name), short, sentence]);
  return [
    "## Reasons",
    "Why a target's answer was bad: each is a measurement.",
    table(["code", "in short", "meaning"], rows(reason.reasons)),
    "Why nothing could be measured: Toban's own trouble, never the target's.",
    table(["code", "in short", "meaning"], rows(reason.failures)),
  ];
}
