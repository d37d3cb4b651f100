import { propertiesOf } from "../../base/bus/codec.js";
import type { BusMessage } from "../../base/bus/codec.js";
import { openBus } from "../../base/bus/connection.js";
import type { BusCall, BusConnection, BusProblem, BusReply } from "../../base/bus/connection.js";
import type { Clock } from "../../base/clock.js";
import {
  getAll,
  managerCall,
  MANAGER_INTERFACE,
  MANAGER_PATH,
  SYSTEMD,
  UNIT_INTERFACE,
} from "../../base/systemd/protocol.js";
import { typeInterface, unitPath, unitType } from "../../base/systemd/unit-name.js";

const CONNECT_TIMEOUT_MS = 5_000;
const JOB_RULE = `type='signal',sender='${SYSTEMD}',path='${MANAGER_PATH}',interface='${MANAGER_INTERFACE}',member='JobRemoved'`;
/** This connection's own subscription is there already. */
const ALREADY_SUBSCRIBED = "org.freedesktop.systemd1.AlreadySubscribed";

export type Properties = ReadonlyMap<string, unknown>;

export type Answered<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: BusProblem };

/** A unit's properties: those of every unit, and those of its type. */
export interface UnitProperties {
  readonly unit: Properties;
  readonly ofType: Properties;
}

/**
 * One connection to systemd for one action, closed with it. Connecting takes a millisecond and actions are rare: nothing is kept
 * open between them, and nothing of one action can disturb another.
 */
export class SystemdSession implements Disposable {
  readonly #bus: BusConnection;
  readonly #ends: JobEnds;

  private constructor(bus: BusConnection, ends: JobEnds) {
    this.#bus = bus;
    this.#ends = ends;
  }

  static async open(address: string | undefined, clock: Clock, signal: AbortSignal): Promise<Answered<SystemdSession>> {
    const ends = new JobEnds();
    const opened = await openBus(
      {
        address,
        clock,
        timeoutMs: CONNECT_TIMEOUT_MS,
        onSignal: (message) => ends.onSignal(message),
        onClose: (message) => ends.onClose(message),
      },
      signal,
    );
    if (!opened.ok) return opened;
    return { ok: true, value: new SystemdSession(opened.bus, ends) };
  }

  call(call: BusCall, signal: AbortSignal): Promise<BusReply> {
    return this.#bus.call(call, signal);
  }

  /** What systemd knows of a unit, which it loads for that if need be. */
  async unit(name: string, signal: AbortSignal): Promise<Answered<UnitProperties>> {
    const path = unitPath(name);
    const ofType = typeInterface(unitType(name));
    const [unit, specific] = await Promise.all([
      this.call(getAll(path, UNIT_INTERFACE), signal),
      ofType === undefined ? undefined : this.call(getAll(path, ofType), signal),
    ]);
    if (!unit.ok) return unit;
    if (specific && !specific.ok) return specific;
    return { ok: true, value: { unit: propertiesOf(unit.body[0]), ofType: propertiesOf(specific?.body[0]) } };
  }

  /** Asks to be told when jobs end. Must have been answered before a job is ordered, or its end could go unheard. */
  async listen(signal: AbortSignal): Promise<BusProblem | undefined> {
    const matched = await this.#bus.addMatch(JOB_RULE, signal);
    if (!matched.ok) return matched.problem;
    const subscribed = await this.call(managerCall("Subscribe"), signal);
    if (subscribed.ok) return undefined;
    const { problem } = subscribed;
    return problem.kind === "error" && problem.name === ALREADY_SUBSCRIBED ? undefined : problem;
  }

  /** How a job ended: `done`, `failed`, `canceled`, `timeout`, `dependency`, `skipped`, … (org.freedesktop.systemd1(5), JobRemoved). */
  jobEnd(path: string, signal: AbortSignal): Promise<Answered<string>> {
    return this.#ends.wait(path, signal);
  }

  [Symbol.dispose](): void {
    this.#bus.close();
  }
}

/** The ends of jobs as they are told. The word of a short job comes before the answer that names it, so that early ones are kept. */
class JobEnds {
  readonly #results = new Map<string, string>();
  readonly #waiting = new Map<string, (result: Answered<string>) => void>();
  #closed: string | undefined;

  onSignal(message: BusMessage): void {
    if (message.member !== "JobRemoved" || message.interface !== MANAGER_INTERFACE) return;
    const [, path, , result] = message.body();
    if (typeof path !== "string" || typeof result !== "string") return;
    const waiting = this.#waiting.get(path);
    if (waiting) waiting({ ok: true, value: result });
    else this.#results.set(path, result);
  }

  onClose(message: string): void {
    this.#closed = message;
    for (const settle of this.#waiting.values()) settle(closed(message));
  }

  wait(path: string, signal: AbortSignal): Promise<Answered<string>> {
    return new Promise((resolve) => {
      const result = this.#results.get(path);
      if (result !== undefined) return resolve({ ok: true, value: result });
      if (this.#closed !== undefined) return resolve(closed(this.#closed));
      if (signal.aborted) return resolve(aborted());
      const settle = (answer: Answered<string>): void => {
        this.#waiting.delete(path);
        signal.removeEventListener("abort", onAbort);
        resolve(answer);
      };
      const onAbort = (): void => settle(aborted());
      signal.addEventListener("abort", onAbort, { once: true });
      this.#waiting.set(path, settle);
    });
  }
}

function closed(message: string): Answered<string> {
  return { ok: false, problem: { kind: "closed", message } };
}

function aborted(): Answered<string> {
  return { ok: false, problem: { kind: "aborted", message: "nobody waits any longer" } };
}
