import { z } from "zod";

import type { ProbeKind } from "../model/contract/probe.js";
import { ENV_KEYS, ENV_KEY_NAMES } from "./env.js";
import { fileSchema, targetSchema } from "./schema.js";

/** The parts of JSON Schema that our schemas use. */
export interface JsonSchema {
  readonly $schema?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly [other: string]: unknown;
}

function toJson(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema;
}

/** The keys that every kind of target has. */
export function commonTargetJsonSchema(): JsonSchema {
  return toJson(targetSchema);
}

/** One kind of target with all its keys: the common ones and its own. */
export function targetJsonSchema(kind: ProbeKind): JsonSchema {
  const base = commonTargetJsonSchema();
  const own = toJson(kind.options);
  return {
    type: "object",
    description: kind.help,
    properties: { ...base.properties, kind: { const: kind.kind }, ...own.properties },
    required: [...new Set([...(base.required ?? []), ...(own.required ?? [])])],
    additionalProperties: false,
  };
}

/** JSON Schema of `toban.yaml`, for editors. */
export function configJsonSchema(kinds: readonly ProbeKind[]): JsonSchema {
  const file = toJson(fileSchema);
  const targets = file.properties?.["targets"];
  return {
    ...file,
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Toban configuration",
    properties: { ...file.properties, targets: { ...targets, items: { anyOf: kinds.map(targetJsonSchema) } } },
  };
}

/** `.env.example`: every key with what it means, the required ones first and open. */
export function envExample(): string {
  const blocks = ENV_KEY_NAMES.map((key) => {
    const { help, example, required } = ENV_KEYS[key];
    return [...wrap(help, 100), `${required ? "" : "# "}${key}=${example}`].join("\n");
  });
  return `# Copy to .env and fill in the first three. Nothing else is needed.\n\n${blocks.join("\n\n")}\n`;
}

/** Breaks a sentence into comment lines. */
export function wrap(sentence: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of sentence.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length + 1 <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`# ${word}`);
  }
  return lines;
}
