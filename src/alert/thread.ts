import type { Incident, IncidentTurn } from "../model/incident.js";

/** The message shows one beginning and one end; from the third turn on it no longer holds the story. */
const THREAD_FROM = 3;
/** What is kept of an incident that comes and goes for days. */
const KEPT_TURNS = 20;

/**
 * Notes a beginning or an end, and says what is to be told of it in the incident's thread: the whole story with the third turn,
 * each further turn by itself. A storm tells its story in its file and opens no thread.
 */
export function turned(
  incident: Incident,
  turn: IncidentTurn,
): { readonly incident: Incident; readonly line: readonly IncidentTurn[] } {
  const turns = [...(incident.turns ?? []), turn].slice(-KEPT_TURNS);
  const noted = { ...incident, turns };
  if (incident.kind === "storm" || turns.length < THREAD_FROM) return { incident: noted, line: [] };
  return { incident: noted, line: turns.length === THREAD_FROM ? turns : [turn] };
}
