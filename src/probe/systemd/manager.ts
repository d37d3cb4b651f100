import { setMaxListeners } from "node:events";

import { backoffMs } from "../../base/backoff.js";
import type { BackoffPolicy } from "../../base/backoff.js";
import { propertiesOf } from "../../base/bus/codec.js";
import type { BusMessage } from "../../base/bus/codec.js";
import { openBus } from "../../base/bus/connection.js";
import type { BusConnection, BusOpened, BusProblem, BusReply } from "../../base/bus/connection.js";
import type { Clock, Deadline, Timer } from "../../base/clock.js";
import { DeadlineError } from "../../base/clock.js";
import { assertNever, messageOf } from "../../base/errors.js";
import type { Logger } from "../../base/log.js";
import {
  getAll,
  managerCall,
  MANAGER_INTERFACE,
  MANAGER_PATH,
  PROPERTIES_INTERFACE,
  SYSTEMD,
  UNIT_INTERFACE,
} from "../../base/systemd/protocol.js";
import { typeInterface, unitPath } from "../../base/systemd/unit-name.js";
import type { UnitType } from "../../base/systemd/unit-name.js";
import { endedBadly, unitStateOf } from "../../base/systemd/unit-state.js";
import type { EndedBadly, UnitState } from "../../base/systemd/unit-state.js";
import type { Failure } from "../../model/reason.js";
import { ChangeFilter } from "./change-filter.js";

/** For connecting and for subscribing, each. */
const CONNECT_TIMEOUT_MS = 5_000;
/** A change is often several signals within a millisecond; they become one. */
const DEBOUNCE_MS = 25;
const RECONNECT: BackoffPolicy = { baseMs: 200, capMs: 10_000 };

/** Matches the signals that concern every unit: systemd has begun anew, or has read its unit files again. */
const COMMON_RULES = [
  `type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',member='NameOwnerChanged',arg0='${SYSTEMD}'`,
  `type='signal',sender='${SYSTEMD}',path='${MANAGER_PATH}',interface='${MANAGER_INTERFACE}',member='Reloading'`,
] as const;

/** Already subscribed; or systemd is not on this bus yet, and NameOwnerChanged will tell when it is. */
const EXPECTED_ERRORS = /\.(AlreadySubscribed|ServiceUnknown|NameHasNoOwner|NoReply)$|\.Spawn\./;

export type UnitReading =
  | { readonly ok: true; readonly state: UnitState }
  | { readonly ok: false; readonly failure: Failure; readonly detail: string };

export interface ManagerOptions {
  /** As in DBUS_SYSTEM_BUS_ADDRESS; undefined: the platform's system bus. */
  readonly address: string | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Watched {
  readonly listeners: Set<() => void>;
  /** Where it signals: the object of the unit's own name, once a reading has told that this is an alias. */
  signalsAt: string;
  filter: ChangeFilter;
  timer: Timer | undefined;
  /** How it last ended badly: a unit that is restarted at once tells it in passing, and a look comes too late. */
  lastFailure: EndedBadly | undefined;
}

function ruleFor(path: string): string {
  return `type='signal',sender='${SYSTEMD}',path='${path}',interface='${PROPERTIES_INTERFACE}',member='PropertiesChanged'`;
}

/**
 * systemd behind one bus. The connection is opened at the first need, shared by all who ask, and opened again with back-off
 * while somebody watches; a reading does not wait for the back-off but tries at once. After every new connection
 * all watchers are told, because what happened meanwhile went unheard.
 */
export class SystemdManager {
  readonly #options: ManagerOptions;
  readonly #watched = new Map<string, Watched>();
  readonly #life = new AbortController();
  #bus: BusConnection | undefined;
  #opening: Promise<BusOpened> | undefined;
  #retry: Timer | undefined;
  #failures = 0;

  constructor(options: ManagerOptions) {
    this.#options = options;
    // Every call listens to it for as long as it lasts, and a start makes one for each unit.
    setMaxListeners(0, this.#life.signal);
  }

  /** Reads a unit's state. Over as soon as `signal` aborts. */
  async read(name: string, type: UnitType, signal: AbortSignal): Promise<UnitReading> {
    const kept = this.#bus !== undefined;
    const reading = await this.#readOnce(name, type, signal);
    // A connection from an earlier run may have died unnoticed since; asking twice does no harm.
    const died = !reading.ok && reading.problem.kind === "closed" && kept && !signal.aborted;
    const last = died ? await this.#readOnce(name, type, signal) : reading;
    return last.ok ? last : unreadable(last.problem, signal);
  }

  async #readOnce(
    name: string,
    type: UnitType,
    signal: AbortSignal,
  ): Promise<{ readonly ok: true; readonly state: UnitState } | { readonly ok: false; readonly problem: BusProblem }> {
    const opened = await this.#connection(signal);
    if (!opened.ok) return opened;
    const path = unitPath(name);
    const ofType = typeInterface(type);
    const [unit, specific] = await Promise.all([
      opened.bus.call(getAll(path, UNIT_INTERFACE), signal),
      ofType === undefined ? undefined : opened.bus.call(getAll(path, ofType), signal),
    ]);
    if (!unit.ok) return unit;
    if (specific && !specific.ok) return specific;
    const details = propertiesOf(specific?.body[0]);
    const state = unitStateOf(propertiesOf(unit.body[0]), details);
    const watched = this.#watched.get(path);
    if (watched && state?.id !== undefined) this.#follow(watched, path, unitPath(state.id));
    if (watched) watched.lastFailure = endedBadly(details) ?? watched.lastFailure;
    return state
      ? { ok: true, state: { ...state, ...(watched?.lastFailure && { lastFailure: watched.lastFailure }) } }
      : { ok: false, problem: { kind: "unreachable", message: `systemd told no state of ${name}` } };
  }

  /** Calls back soon after the unit changed, or may have. Returns how to stop. */
  watch(name: string, onChange: () => void): () => void {
    const path = unitPath(name);
    let watched = this.#watched.get(path);
    if (!watched) {
      watched = {
        listeners: new Set(),
        signalsAt: path,
        filter: new ChangeFilter(),
        timer: undefined,
        lastFailure: undefined,
      };
      this.#watched.set(path, watched);
      if (this.#bus) this.#tell(this.#bus, "AddMatch", ruleFor(path));
    }
    watched.listeners.add(onChange);
    this.#keepConnected();
    return () => this.#unwatch(path, onChange);
  }

  /** An alias has an object of its own to ask, but only that of the unit's own name tells of changes. */
  #follow(watched: Watched, path: string, signalsAt: string): void {
    if (watched.signalsAt === signalsAt) return;
    const before = watched.signalsAt;
    watched.signalsAt = signalsAt;
    if (!this.#bus) return;
    if (before !== path) this.#tell(this.#bus, "RemoveMatch", ruleFor(before));
    if (signalsAt !== path) this.#tell(this.#bus, "AddMatch", ruleFor(signalsAt));
    // What happened before was not heard.
    this.#changed(watched);
  }

  /** Ends the connection, every wait and every watch. */
  close(): void {
    this.#life.abort(new Error("closed"));
    this.#retry?.cancel();
    for (const watched of this.#watched.values()) watched.timer?.cancel();
    this.#watched.clear();
    this.#bus?.close();
  }

  #unwatch(path: string, onChange: () => void): void {
    const watched = this.#watched.get(path);
    if (!watched?.listeners.delete(onChange) || watched.listeners.size > 0) return;
    watched.timer?.cancel();
    this.#watched.delete(path);
    if (!this.#bus) return;
    this.#tell(this.#bus, "RemoveMatch", ruleFor(path));
    if (watched.signalsAt !== path) this.#tell(this.#bus, "RemoveMatch", ruleFor(watched.signalsAt));
  }

  /** The open connection, or the one being opened; whoever waits leaves when their own signal aborts. */
  async #connection(signal: AbortSignal): Promise<BusOpened> {
    if (signal.aborted) return { ok: false, problem: { kind: "aborted", message: messageOf(signal.reason) } };
    if (this.#bus) return { ok: true, bus: this.#bus };
    let leave: () => void = () => undefined;
    const left = new Promise<BusOpened>((resolve) => {
      leave = () => resolve({ ok: false, problem: { kind: "aborted", message: messageOf(signal.reason) } });
    });
    signal.addEventListener("abort", leave, { once: true });
    try {
      return await Promise.race([this.#open(), left]);
    } finally {
      signal.removeEventListener("abort", leave);
    }
  }

  #open(): Promise<BusOpened> {
    this.#opening ??= this.#openOnce().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #openOnce(): Promise<BusOpened> {
    this.#retry?.cancel();
    this.#retry = undefined;
    const opened = await openBus(
      {
        address: this.#options.address,
        clock: this.#options.clock,
        timeoutMs: CONNECT_TIMEOUT_MS,
        onSignal: (message) => this.#onSignal(message),
        onClose: (message) => this.#onClose(message),
      },
      this.#life.signal,
    );
    if (!opened.ok) {
      this.#failures += 1;
      this.#scheduleRetry();
      return opened;
    }
    if (opened.bus.closed || this.#life.signal.aborted) {
      opened.bus.close();
      return { ok: false, problem: { kind: "closed", message: "the bus closed the connection" } };
    }
    this.#failures = 0;
    this.#bus = opened.bus;
    this.#subscribe(opened.bus);
    this.#changedAll();
    return opened;
  }

  /** Asks for all signals that are wanted. They travel ahead of whatever is asked afterwards, so nothing is missed in between. */
  #subscribe(bus: BusConnection): void {
    for (const rule of COMMON_RULES) this.#tell(bus, "AddMatch", rule);
    for (const [path, { signalsAt }] of this.#watched) {
      for (const each of new Set([path, signalsAt])) this.#tell(bus, "AddMatch", ruleFor(each));
    }
    this.#tell(bus, "Subscribe");
  }

  /** A call whose answer changes nothing here: without signals the poll goes on, so a refusal is only worth a line in the log. */
  #tell(bus: BusConnection, member: "AddMatch" | "RemoveMatch" | "Subscribe", rule?: string): void {
    const deadline = this.#options.clock.deadline(CONNECT_TIMEOUT_MS, this.#life.signal);
    const answer =
      member === "Subscribe"
        ? bus.call(managerCall(member), deadline.signal)
        : member === "AddMatch"
          ? bus.addMatch(rule ?? "", deadline.signal)
          : bus.removeMatch(rule ?? "", deadline.signal);
    void this.#note(member, answer, deadline);
  }

  async #note(member: string, answer: Promise<BusReply>, deadline: Deadline): Promise<void> {
    const reply = await answer;
    deadline[Symbol.dispose]();
    if (reply.ok || reply.problem.kind === "closed" || reply.problem.kind === "aborted") return;
    if (reply.problem.kind === "error" && EXPECTED_ERRORS.test(reply.problem.name)) return;
    this.#options.log.warn({ member, problem: reply.problem }, "no signals from systemd: polling only");
  }

  #onSignal(message: BusMessage): void {
    if (message.member === "PropertiesChanged" && message.interface === PROPERTIES_INTERFACE) {
      const concerned = [...this.#watched.values()].filter(({ signalsAt }) => signalsAt === message.path);
      if (concerned.length === 0) return;
      const changed = propertiesOf(message.body()[1]);
      for (const watched of concerned) {
        watched.lastFailure = endedBadly(changed) ?? watched.lastFailure;
        if (watched.filter.passes(changed)) this.#changed(watched);
      }
      return;
    }
    if (message.member === "Reloading" && message.interface === MANAGER_INTERFACE) {
      // True when it begins, false when the new files are in force.
      if (message.body()[0] === false) this.#changedAll();
      return;
    }
    if (message.member === "NameOwnerChanged" && message.interface === "org.freedesktop.DBus") {
      const [name, , owner] = message.body();
      if (name !== SYSTEMD || owner === "" || !this.#bus) return;
      this.#tell(this.#bus, "Subscribe");
      this.#changedAll();
    }
  }

  #onClose(message: string): void {
    this.#bus = undefined;
    if (this.#life.signal.aborted) return;
    this.#options.log.debug({ reason: message }, "system bus lost");
    this.#scheduleRetry();
  }

  #keepConnected(): void {
    if (!this.#bus && !this.#opening && !this.#retry) void this.#open();
  }

  #scheduleRetry(): void {
    if (this.#watched.size === 0 || this.#life.signal.aborted || this.#retry) return;
    const ms = backoffMs(RECONNECT, this.#failures + 1, Math.random());
    this.#retry = this.#options.clock
      .setTimeout(() => {
        this.#retry = undefined;
        if (this.#watched.size > 0) this.#keepConnected();
      }, ms)
      .unref();
  }

  #changedAll(): void {
    for (const watched of this.#watched.values()) {
      watched.filter = new ChangeFilter();
      this.#changed(watched);
    }
  }

  #changed(watched: Watched): void {
    watched.timer ??= this.#options.clock.setTimeout(() => {
      watched.timer = undefined;
      for (const listener of watched.listeners) listener();
    }, DEBOUNCE_MS);
  }
}

/** Our own trouble as a failure: whatever keeps systemd from answering says nothing about the unit. */
function unreadable(problem: BusProblem, signal: AbortSignal): UnitReading & { ok: false } {
  switch (problem.kind) {
    case "not_permitted":
    case "no_descriptors":
      return { ok: false, failure: problem.kind, detail: problem.message };
    case "unreachable":
    case "closed":
      return { ok: false, failure: "bus_unreachable", detail: problem.message };
    case "aborted":
      return signal.reason instanceof DeadlineError
        ? { ok: false, failure: "bus_unreachable", detail: `systemd did not answer: ${problem.message}` }
        : { ok: false, failure: "aborted", detail: problem.message };
    case "error":
      return {
        ok: false,
        failure: problem.name === "org.freedesktop.DBus.Error.AccessDenied" ? "not_permitted" : "bus_unreachable",
        detail: `systemd refused: ${problem.name}: ${problem.message}`,
      };
    default:
      return assertNever(problem);
  }
}
