import type { ComponentFact } from "../model/facts.js";

/** Under which names the published forms keep the parts of a service. */
const CONTAINERS: readonly string[] = [
  // Spring Boot 2.2 and newer; 2.0.
  "components",
  "details",
  // ASP.NET Core: the form of its documentation, and the one of its user interface.
  "results",
  "entries",
  "healthChecks",
  // The health+json draft (draft-inadarei-api-health-check-06) and MicroProfile Health.
  "checks",
  // NestJS's Terminus.
  "error",
  "dependencies",
  "services",
];
const STATUSES: readonly string[] = ["status", "state", "health", "healthStatus"];
/** What the items of a list are called by. */
const NAMES: readonly string[] = ["name", "component", "componentName", "componentId", "key", "id"];

/** Words for a part that is down; and, if none is, for one that is not well. */
const DOWN =
  /^(?:down|out[_ -]of[_ -]service|unhealthy|fail(?:ed|ure|ing)?|error|critical|unavailable|offline|dead|ko)$/iu;
const UNWELL = /^(?:degraded|warn(?:ing)?|unknown|partial)$/iu;

/** Deeper, or more parts, than any service tells. */
const MOST_DEPTH = 5;
const MOST_PARTS = 1_000;

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

function firstText(fields: Fields, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = fields[key];
    if (typeof value === "string" && value !== "") return value;
    // A state within a state, as { "status": { "code": "DOWN" } } of Spring's older clients.
    const code = fieldsOf(value)?.["code"];
    if (typeof code === "string") return code;
  }
  return undefined;
}

interface Part {
  readonly name: string;
  readonly fields: Fields;
}

/** The parts that stand in a container: by name, as lists by name (health+json), or as one list whose items say their names. */
function partsIn(container: unknown): readonly Part[] {
  if (Array.isArray(container)) {
    return container.flatMap((item: unknown) => {
      const fields = fieldsOf(item);
      const name = fields && firstText(fields, NAMES);
      return fields && name !== undefined ? [{ name, fields }] : [];
    });
  }
  return Object.entries(fieldsOf(container) ?? {}).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).flatMap((item: unknown) => {
      const fields = fieldsOf(item);
      return fields ? [{ name, fields }] : [];
    }),
  );
}

function partsOf(fields: Fields): readonly Part[] {
  const contained = CONTAINERS.flatMap((name) => partsIn(fields[name]));
  if (contained.length > 0) return contained;
  // Spring Boot 1 has its parts beside its own status.
  return partsIn(fields).filter((part) => firstText(part.fields, STATUSES) !== undefined);
}

interface Search {
  left: number;
}

/** The deepest parts whose status is such a word: a part that only passes its own part's trouble on is no cause. */
function partsWith(word: RegExp, fields: Fields, search: Search, depth: number): readonly ComponentFact[] {
  if (depth > MOST_DEPTH) return [];
  return partsOf(fields).flatMap(({ name, fields: inner }) => {
    if ((search.left -= 1) < 0) return [];
    const within = partsWith(word, inner, search, depth + 1).map((part) => ({ ...part, name: `${name}/${part.name}` }));
    if (within.length > 0) return within;
    const status = firstText(inner, STATUSES);
    return status !== undefined && word.test(status.trim()) ? [{ name, status: status.trim() }] : [];
  });
}

/** The parts of a service that its own account of its health (Spring, ASP.NET, health+json, MicroProfile, Terminus) calls down, as it calls them. */
export function componentsDown(json: unknown): readonly ComponentFact[] {
  const fields = fieldsOf(json);
  if (!fields) return [];
  const found = [DOWN, UNWELL].map((word) => partsWith(word, fields, { left: MOST_PARTS }, 0));
  const down = found.find((parts) => parts.length > 0) ?? [];
  // The same part may stand in two containers.
  return [...new Map(down.map((part) => [part.name, part])).values()];
}
