/** A value that a field can be compared with. */
export type Scalar = string | number | boolean | null;

export interface JsonMismatch {
  /** The path as configured. */
  readonly path: string;
  /** Where it differs, with wildcards filled in. */
  readonly at: string;
  readonly expected: Scalar;
  /** `undefined`: there is no such field. */
  readonly found: unknown;
}

const WILDCARD = "*";

/** The parts of a path: `services.*.state` → 3. A dot that belongs to a name is written `\.`, a backslash `\\`. */
export function pathParts(path: string): readonly string[] {
  const parts: string[] = [""];
  for (let index = 0; index < path.length; index += 1) {
    const character = path[index] ?? "";
    if (character === ".") parts.push("");
    else if (character === "\\" && index + 1 < path.length) {
      index += 1;
      parts[parts.length - 1] += path[index] ?? "";
    } else parts[parts.length - 1] += character;
  }
  return parts;
}

interface Place {
  readonly at: string;
  /** `undefined`, which JSON cannot say: the path ends here, before its last part. */
  readonly value: unknown;
}

/** The own fields of an object or the items of an array, by name or index; none of anything else. */
function fieldsOf(value: unknown): ReadonlyMap<string, unknown> {
  return new Map(typeof value === "object" && value !== null ? Object.entries(value) : []);
}

function step(place: Place, part: string): readonly Place[] {
  if (place.value === undefined) return [place];
  const fields = fieldsOf(place.value);
  const prefix = place.at === "" ? "" : `${place.at}.`;
  if (part !== WILDCARD || fields.size === 0) return [{ at: prefix + part, value: fields.get(part) }];
  return [...fields].map(([name, value]) => ({ at: prefix + name, value }));
}

/** All places a path leads to, also those where it ends early. `*` stands for every field of an object and every item of an array. */
export function placesAt(json: unknown, path: string): readonly Place[] {
  return pathParts(path).reduce<readonly Place[]>(
    (places, part) => places.flatMap((place) => step(place, part)),
    [{ at: "", value: json }],
  );
}

/**
 * The first field that is not as expected, in the order of the configuration. Every place a path leads to must have the expected
 * value, of the same type: a wildcard over nothing, and an item that lacks the field, are mismatches, not silent successes.
 */
export function findMismatch(json: unknown, expected: Readonly<Record<string, Scalar>>): JsonMismatch | undefined {
  for (const [path, value] of Object.entries(expected)) {
    const wrong = placesAt(json, path).find((place) => place.value !== value);
    if (wrong) return { path, at: wrong.at, expected: value, found: wrong.value };
  }
  return undefined;
}
