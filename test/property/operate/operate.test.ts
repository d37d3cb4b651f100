import { expect, it } from "vitest";

import { UserError } from "../../../src/base/errors.js";
import type { Principal } from "../../../src/model/principal.js";
import type { Store } from "../../../src/store/contract.js";
import { openTestStore, temporaryDirectory } from "../../support/store.js";
import { FakeClock } from "../../support/fake-clock.js";
import { bench, deputy, operator, root } from "../../support/operate/bench.js";
import type { Bench } from "../../support/operate/bench.js";
import { fc } from "../../support/fast-check.js";

const HOUR = 3_600_000;
const PEOPLE: readonly Principal[] = [operator, deputy, root];

/** What somebody does next. `process`: 0 the bot, 1 a second bot or a command line on the same file. */
const move = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("plan" as const), process: fc.nat(1), who: fc.nat(2) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("confirm" as const),
      process: fc.nat(1),
      who: fc.nat(2),
      /** Which of the plans so far, from the newest. */
      plan: fc.nat(3),
      times: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.constantFrom(1, 1_000, 31_000, 600_000) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("break" as const), fails: fc.boolean() }) },
);

interface Begun {
  readonly plan: string;
  readonly at: number;
}

async function tried(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (thrown) {
    if (thrown instanceof UserError) return false;
    throw thrown;
  }
}

it("whoever clicks what when, by whichever process: no plan is done twice, no two at once, and no more than the budget in any hour", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(move, { maxLength: 25 }), async (moves) => {
      using directory = temporaryDirectory();
      const clock = new FakeClock();
      const stores: Store[] = [await openTestStore({ dataDir: directory.path, clock })];
      stores.push(await openTestStore({ dataDir: directory.path, clock, role: "guest" }));
      const processes: Bench[] = [];
      for (const [index, store] of stores.entries()) {
        processes.push(await bench({ store, clock, holder: { pid: 100 + index } }));
      }
      const processAt = (index: number): Bench => {
        const found = processes[index];
        if (!found) throw new Error(`there is no process ${index}`);
        return found;
      };
      const begun: Begun[] = [];
      const plans: { readonly id: string; readonly who: number }[] = [];
      let fails = false;
      let running = 0;
      let most = 0;
      for (const process of processes) {
        process.actor.answer = async (action) => {
          running += 1;
          most = Math.max(most, running);
          const live = process.store.read((tables) => tables.actions.live()).find(({ state }) => state === "started");
          begun.push({ plan: live?.id ?? "", at: clock.now() });
          await clock.sleep(500);
          running -= 1;
          if (fails) return { status: "failed", by: "systemd", failure: "job_failed", detail: "" };
          process.actor.move(action);
          return { status: "done", by: "systemd", tookMs: 500 };
        };
      }
      for (const next of moves) {
        if (next.do === "wait") await clock.advance(next.ms);
        else if (next.do === "break") ({ fails } = next);
        else {
          const { operate } = processAt(next.process);
          const principal = PEOPLE[next.who] ?? operator;
          if (next.do === "plan") {
            const planned = operate.plan({ principal, target: "shop-bot", action: "restart" });
            const keep = planned.then(({ record }) => plans.push({ id: record.id, who: next.who }));
            await Promise.all([tried(keep), clock.advance(1)]);
          } else {
            const plan = plans.at(-1 - next.plan);
            if (!plan) continue;
            const clicks = Array.from({ length: next.times }, (_, click) => {
              const { operate: either } = processAt((next.process + click) % 2);
              return tried(either.approve(plan.id, principal));
            });
            const taken = Promise.all(clicks);
            await Promise.all([taken, clock.advance(10)]);
            const won = (await taken).filter(Boolean).length;
            if (won > (next.who === plan.who ? 1 : 0)) throw new Error(`${won} clicks were taken`);
          }
        }
      }
      await clock.advance(60_000);
      expect(new Set(begun.map(({ plan }) => plan)).size).toBe(begun.length);
      expect(most).toBeLessThanOrEqual(1);
      for (const { at } of begun) {
        expect(begun.filter((other) => other.at > at - HOUR && other.at <= at).length).toBeLessThanOrEqual(3);
      }
      const chain = processes[0]?.store.read((tables) => tables.audit.verify());
      expect(chain?.ok).toBe(true);
      for (const process of processes) await process.operate.stop();
      for (const store of stores.toReversed()) await store.close();
    }),
    { numRuns: 40 },
  );
}, 60_000);
