import { catalogueFor } from "../locale/index.js";
import type { Alert } from "../model/alert.js";
import type { RuleUnit } from "../model/rule.js";

/** Numbers are rounded in the same way in every language, so one of them can tell whether a reader would see a difference. */
const { units } = catalogueFor("en");

const HOUR_MS = 3_600_000;

/** What a person would see of an alert's numbers and reason: two alerts with the same text need no edit. */
export function shownNumbers(alert: Alert, unit: RuleUnit): string {
  const end = alert.exhaustedAt === undefined ? "" : String(Math.round(alert.exhaustedAt / HOUR_MS));
  const why = alert.failure ?? alert.reason ?? "";
  return `${valueText(alert.value, unit)} ${valueText(alert.worst, unit)} ${end} ${why}`;
}

function valueText(value: number, unit: RuleUnit): string {
  return unit === "bool" ? "" : units[unit](value);
}
