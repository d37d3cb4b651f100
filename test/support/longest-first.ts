import { BaseSequencer } from "vitest/node";
import type { TestSpecification } from "vitest/node";

/** Rooms of tests, those first that wait for processes the longest. */
const ROOMS = ["test/story/deploy/", "test/chaos/", "test/story/", "test/contract/", "test/property/", "test/"];

function rank({ moduleId }: TestSpecification): number {
  return ROOMS.findIndex((room) => moduleId.includes(`/${room}`));
}

/** Begins with what takes long, so that no long file is left alone at the end. It needs no memory of earlier runs. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const byName = (one: TestSpecification, other: TestSpecification): number =>
      one.moduleId < other.moduleId ? -1 : 1;
    return files.toSorted((one, other) => rank(one) - rank(other) || byName(one, other));
  }
}
