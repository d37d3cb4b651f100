import { assertNever } from "../base/errors.js";
import type { Text } from "../base/text.js";
import { join, text } from "../base/text.js";
import type { Catalogue } from "../locale/index.js";
import type { Alert } from "../model/alert.js";
import type { Facts, HostFacts, HttpFacts, UnitFacts } from "../model/facts.js";
import { valueText } from "./alert-words.js";

const PROCESSES_SHOWN = 3;

function processes(facts: HostFacts, by: "cpu" | "memory", catalogue: Catalogue): Text {
  const size = (fact: HostFacts["top"][number]): number => (by === "cpu" ? (fact.cpuRatio ?? 0) : fact.residentBytes);
  const shown = facts.top
    .filter((fact) => size(fact) > 0)
    .toSorted((a, b) => size(b) - size(a))
    .slice(0, PROCESSES_SHOWN);
  const amount = (fact: HostFacts["top"][number]): string =>
    by === "cpu" ? catalogue.units.ratio(size(fact)) : catalogue.units.bytes(size(fact));
  return join(
    shown.map((fact) => catalogue.alert.process(fact.name, amount(fact))),
    " · ",
  );
}

function hostEvidence(alert: Alert, facts: HostFacts, catalogue: Catalogue): readonly Text[] {
  const words = catalogue.alert;
  if (alert.rule === "HostCpu") {
    const busiest = processes(facts, "cpu", catalogue);
    return busiest.length === 0 ? [] : [words.busiest(busiest)];
  }
  if (alert.rule === "HostMemory" || alert.rule === "HostSwapping" || alert.rule === "HostOom") {
    const largest = processes(facts, "memory", catalogue);
    const victim = alert.rule === "HostOom" ? facts.oomVictim : undefined;
    return [
      ...(victim === undefined ? [] : [words.victim(victim.name, victim.at)]),
      ...(largest.length === 0 ? [] : [words.largest(largest)]),
    ];
  }
  const mount = facts.mounts.find((fact) => fact.mount === alert.labels["mount"]);
  if (alert.rule === "HostDisk" && mount !== undefined) {
    return [words.left(catalogue.units.bytes(mount.availableBytes), catalogue.units.bytes(mount.sizeBytes))];
  }
  return [];
}

function unitEvidence(alert: Alert, facts: UnitFacts, catalogue: Catalogue): readonly Text[] {
  const words = catalogue.alert;
  const withStatus = (said: Text, status: number | undefined): Text =>
    status === undefined || status === 0 ? said : text`${said}, ${words.exitStatus(status)}`;
  const state = withStatus(words.unitState(facts.active, facts.sub, facts.result), facts.exitStatus);
  const { lastFailure } = facts;
  // A unit that runs again tells nothing of how it ended.
  const forgotten = alert.rule === "UnitRestarted" && (facts.result === undefined || facts.result === "success");
  if (!forgotten || lastFailure === undefined) return [state];
  return [withStatus(words.lastFailure(lastFailure.result), lastFailure.exitStatus), state];
}

function httpEvidence(alert: Alert, facts: HttpFacts, catalogue: Catalogue): readonly Text[] {
  const words = catalogue.alert;
  const { mismatch, certificate } = facts;
  const until =
    certificate === undefined ? [] : [words.certificate(certificate.subject, certificate.validTo, certificate.leaf)];
  if (alert.rule === "HttpCertificate" && until.length > 0) return until;
  return [
    words.url(facts.url),
    ...(alert.reason === "certificate_invalid" ? until : []),
    ...(mismatch === undefined ? [] : [words.mismatch(mismatch.what, mismatch.expected, mismatch.found)]),
  ];
}

function factsEvidence(alert: Alert, facts: Facts, catalogue: Catalogue): readonly Text[] {
  switch (facts.kind) {
    case "host":
      return hostEvidence(alert, facts, catalogue);
    case "unit":
      return unitEvidence(alert, facts, catalogue);
    case "http":
      return httpEvidence(alert, facts, catalogue);
    case "self":
    case "discord":
      return [];
    default:
      return assertNever(facts);
  }
}

/** Where a value is going, in words: `rising 1.2 points/h`. */
function tendency(alert: Alert, catalogue: Catalogue): readonly Text[] {
  const { unit } = catalogue.alert.phraseOfRule(alert.rule);
  const slope = alert.slopePerHour;
  // Of how full something is one wants to know where it goes; an answer's time or a certificate's days go nowhere.
  if (slope === undefined || (unit !== "ratio" && unit !== "bytes")) return [];
  const change =
    unit === "ratio" ? catalogue.alert.points(Math.abs(slope)) : valueText(unit, Math.abs(slope), catalogue);
  // A slope that rounds to nothing is no tendency.
  if (unit === "ratio" ? Math.abs(slope) < 0.001 : Math.abs(slope) < Math.abs(alert.value) * 0.01) return [];
  return [slope > 0 ? catalogue.alert.rising(change) : catalogue.alert.falling(change)];
}

/** What was seen when it fired, and where it goes: at most a few short lines. */
export function evidenceLines(alert: Alert, catalogue: Catalogue): readonly Text[] {
  const { unit } = catalogue.alert.phraseOfRule(alert.rule);
  const worse = unit !== "none" && valueText(unit, alert.worst, catalogue) !== valueText(unit, alert.value, catalogue);
  const course = [
    ...(worse ? [catalogue.alert.atWorst(valueText(unit, alert.worst, catalogue))] : []),
    ...tendency(alert, catalogue),
  ];
  return [
    ...(course.length === 0 ? [] : [join(course, " · ")]),
    ...(alert.failure === undefined || !alert.detail ? [] : [catalogue.alert.detail(alert.detail)]),
    ...(alert.evidence === undefined ? [] : factsEvidence(alert, alert.evidence, catalogue)),
  ];
}
