import type { Catalogue } from "../locale/index.js";
import type { RuleName } from "./defaults/index.js";
import { isRuleName } from "./defaults/index.js";

/** What people read of a rule. */
export interface RuleWords {
  /** What is wrong, as short as a push notification wants it: `disk /`. `labels`: those of the series. */
  readonly title: (labels: Readonly<Record<string, string>>) => string;
  /** One sentence: what it means. */
  readonly means: string;
  /** One sentence: what to do. */
  readonly do: string;
}

/** The words of a built-in rule in one language. A language that lacks one does not compile here. */
export function wordsOf(catalogue: Catalogue, rule: string): RuleWords | undefined {
  const table: Readonly<Record<RuleName, RuleWords>> = catalogue.rules;
  return isRuleName(rule) ? table[rule] : undefined;
}
