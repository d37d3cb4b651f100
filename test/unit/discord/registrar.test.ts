import { describe, expect, it } from "vitest";

import { silentLogs } from "../../../src/base/log.js";
import { createRegistrar } from "../../../src/discord/register/registrar.js";
import type { Registrar } from "../../../src/discord/register/registrar.js";
import type { RestAnswer } from "../../../src/discord/rest/rest.js";
import { FakeClock } from "../../support/fake-clock.js";
import { fakeRest } from "../../support/discord/fake-rest.js";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const REFUSED: RestAnswer = { kind: "status", status: 403, code: 50_001, edge: false, detail: "Missing Access" };
const LISTED: RestAnswer = { kind: "ok", body: [] };

function registering(answers: readonly RestAnswer[]): {
  readonly registrar: Registrar;
  readonly clock: FakeClock;
  readonly tries: () => number;
} {
  const clock = new FakeClock();
  const rest = fakeRest(answers);
  const log = silentLogs.for("discord");
  const registrar = createRegistrar({ rest, guild: "1", clock, log, random: () => 0.5 });
  registrar.register("2", []);
  const tries = () => rest.requests.filter(({ path }) => path.includes("/guilds/")).length;
  return { registrar, clock, tries };
}

describe("a registration that waits for a person", () => {
  it("is tried again after ten minutes where nobody says anything", async () => {
    const { registrar, clock, tries } = registering([REFUSED, LISTED]);
    await clock.advance(10 * MINUTE - 1);
    expect([tries(), registrar.state().kind]).toEqual([1, "failed"]);
    await clock.advance(1);
    expect([tries(), registrar.state().kind]).toEqual([2, "registered"]);
  });

  it("is tried a second after word that it may succeed, once for a burst of words", async () => {
    const { registrar, clock, tries } = registering([REFUSED, LISTED]);
    await clock.advance(3 * MINUTE);
    for (let word = 0; word < 100; word += 1) registrar.retrySoon();
    await clock.advance(SECOND - 1);
    expect(tries()).toBe(1);
    await clock.advance(1);
    expect([tries(), registrar.state().kind]).toEqual([2, "registered"]);
    registrar.retrySoon();
    await clock.advance(20 * MINUTE);
    expect(tries()).toBe(2);
  });

  it("is tried ten times in ten minutes for it at most", async () => {
    const { registrar, clock, tries } = registering(Array.from({ length: 200 }, () => REFUSED));
    await clock.advance(1);
    for (let passed = 0; passed < 9 * 60; passed += 1) {
      registrar.retrySoon();
      await clock.advance(SECOND);
    }
    expect(tries()).toBe(11);
    await registrar.stop();
  });

  it("is not tried sooner than Discord says, nor for what no word can mend", async () => {
    const wait: RestAnswer = { kind: "wait", retryAfterMs: MINUTE, detail: "429" };
    const { registrar, clock, tries } = registering([wait, LISTED]);
    await clock.advance(SECOND);
    registrar.retrySoon();
    await clock.advance(MINUTE - 2 * SECOND);
    expect(tries()).toBe(1);
    await clock.advance(2 * SECOND);
    expect(tries()).toBe(2);
  });

  it("hears of a word that came while the refused try was on its way", async () => {
    const clock = new FakeClock();
    const answers = [REFUSED, LISTED];
    const holder: { registrar?: Registrar } = {};
    let tries = 0;
    const rest = {
      ...fakeRest(),
      request: async (): Promise<RestAnswer> => {
        tries += 1;
        if (tries === 1) holder.registrar?.retrySoon();
        return answers[tries - 1] ?? LISTED;
      },
    };
    const log = silentLogs.for("discord");
    holder.registrar = createRegistrar({ rest, guild: "1", clock, log, random: () => 0.5 });
    holder.registrar.register("2", []);
    await clock.advance(SECOND);
    expect(holder.registrar.state().kind).toBe("registered");
  });
});
