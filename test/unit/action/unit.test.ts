import { describe, expect, it } from "vitest";

import { createActor } from "../../../src/action/actor.js";
import { systemClock } from "../../../src/base/clock.js";
import { silentLogs } from "../../../src/base/log.js";
import type { ActOutcome } from "../../../src/model/action.js";
import { onUnit, patience } from "../../support/act/world.js";
import { FakeClock } from "../../support/fake-clock.js";
import { scriptedBus } from "../../support/systemd/scripted-bus.js";
import type { Teller } from "../../support/systemd/scripted-bus.js";
import { until } from "../../support/until.js";

const JOB = "/org/freedesktop/systemd1/job/7";
const OTHER = "/org/freedesktop/systemd1/job/70";

async function restart(
  order: (teller: Teller, body: readonly unknown[]) => void,
  script: Parameters<typeof scriptedBus>[0] = {},
): Promise<{ readonly outcome: ActOutcome; readonly calls: readonly string[] }> {
  await using bus = await scriptedBus({
    RestartUnit: order,
    GetAll: (teller) => teller.reply("a{sv}", []),
    ...script,
  });
  const actor = createActor({ clock: new FakeClock(), log: silentLogs.for("operate"), systemBusAddress: bus.address });
  const outcome = await actor.act(onUnit("restart", "shop.service"), patience());
  await actor.close();
  return { outcome, calls: bus.calls };
}

/** When the answer has been read, and its job is waited for. */
async function afterTheReply(tell: () => void): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await systemClock.nextTurn();
  tell();
}

describe("a job of systemd's", () => {
  it("is ordered only when its end would be heard, and replaces what is queued", async () => {
    let ordered: readonly unknown[] = [];
    const { outcome, calls } = await restart((teller, body) => {
      ordered = body;
      teller.reply("o", JOB);
      teller.jobRemoved(JOB, "done");
    });
    expect(outcome).toMatchObject({ status: "done", by: "systemd" });
    expect(calls.slice(0, 4)).toEqual(["Hello", "AddMatch", "Subscribe", "RestartUnit"]);
    expect(ordered).toEqual(["shop.service", "replace"]);
  });

  it("may end before its order is answered", async () => {
    const { outcome } = await restart((teller) => {
      teller.jobRemoved(JOB, "done");
      teller.reply("o", JOB);
    });
    expect(outcome).toMatchObject({ status: "done" });
  });

  it("is not over when another one is", async () => {
    const { outcome } = await restart((teller) => {
      teller.jobRemoved(OTHER, "done");
      teller.reply("o", JOB);
      void afterTheReply(() => {
        teller.jobRemoved(OTHER, "done");
        teller.jobRemoved(JOB, "canceled");
      });
    });
    expect(outcome).toEqual({ status: "failed", by: "systemd", failure: "job_failed", detail: "canceled" });
  });

  it("is not ordered when nobody would tell of its end", async () => {
    const refused = await restart(() => undefined, {
      Subscribe: (teller) => teller.error("org.freedesktop.DBus.Error.AccessDenied", "no"),
    });
    expect(refused.outcome).toMatchObject({ status: "failed", failure: "not_permitted" });
    expect(refused.calls).not.toContain("RestartUnit");
    const known = await restart(
      (teller) => {
        teller.reply("o", JOB);
        teller.jobRemoved(JOB, "done");
      },
      { Subscribe: (teller) => teller.error("org.freedesktop.systemd1.AlreadySubscribed", "") },
    );
    expect(known.outcome).toMatchObject({ status: "done" });
  });

  it.each([
    ["org.freedesktop.DBus.Error.AccessDenied", "not_permitted"],
    ["org.freedesktop.DBus.Error.InteractiveAuthorizationRequired", "not_permitted"],
    ["org.freedesktop.systemd1.NoSuchUnit", "not_found"],
    ["org.freedesktop.systemd1.UnitMasked", "masked"],
    ["org.freedesktop.systemd1.TransactionIsDestructive", "job_failed"],
    ["org.freedesktop.systemd1.ShuttingDown", "job_failed"],
    ["org.freedesktop.DBus.Error.ServiceUnknown", "unreachable"],
  ])("refused with %s has failed: %s", async (name, failure) => {
    const { outcome } = await restart((teller) => teller.error(name, "Access by https://root:hunter22@host denied"));
    expect(outcome).toMatchObject({ status: "failed", failure });
    expect(JSON.stringify(outcome)).not.toContain("hunter22");
  });

  it.each(["NoReply", "TimedOut"])("of which the bus only knows %s may have been done", async (name) => {
    const { outcome } = await restart((teller) => teller.error(`org.freedesktop.DBus.Error.${name}`, "no answer"));
    expect(outcome).toEqual({ status: "unknown", by: "systemd", detail: "no answer" });
  });

  it("may have been done when the bus goes before the answer, and after it", async () => {
    expect((await restart((teller) => teller.hangUp())).outcome).toMatchObject({ status: "unknown" });
    const named = await restart((teller) => {
      teller.reply("o", JOB);
      teller.hangUp();
    });
    expect(named.outcome).toMatchObject({ status: "unknown" });
  });

  it("has not been done when the bus goes before the order", async () => {
    const { outcome, calls } = await restart(() => undefined, { AddMatch: (teller) => teller.hangUp() });
    expect(outcome).toMatchObject({ status: "failed", failure: "unreachable" });
    expect(calls).not.toContain("RestartUnit");
  });

  it("that has not ended after five minutes goes on unwatched", async () => {
    await using bus = await scriptedBus({ RestartUnit: (teller) => teller.reply("o", JOB) });
    const clock = new FakeClock();
    const actor = createActor({ clock, log: silentLogs.for("operate"), systemBusAddress: bus.address });
    const acting = actor.act(onUnit("restart", "shop.service"), patience());
    await until("it is ordered", () => bus.calls.includes("RestartUnit"));
    await clock.advance(300_000);
    expect(await acting).toEqual({
      status: "unknown",
      by: "systemd",
      detail: "systemd had not finished after 300 s",
    });
    await actor.close();
  });
});

describe("a kill", () => {
  const running = [
    ["ActiveState", ["s", "active"]],
    ["LoadState", ["s", "loaded"]],
    ["MainPID", ["u", 4711]],
  ] as const;

  async function kill(gone: boolean): Promise<{ readonly outcome: ActOutcome; readonly killed: readonly unknown[] }> {
    let killed: readonly unknown[] = [];
    let looks = 0;
    await using bus = await scriptedBus({
      GetAll: (teller) => {
        // Two properties calls make one look; the process is there for some looks more.
        looks += killed.length > 0 ? 1 : 0;
        const dead = gone && looks > 6;
        teller.reply("a{sv}", dead ? [["ActiveState", ["s", "failed"]]] : running);
      },
      KillUnit: (teller, body) => {
        killed = body;
        teller.reply();
      },
    });
    const clock = new FakeClock();
    const actor = createActor({ clock, log: silentLogs.for("operate"), systemBusAddress: bus.address });
    let outcome: ActOutcome | undefined;
    void actor.act(onUnit("kill", "shop.service"), patience()).then((ended) => (outcome = ended));
    await until("it has ended", async () => {
      await clock.advance(25);
      return outcome !== undefined;
    });
    await actor.close();
    return { outcome: outcome ?? { status: "unknown", by: "child", detail: "" }, killed };
  }

  it("goes to every process of the unit, and is done when its process is gone", async () => {
    const { outcome, killed } = await kill(true);
    expect(outcome).toMatchObject({ status: "done", after: { active: "failed" } });
    expect(killed).toEqual(["shop.service", "all", 9]);
  });

  it("that a process outlives has failed", async () => {
    expect((await kill(false)).outcome).toMatchObject({
      failure: "job_failed",
      detail: expect.stringContaining("still"),
    });
  });
});
