import type { Alert, Transition } from "../model/alert.js";
import type { Rule } from "../model/rule.js";
import { worthKeeping } from "../rule/step.js";
import type { Tables } from "../store/contract.js";
import type { Draft } from "./memory.js";
import { VALUES_EVERY_MS, valuesDueAt } from "./rounds.js";
import { shownNumbers } from "./shown.js";
import type { Stepped, SteppedRun } from "./stepping.js";
import type { TurnAround } from "./turn.js";
import { Turn } from "./turn.js";

/** How old the row of an alert may be when only its numbers have changed. After a restart they are measured anew anyway. */
const ROW_EVERY_MS = 30_000;

/** Takes what the rules made of one run into the draft, through the stages. Returns what happened. */
export function applyRun(
  { target, steps }: SteppedRun,
  draft: Draft,
  tables: Tables,
  around: TurnAround,
): readonly Transition[] {
  const telling = steps.filter((one) => tells(one, draft));
  if (telling.length === 0 && draft.alertsOf(target).length === 0) return [];
  const transitions = telling.flatMap(({ transition }) => transition ?? []);
  for (const { next } of telling) draft.putAlert(next);
  const waiting = draft.alertsOf(target).filter((alert) => draft.waiting.get(alert.fingerprint));
  if (transitions.length > 0 || waiting.length > 0) new Turn(draft, tables, around).run(transitions, waiting);
  for (const one of telling) {
    if (one.transition === undefined && one.rule) showValues(one.next, one.rule, draft, around.now);
    keepOrForget(one, draft, around.now);
  }
  return transitions;
}

/** Most series of most runs are well, and were before: nothing is kept of them, and nothing has to be. */
function tells({ rule, previous, next, transition }: Stepped, draft: Draft): boolean {
  if (transition !== undefined || previous !== undefined) return true;
  return worthKeeping(rule, next) || draft.written.get(next.fingerprint) !== undefined;
}

/** A message shows newer numbers now and then, if a person would see the difference. */
function showValues(alert: Alert, rule: Rule, draft: Draft, now: number): void {
  if (alert.state !== "firing") return;
  for (const place of draft.places.get(alert.episode ?? "") ?? []) {
    const desk = draft.desks.get(place.incident);
    if (!desk || alert.lastSampleAt - place.alert.lastSampleAt < VALUES_EVERY_MS) continue;
    if (shownNumbers(alert, rule.unit) === shownNumbers(place.alert, rule.unit)) continue;
    draft.putEntry({ ...place, alert });
    // Raised in this very transaction: the edit shows this too.
    if (desk.valuesShownAt === now) continue;
    if (valuesDueAt(desk) > now) draft.desks.set(desk.incident.id, { ...desk, valuesStale: true });
    else {
      const incident = { ...desk.incident, revision: desk.incident.revision + 1 };
      draft.putDesk({ ...desk, incident, valuesShownAt: now, valuesStale: false });
    }
  }
}

/** Keeps an alert in memory while it matters, and its row in the store while a restart would need it. */
export function keepOrForget({ rule, previous, next, transition }: Stepped, draft: Draft, now: number): void {
  if (!worthKeeping(rule, next)) draft.removeAlert(next);
  const writtenAt = draft.written.get(next.fingerprint);
  if (!needsRow(rule, next)) {
    if (writtenAt === undefined) return;
    draft.alertRows.set(next.fingerprint, undefined);
    draft.written.delete(next.fingerprint);
    return;
  }
  const changed =
    transition !== undefined || previous?.state !== next.state || previous.ruleChecksum !== next.ruleChecksum;
  const moved = next.state !== "inactive" && next.lastSampleAt !== previous?.lastSampleAt;
  if (writtenAt !== undefined && !changed && (!moved || Math.abs(now - writtenAt) < ROW_EVERY_MS)) return;
  draft.alertRows.set(next.fingerprint, next);
  draft.written.set(next.fingerprint, now);
}

function needsRow(rule: Rule | undefined, alert: Alert): boolean {
  if (alert.state === "pending" || alert.state === "firing") return true;
  return alert.state === "inactive" && rule?.needsGoodFirst === true && !alert.neverGood;
}
