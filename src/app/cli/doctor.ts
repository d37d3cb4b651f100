import { systemClock } from "../../base/clock.js";
import { EXIT } from "../../cli/exit-code.js";
import type { ExitCode } from "../../cli/exit-code.js";
import type { OutputFormat, Printed } from "../../cli/printed.js";
import { mask } from "../../base/mask/mask.js";
import { oneLine } from "../../message/sanitize.js";
import { TONE_LOOKS } from "../../message/tone.js";
import type { Finding, FindingState } from "../../model/finding.js";
import type { Tone } from "../../model/message.js";
import { examine } from "../doctor/doctor.js";
import { withSettings } from "./guest.js";

const TONES: Readonly<Record<FindingState, Tone>> = {
  well: "well",
  warning: "warning",
  failed: "critical",
  skipped: "unknown",
};

/** Looks at the whole set-up and says for each fault the one thing to do. */
export function doctor(format: OutputFormat): Promise<Printed> {
  return withSettings(async (settings, catalogue) => {
    const findings = await examine(settings, systemClock, catalogue);
    const code = codeOf(findings);
    if (format === "json") return { code, output: JSON.stringify({ findings }, undefined, 2) };
    const words = catalogue.doctor;
    const lines = findings.flatMap(({ check, state, found, remedy }) => [
      `${TONE_LOOKS[TONES[state]].icon} ${words.states[state].padEnd(8)}${check}: ${oneLine(mask(found).text)}`,
      ...(remedy === undefined ? [] : [`   ${words.remedy(oneLine(remedy))}`]),
    ]);
    const count = (state: FindingState): number => findings.filter((finding) => finding.state === state).length;
    return { code, output: [...lines, words.total(count("failed"), count("warning"))].join("\n") };
  });
}

function codeOf(findings: readonly Finding[]): ExitCode {
  if (findings.some((finding) => finding.refused)) return EXIT.refused;
  return findings.some((finding) => finding.state === "failed") ? EXIT.firing : EXIT.well;
}
