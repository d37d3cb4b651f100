import { expect, test } from "vitest";

import { findMismatch, pathParts, placesAt } from "../../../src/probe/http-json.js";
import { fc } from "../../support/fast-check.js";

const escaped = (name: string): string => name.replace(/[\\.]/g, "\\$&");
const name = fc.string({ minLength: 1, maxLength: 6 }).filter((text) => text !== "*" && text !== "__proto__");
const names = fc.array(name, { minLength: 1, maxLength: 5 });
const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));

/** `["a", "b"]` and 1 → `{"a": {"b": 1}}`. */
function nested(path: readonly string[], value: unknown): unknown {
  return path.reduceRight<unknown>((inner, part) => ({ [part]: inner }), value);
}

test("a written path is read back into its names, whatever they hold", () => {
  fc.assert(
    fc.property(names, (path) => {
      expect(pathParts(path.map(escaped).join("."))).toEqual(path);
    }),
  );
});

test("a path leads to the value that stands there, and to nothing after one more step", () => {
  fc.assert(
    fc.property(names, scalar, (path, value) => {
      const written = path.map(escaped).join(".");
      expect(placesAt(nested(path, value), written).map((place) => place.value)).toEqual([value]);
      expect(placesAt(nested(path, value), `${written}.more`).map((place) => place.value)).toEqual([undefined]);
    }),
  );
});

test("a wildcard finds every value once, in an object as in an array", () => {
  fc.assert(
    fc.property(fc.dictionary(name, scalar, { minKeys: 1 }), (fields) => {
      const values = Object.values(fields);
      expect(placesAt({ services: fields }, "services.*").map((place) => place.value)).toEqual(values);
      expect(placesAt({ services: values }, "services.*").map((place) => place.value)).toEqual(values);
    }),
  );
});

test("all values equal to the expected one match; one that differs is the one named", () => {
  fc.assert(
    fc.property(fc.array(name, { minLength: 1 }), fc.nat(), scalar, (keys, at, value) => {
      const unique = [...new Set(keys)];
      const healthy = Object.fromEntries(unique.map((key) => [key, { state: value }]));
      expect(findMismatch(healthy, { "*.state": value })).toBeUndefined();
      const broken = unique[at % unique.length] ?? "";
      const mismatch = findMismatch({ ...healthy, [broken]: { state: [value] } }, { "*.state": value });
      expect(mismatch).toEqual({ path: "*.state", at: `${broken}.state`, expected: value, found: [value] });
    }),
  );
});

test("no JSON and no path makes it throw", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string(), scalar, (json, path, value) => {
      const mismatch = findMismatch(json, { [path]: value });
      expect(mismatch === undefined || mismatch.path === path).toBe(true);
    }),
  );
});

test("a field called __proto__ is a field like any other", () => {
  expect(findMismatch(JSON.parse('{"__proto__": {"ok": 1}}'), { "__proto__.ok": 1 })).toBeUndefined();
});

test.each([
  ["nothing there", { services: {} }, "services.*", "healthy", "services.*", undefined],
  ["no such field", { status: "healthy" }, "state", "healthy", "state", undefined],
  ["another type", { count: "1" }, "count", 1, "count", "1"],
  ["an inherited name", {}, "constructor", "Object", "constructor", undefined],
  ["the length of an array", { list: [1] }, "list.length", 1, "list.length", undefined],
  ["an index", { list: [1, 2] }, "list.1", 1, "list.1", 2],
  ["a field missing in one of many", [{ ok: true }, {}], "*.ok", true, "1.ok", undefined],
  ["a wildcard over no list", { services: 7 }, "services.*.ok", true, "services.*", undefined],
  ["null is a value", { last: null }, "last", "x", "last", null],
])("mismatch: %s", (_as, json, path, expected, at, found) => {
  expect(findMismatch(json, { [path]: expected })).toEqual({ path, at, expected, found });
});
