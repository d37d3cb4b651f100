import { expect, it } from "vitest";

import { withoutEscapeSequences } from "../../../src/base/clean.js";

it.each([
  ["\x1b[31mERROR\x1b[0m x", "ERROR x"],
  ["\x1b[38;5;196m\x1b[1mE\x1b[22mx", "Ex"],
  ["\x1b]8;;https://example.org\x07link\x1b]8;;\x1b\\ x", "link x"],
  ["\x1b(B\x1b7x\x1b8", "x"],
  ["\x1bPq#0\x1b\\x", "x"],
  ["plain [31m text", "plain [31m text"],
  ["cut off \x1b[31", "cut off 31"],
])("%j", (text, expected) => {
  expect(withoutEscapeSequences(text)).toBe(expected);
});
