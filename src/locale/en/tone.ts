/** The word that goes with each state's icon and colour. */
export const tone = {
  critical: "critical",
  warning: "warning",
  info: "info",
  well: "well",
  unknown: "unknown",
  acknowledged: "acknowledged",
  muted: "muted",
  maintenance: "in maintenance",
} as const;
