import { stringify } from "yaml";

import type { ProbeKind } from "../model/contract/probe.js";
import { commonTargetJsonSchema, configJsonSchema, targetJsonSchema, wrap } from "./describe.js";
import type { JsonSchema } from "./describe.js";
import { targetSchema } from "./schema.js";

/** Sections as a person would begin with them. Everything else about the file comes from the schema. */
const EXAMPLES: Readonly<Record<string, unknown>> = {
  labels: { environment: "production" },
  host: "web-1",
  timezone: "Europe/Berlin",
  scrape: { interval: "15s" },
  actions: { perHour: 3, watch: "30s" },
  rules: [
    { name: "HostMemory", warning: "> 80%", critical: "> 90%", clear: "< 75%", for: "5m" },
    { name: "HostDisk", where: { mount: "/" }, critical: "> 85%" },
  ],
  routes: [{ match: { severity: "critical" }, channel: "123456789012345678", mention: ["role:234567890123456789"] }],
  permissions: [
    { role: "345678901234567890", may: ["view", "logs", "acknowledge", "silence"] },
    { role: "456789012345678901", may: ["restart"], on: ["shop*"] },
  ],
};

/** One target per kind, as a person would begin with it. A kind without an entry is shown with its required keys. */
const TARGET_EXAMPLES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  unit: { name: "shop", unit: "shop.service", actions: ["restart"] },
  http: {
    name: "web",
    url: "http://127.0.0.1:3003/health",
    interval: "30s",
    expect: { status: 200, json: { status: "healthy" } },
    actions: [{ name: "restart", run: ["/usr/local/bin/restart-web", "--graceful"], timeout: "60s", user: "root" }],
    logs: [{ name: "error", file: "/var/log/web/error.log" }],
  },
};

const WIDTH = 100;

/**
 * The commented sample: every section and every key with what it means. `##` explains, `#` is YAML: with the single `#`
 * taken off, it is a valid file.
 */
export function sampleConfig(kinds: readonly ProbeKind[]): string {
  const schema = configJsonSchema(kinds);
  const sections = Object.entries(schema.properties ?? {}).map(([key, section]) =>
    key === "targets" ? targetsSection(section, kinds) : plainSection(key, section),
  );
  const head = [
    "# yaml-language-server: $schema=./toban.schema.json",
    ...explained("Everything here is optional: without this file, the host and Toban itself are watched well."),
    ...explained(
      "Take the single “#” off what you want to say. `npx toban check-config` tells what is wrong, with the line.",
    ),
  ];
  return `${[head.join("\n"), ...sections].join("\n\n")}\n`;
}

function explained(sentence: string, indent: string = ""): readonly string[] {
  return wrap(sentence, WIDTH - indent.length).map((line) => line.replace(/^# ?/, `## ${indent}`));
}

function plainSection(key: string, section: JsonSchema): string {
  const about = section.description === undefined ? [] : explained(section.description);
  return [...about, ...keyLines(section.items ?? section), ...commented({ [key]: EXAMPLES[key] ?? null })].join("\n");
}

/** What may stand in the entries of a section, and in those of a list in them. */
function keyLines(section: JsonSchema, leaveOut: readonly string[] = [], indent: string = "  "): readonly string[] {
  return Object.entries(section.properties ?? {}).flatMap(([key, value]) =>
    value.description === undefined || leaveOut.includes(key)
      ? []
      : [
          ...explained(`${key}: ${value.description}`, indent),
          ...(value.items === undefined ? [] : keyLines(value.items, [], `${indent}  `)),
        ],
  );
}

function targetsSection(section: JsonSchema, kinds: readonly ProbeKind[]): string {
  const shown = kinds.filter((kind) => TARGET_EXAMPLES[kind.kind] !== undefined || needsKeys(kind));
  const common = Object.keys(targetSchema.shape);
  const entries = shown.flatMap((kind) => {
    const { name = kind.kind, ...own } = TARGET_EXAMPLES[kind.kind] ?? {};
    const example = commented({ targets: [{ name, kind: kind.kind, ...own }] }).slice(1);
    return [...explained(`${kind.kind}: ${kind.help}`), ...keyLines(targetJsonSchema(kind), common), ...example];
  });
  const about = [...explained(section.description ?? ""), ...explained("Every target has:")];
  return [...about, ...keyLines(commonTargetJsonSchema()), "# targets:", ...entries].join("\n");
}

function needsKeys(kind: ProbeKind): boolean {
  return !kind.options.safeParse({}).success;
}

function commented(value: unknown): readonly string[] {
  return stringify(value, { lineWidth: 0, collectionStyle: "any" })
    .trimEnd()
    .split("\n")
    .map((line) => `# ${line}`);
}
