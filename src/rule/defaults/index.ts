import type { RuleDefinition } from "../definition.js";
import { DISCORD_RULES } from "./discord.js";
import { HOST_RULES } from "./host.js";
import { HTTP_RULES } from "./http.js";
import { TARGET_RULES } from "./target.js";
import { TOBAN_RULES } from "./toban.js";
import { UNIT_RULES } from "./unit.js";

const TABLE = {
  ...HOST_RULES,
  ...TARGET_RULES,
  ...UNIT_RULES,
  ...HTTP_RULES,
  ...DISCORD_RULES,
  ...TOBAN_RULES,
} as const;

export type RuleName = keyof typeof TABLE;

/** Every built-in rule. Each can be changed field by field under its name. */
export const DEFAULT_RULES: Readonly<Record<RuleName, RuleDefinition>> = TABLE;

// Object.keys forgets the type; the table above has no other keys.
export const RULE_NAMES = Object.keys(TABLE) as readonly RuleName[];

export function isRuleName(name: string): name is RuleName {
  return Object.hasOwn(TABLE, name);
}
