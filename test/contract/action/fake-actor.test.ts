import { FakeActor } from "../../support/operate/fake-actor.js";
import { actorSuite } from "./suite.js";

const IDLE = { active: "inactive", sub: "dead" } as const;

actorSuite("the fake that other tests act with", async () => {
  const actor = new FakeActor({
    "steady.service": {
      ...IDLE,
      dependents: [
        { unit: "front.service", relation: "RequiredBy", active: "inactive" },
        { unit: "side.service", relation: "BoundBy", active: "inactive" },
      ],
    },
    "front.service": IDLE,
    "side.service": IDLE,
    "stubborn.service": { ...IDLE, startsAgain: true },
    "slow.service": IDLE,
    "a\\x2db@c:d.service": IDLE,
    "toban-action-shop-restart.service": IDLE,
  });
  return {
    actor,
    activeOf: async (unit) => actor.units.get(unit)?.active ?? "inactive",
    pidOf: async (unit) => actor.units.get(unit)?.mainPid ?? 0,
    async mask(unit) {
      actor.units.set(unit, { ...IDLE, masked: true });
    },
    [Symbol.asyncDispose]: () => actor.close(),
  };
});
