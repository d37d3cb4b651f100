import { expect, test } from "vitest";

import { createActor } from "../../../src/action/actor.js";
import { isSafeUnit } from "../../../src/action/systemd/safe-name.js";
import { systemClock } from "../../../src/base/clock.js";
import { silentLogs } from "../../../src/base/log.js";
import { unitPath } from "../../../src/base/systemd/unit-name.js";
import { ACTIONS } from "../../../src/model/action.js";
import { byVector, onUnit, patience } from "../../support/act/world.js";
import { silent, streamServer } from "../../support/faults/stream-server.js";
import { fc } from "../../support/fast-check.js";

const TYPES = "service|socket|target|device|mount|automount|swap|timer|path|slice|scope";
const FULL_NAME = new RegExp(`^(?!-)[A-Za-z0-9:_.\\\\@-]+\\.(${TYPES})$`);

/** Names as they could be, with what is dangerous put in more often than chance would. */
const name = fc
  .array(
    fc.oneof(
      fc.constantFrom("shop", ".service", ".mount", "-", "--help", "-H host", "..", "/", "@", "\\x2d", "\0", "\n", " "),
      fc.constantFrom("\u202e", "\u200b", "ѕ", "$(reboot)", ";", "%i", "*", "'", '"'),
      fc.string({ unit: "binary", maxLength: 4 }),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(""));

test("what is taken for a unit is its full name, and nothing a shell, a path or an option could be", () => {
  fc.assert(
    fc.property(name, (written) => {
      expect(!isSafeUnit(written) || FULL_NAME.test(written)).toBe(true);
    }),
    { numRuns: 2_000 },
  );
  expect(isSafeUnit("shop.service")).toBe(true);
  expect(isSafeUnit("dev-disk-by\\x2dlabel-data.swap")).toBe(true);
  expect(isSafeUnit("shop")).toBe(false);
});

test("every unit has an object path of its own, of letters, digits and _ alone", () => {
  fc.assert(
    fc.property(name, name, (a, b) => {
      expect(unitPath(a)).toMatch(/^\/org\/freedesktop\/systemd1\/unit\/\w*$/);
      expect(unitPath(a) === unitPath(b)).toBe(Buffer.from(a).equals(Buffer.from(b)));
    }),
  );
});

test("what is no unit reaches nothing: nobody is even called", async () => {
  await using bus = await streamServer("unix", silent);
  const systemBusAddress = `unix:path=${bus.path}`;
  const actor = createActor({ clock: systemClock, log: silentLogs.for("operate"), systemBusAddress });
  const unsafe = name.filter((written) => !isSafeUnit(written));
  await fc.assert(
    fc.asyncProperty(unsafe, fc.constantFrom(...ACTIONS), async (unit, action) => {
      const { means } = byVector(action, ["/bin/true"]);
      const refused = expect.objectContaining({ status: "failed", failure: "not_found" });
      expect(await actor.act(onUnit(action, unit), patience())).toEqual(refused);
      expect(await actor.act({ name: action, means: { ...means, unit } }, patience())).toEqual(refused);
      expect(await actor.look(onUnit(action, unit), patience())).toEqual({ by: "systemd", dependents: [] });
    }),
    { numRuns: 100 },
  );
  expect(bus.heard).toBe(0);
  await actor.close();
});
