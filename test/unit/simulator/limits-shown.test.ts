import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { limits } from "../../../simulator/limits.js";

const contract = fileURLToPath(new URL("../../contract/simulator/", import.meta.url));
const sources = readdirSync(contract)
  .filter((name) => name.endsWith(".test.ts"))
  .map((name) => readFileSync(contract + name, "utf8"))
  .join("\n");

describe("the table of limits", () => {
  it.each(Object.keys(limits))("%s is shown by a test named after it", (key) => {
    const named = new RegExp(`limit: [^"]*\\b${key}\\b`).test(sources);
    const inTable = new RegExp(`limit: "${key}"|\\[\\s*"${key}",`).test(sources);
    expect(named || inTable).toBe(true);
  });
});
