import { expect, test } from "vitest";

import { Underway } from "../../../src/base/underway.js";
import { FakeClock } from "../../support/fake-clock.js";

test("progress goes with the turns while nothing is under way", () => {
  const underway = new Underway(new FakeClock());
  expect(underway.progressAt(5_000)).toBe(5_000);
});

test("progress stays at the beginning of the oldest piece, whatever turns and whatever else ends", async () => {
  const clock = new FakeClock();
  const underway = new Underway(clock);
  const begun = clock.monotonic();
  const firstEnds = underway.begin();
  await clock.advance(1_000);
  const secondEnds = underway.begin();
  await clock.advance(60_000);
  expect(underway.progressAt(clock.monotonic())).toBe(begun);
  firstEnds();
  expect(underway.progressAt(clock.monotonic())).toBe(begun + 1_000);
  firstEnds();
  secondEnds();
  expect(underway.progressAt(clock.monotonic())).toBe(clock.monotonic());
});

test("what began after the last turn does not push progress forward", async () => {
  const clock = new FakeClock();
  const underway = new Underway(clock);
  const turned = clock.monotonic();
  await clock.advance(1_000);
  underway.begin();
  expect(underway.progressAt(turned)).toBe(turned);
});
