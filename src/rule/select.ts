import { matchesGlob } from "../base/glob.js";
import type { Labels } from "../model/labels.js";
import { matches } from "../model/labels.js";
import type { Rule, RuleSelection } from "../model/rule.js";

/** What a series is called from the outside, as a rule selects it. */
export interface Candidate {
  readonly target: string;
  readonly kind: string;
  /** Labels of the series, without host and target. */
  readonly labels: Labels;
}

/** Whether a rule looks at this series. Of several rules with one name at most one does. */
export function selects(rule: Rule, candidate: Candidate): boolean {
  if (!forKind(rule, candidate.kind) || !covers(rule, candidate)) return false;
  return !rule.except.some((selection) => covers(selection, candidate));
}

function forKind(rule: Rule, kind: string): boolean {
  if (!rule.kinds) return true;
  return "only" in rule.kinds ? rule.kinds.only.includes(kind) : !rule.kinds.except.includes(kind);
}

function covers(selection: RuleSelection, candidate: Candidate): boolean {
  if (selection.where && !matches(candidate.labels, selection.where)) return false;
  return selection.targets === undefined || selection.targets.some((glob) => matchesGlob(glob, candidate.target));
}
