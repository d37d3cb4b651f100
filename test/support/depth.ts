/** How many parts the exhaustive tests are cut into, of which CI goes through one each day. */
export const PARTS = 10;
/** Carries the depth of a run: absent (a sample), `all`, or the number of a part, from 0. */
export const DEPTH_VARIABLE = "TOBAN_TEST_DEPTH";

/** How much of what is exhaustive a run goes through. */
export type Depth = "sample" | "all" | { readonly part: number };

export function depthOf(value: string | undefined): Depth {
  if (value === undefined || value === "") return "sample";
  if (value === "all") return "all";
  const part = Number(value);
  if (!Number.isInteger(part) || part < 0 || part >= PARTS) {
    throw new Error(`${DEPTH_VARIABLE} is ${JSON.stringify(value)}; it takes "all" or a part from 0 to ${PARTS - 1}`);
  }
  return { part };
}

/**
 * What a run takes of an exhaustive list. `sample` names the places that every run of the ordinary tests takes. A part takes every tenth, and
 * at least one, so that a short list is never left out.
 */
export function taken<T>(
  cases: readonly T[],
  sample: readonly number[],
  depth: Depth = depthOf(process.env[DEPTH_VARIABLE]),
): readonly T[] {
  if (depth === "all") return cases;
  if (depth === "sample") return cases.filter((_, index) => sample.includes(index));
  const own = cases.filter((_, index) => index % PARTS === depth.part);
  return own.length > 0 ? own : cases.slice(depth.part % cases.length, (depth.part % cases.length) + 1);
}

/** Which moments a run takes of a sequence whose end is not known beforehand: the first one, counted from 1, and the distance to the next. */
export interface Stride {
  readonly first: number;
  readonly step: number;
}

export function stride(sample: Stride, depth: Depth = depthOf(process.env[DEPTH_VARIABLE])): Stride {
  if (depth === "all") return { first: 1, step: 1 };
  return depth === "sample" ? sample : { first: depth.part + 1, step: PARTS };
}
