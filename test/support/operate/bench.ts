import type { ActionRecord } from "../../../src/model/action-record.js";
import type { ActionName, TargetAction } from "../../../src/model/action.js";
import { en } from "../../../src/locale/en/index.js";
import { toPlain } from "../../../src/message/to-plain.js";
import type { PermissionPolicy, Principal } from "../../../src/model/principal.js";
import type { Run } from "../../../src/model/run.js";
import type { Target } from "../../../src/model/target.js";
import type { OperateDeps } from "../../../src/operate/deps.js";
import { createOperate } from "../../../src/operate/operate.js";
import type { Operate } from "../../../src/operate/operate.js";
import type { Store } from "../../../src/store/contract.js";
import { FakeClock } from "../fake-clock.js";
import { aTarget } from "../runs.js";
import { openTestStore, storeLog } from "../store.js";
import { FakeActor } from "./fake-actor.js";

export const GUILD = "1100000000000000001";
export const OPS = "1100000000000000009";
const MANAGE_SERVER = 1n << 5n;

export function aMember(
  id: string,
  name: string,
  changes: Partial<Extract<Principal, { kind: "member" }>> = {},
): Principal {
  return { kind: "member", id, name, guild: GUILD, roles: [], permissions: MANAGE_SERVER, ...changes };
}

export const operator: Principal = aMember("1300000000000000001", "operator");
export const deputy: Principal = aMember("1300000000000000002", "deputy");
export const root: Principal = { kind: "local", uid: 0, name: "root" };

export function unitAction(name: ActionName, unit: string = "shop-bot.service"): TargetAction {
  return { name, means: { kind: "unit", unit } };
}

export function actionable(
  name: string = "shop-bot",
  actions: readonly ActionName[] = ["restart", "start", "stop", "kill"],
): Target {
  return { ...aTarget(name, "unit"), actions: actions.map((action) => unitAction(action, `${name}.service`)) };
}

export type BenchOptions = Partial<OperateDeps> & { readonly store?: Store; readonly clock?: FakeClock };

/** A process that operates: its store, its clock, its actor, and what it has said. */
export interface Bench {
  readonly clock: FakeClock;
  readonly store: Store;
  readonly actor: FakeActor;
  readonly operate: Operate;
  policy: PermissionPolicy;
  targets: readonly Target[];
  /** What its probes see of a target now. */
  run: ((target: string, at: number) => Run | undefined) | undefined;
  errors: number | undefined;
  /** What was put into the outbox, as text, oldest first. */
  said(): readonly { readonly channel: string; readonly text: string }[];
  /** The states that the log of actions tells of, oldest first. */
  logged(): readonly string[];
  /** Plans and says yes. */
  confirmed(action?: ActionName, who?: Principal, reason?: string): Promise<string>;
  record(id: string): ActionRecord;
}

export async function bench(options: BenchOptions = {}): Promise<Bench> {
  const clock = options.clock ?? new FakeClock();
  const store = options.store ?? (await openTestStore({ clock }));
  const actor = new FakeActor();
  const made: Bench = {
    clock,
    store,
    actor,
    policy: { guild: GUILD },
    targets: [actionable()],
    run: undefined,
    errors: undefined,
    operate: createOperate({
      store,
      clock,
      log: storeLog,
      actor,
      host: "web-1",
      targets: () => made.targets,
      policy: () => made.policy,
      limits: () => ({ perHour: 3, watchMs: 30_000 }),
      catalogue: () => en,
      opsChannel: () => OPS,
      holder: { pid: 100, ticks: 1 },
      isAlive: () => true,
      ownUnit: "toban.service",
      measure: async (target) => made.run?.(target, clock.now()),
      countErrors: async () => made.errors,
      onCommitted: () => undefined,
      ...options,
    }),
    said: () =>
      store.read((tables) =>
        tables.outbox
          .due(Number.MAX_SAFE_INTEGER, 1_000)
          .toSorted((a, b) => (a.id < b.id ? -1 : 1))
          .flatMap(({ channel, answer }) =>
            answer ? [{ channel, text: toPlain(answer, { width: 300, now: clock.now() }) }] : [],
          ),
      ),
    logged: () => store.read((tables) => tables.audit.newest(1_000).map(({ state }) => state)).toReversed(),
    confirmed: async (action = "restart", who = operator, reason) => {
      const { record } = await made.operate.plan({
        principal: who,
        target: "shop-bot",
        action,
        ...(reason === undefined ? {} : { reason }),
      });
      await made.operate.approve(record.id, who);
      return record.id;
    },
    record: (id) => {
      const found = made.operate.get(id);
      if (!found) throw new Error(`there is no action ${id}`);
      return found;
    },
  };
  return made;
}
