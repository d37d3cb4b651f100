import { managerCall } from "../../base/systemd/protocol.js";
import { unitStateOf } from "../../base/systemd/unit-state.js";
import type { ActionState, Dependent } from "../../model/action.js";
import type { Properties, SystemdSession } from "./session.js";

const RELATIONS = ["RequiredBy", "BoundBy", "ConsistsOf"] as const;
/** A unit that more units hang on is none that somebody restarts by a button. */
const MOST_DEPENDENTS = 100;

/** How a unit stands now; what cannot be seen is absent. */
export async function unitState(session: SystemdSession, name: string, signal: AbortSignal): Promise<ActionState> {
  const read = await session.unit(name, signal);
  if (!read.ok) return { by: "systemd", dependents: [] };
  const { unit, ofType } = read.value;
  const state = unitStateOf(unit, ofType);
  const dependents = await dependentsOf(session, unit, signal);
  if (!state) return { by: "systemd", dependents };
  const { active, sub, since, mainPid, memoryBytes } = state;
  return {
    by: "systemd",
    active,
    sub,
    ...(since === undefined ? {} : { since }),
    ...(mainPid === undefined ? {} : { mainPid }),
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    dependents,
  };
}

/** The units that go down with this one, each with its state. A unit in two relations is told once, by the stronger one. */
async function dependentsOf(
  session: SystemdSession,
  unit: Properties,
  signal: AbortSignal,
): Promise<readonly Dependent[]> {
  const relations = new Map<string, Dependent["relation"]>();
  for (const relation of RELATIONS) {
    for (const name of namesIn(unit.get(relation))) if (!relations.has(name)) relations.set(name, relation);
  }
  const entries = [...relations].slice(0, MOST_DEPENDENTS);
  if (entries.length === 0) return [];
  const names = entries.map(([name]) => name);
  const reply = await session.call(managerCall("ListUnitsByNames", "as", [names]), signal);
  const states = new Map(reply.ok ? statesIn(reply.body[0]) : []);
  return entries.map(([name, relation]) => ({ unit: name, relation, active: states.get(name) ?? "unknown" }));
}

function namesIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((name): name is string => typeof name === "string") : [];
}

/** Name and active state, which are first and fourth of a listed unit's fields. */
function statesIn(list: unknown): readonly (readonly [string, string])[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: unknown): [string, string][] => {
    if (!Array.isArray(entry)) return [];
    const fields: readonly unknown[] = entry;
    const [name, , , active] = fields;
    return typeof name === "string" && typeof active === "string" ? [[name, active]] : [];
  });
}
