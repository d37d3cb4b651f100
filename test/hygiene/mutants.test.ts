import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";
import { parse } from "yaml";

const FOLDER = "test/mutants";

interface Mutant {
  readonly bug: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  readonly tests: readonly string[];
}

const mutants = readdirSync(FOLDER).flatMap((name) => parse(readFileSync(join(FOLDER, name), "utf8")) as Mutant[]);

describe("the list of mutants", () => {
  it("names each bug once", () => {
    const bugs = mutants.map(({ bug }) => bug);
    expect(bugs.filter((bug, index) => bugs.indexOf(bug) !== index)).toEqual([]);
  });

  it("fits the code: each text stands once in its file, each change changes something, each test exists", () => {
    const misfits = mutants.filter(({ file, find, replace, tests }) => {
      const times = existsSync(file) ? readFileSync(file, "utf8").split(find).length - 1 : 0;
      return times !== 1 || find === replace || !tests.every(existsSync);
    });
    expect(misfits.map(({ bug }) => bug)).toEqual([]);
  });
});
