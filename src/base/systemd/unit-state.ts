/** What systemd says about a unit, as far as it is used. Absent: not said, or not applicable to that type of unit. */
export interface UnitState {
  /** `loaded`, `not-found`, `masked`, `bad-setting`, `error`, … */
  readonly load: string;
  /** `active`, `reloading`, `inactive`, `failed`, `activating`, `deactivating`, `maintenance`, `refreshing`. */
  readonly active: string;
  /** Finer, and different for each type of unit: `running`, `exited`, `dead`, `auto-restart`, … */
  readonly sub: string;
  readonly description: string | undefined;
  /** `success`, or how it failed: `exit-code`, `signal`, `timeout`, `oom-kill`, `watchdog`, `start-limit-hit`, … */
  readonly result: string | undefined;
  readonly mainPid: number | undefined;
  /** Exit status or signal number with which the main process ended last. */
  readonly exitStatus: number | undefined;
  /** How it ended when it last ended badly, as far as that was seen: systemd forgets it with the next start. */
  readonly lastFailure?: EndedBadly;
  /** UTC milliseconds at which the unit came into its present state. */
  readonly since: number | undefined;
  /** UTC milliseconds of the last step within the state: each step has the whole timeout to itself. */
  readonly steppedAt?: number;
  /** How long one step of its start or reload, and of its stop, may take by its own settings; absent: for ever, or not told. */
  readonly startTimeoutMs?: number;
  readonly stopTimeoutMs?: number;
  /** While it reloads: its main process has ended, and there is none that it could go on with. */
  readonly mainEnded?: true;
  /** The unit's own name: it may have been asked for by another (`Alias=`). */
  readonly id?: string;
  /** Automatic restarts since somebody started it last. */
  readonly restarts: number | undefined;
  readonly memoryBytes: number | undefined;
  readonly cpuSeconds: number | undefined;
  readonly tasks: number | undefined;
}

type Properties = ReadonlyMap<string, unknown>;

/** How a unit ended: systemd's result, and the exit status or signal number of its main process. */
export interface EndedBadly {
  readonly result: string;
  readonly exitStatus?: number;
}

/** Of the properties of a type's interface, told by a signal or asked for. */
export function endedBadly(ofType: Properties): EndedBadly | undefined {
  const result = worded(ofType, "Result");
  if (result === undefined || result === "success") return undefined;
  const exitStatus = exitStatusOf(ofType);
  return { result, ...(exitStatus === undefined ? {} : { exitStatus }) };
}

/** CLD_EXITED, CLD_KILLED or CLD_DUMPED; the code is 0 while nothing has ended yet. */
function exitStatusOf(ofType: Properties): number | undefined {
  return positive(ofType, "ExecMainCode") === undefined ? undefined : counted(ofType, "ExecMainStatus");
}

/** systemd says "not known" by the largest 64-bit number; anything in its neighbourhood is beyond exact numbers anyway. */
function counted(properties: Properties, name: string): number | undefined {
  const value = properties.get(name);
  return typeof value === "number" && value <= Number.MAX_SAFE_INTEGER ? value : undefined;
}

function positive(properties: Properties, name: string): number | undefined {
  const value = counted(properties, name);
  return value !== undefined && value > 0 ? value : undefined;
}

function worded(properties: Properties, name: string): string | undefined {
  const value = properties.get(name);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The timestamp that belongs to a state (µs since the epoch, 0 for never), as `systemctl status` picks it. */
const TIMESTAMP_OF: Readonly<Record<string, string>> = {
  active: "ActiveEnterTimestamp",
  reloading: "ActiveEnterTimestamp",
  refreshing: "ActiveEnterTimestamp",
  inactive: "InactiveEnterTimestamp",
  failed: "InactiveEnterTimestamp",
  activating: "InactiveExitTimestamp",
  deactivating: "ActiveExitTimestamp",
};

const RELOADING: readonly string[] = ["reloading", "refreshing"];

/** The state from the properties of `org.freedesktop.systemd1.Unit` and of the interface of its type. `undefined` when there is no state in them. */
export function unitStateOf(unit: Properties, ofType: Properties): UnitState | undefined {
  const active = worded(unit, "ActiveState");
  if (active === undefined) return undefined;
  const since = positive(unit, TIMESTAMP_OF[active] ?? "StateChangeTimestamp");
  const steppedAt = positive(unit, "StateChangeTimestamp");
  const cpuNanoseconds = counted(ofType, "CPUUsageNSec");
  return {
    load: worded(unit, "LoadState") ?? "",
    active,
    sub: worded(unit, "SubState") ?? "",
    description: worded(unit, "Description"),
    result: worded(ofType, "Result"),
    mainPid: positive(ofType, "MainPID"),
    exitStatus: exitStatusOf(ofType),
    since: since === undefined ? undefined : Math.floor(since / 1_000),
    restarts: counted(ofType, "NRestarts"),
    memoryBytes: counted(ofType, "MemoryCurrent"),
    cpuSeconds: cpuNanoseconds === undefined ? undefined : cpuNanoseconds / 1e9,
    tasks: counted(ofType, "TasksCurrent"),
    ...(steppedAt !== undefined && { steppedAt: Math.floor(steppedAt / 1_000) }),
    ...timeoutsOf(ofType),
    ...idOf(unit),
    ...(RELOADING.includes(active) && mainEnded(ofType) && { mainEnded: true }),
  };
}

function idOf(unit: Properties): Pick<UnitState, "id"> {
  const id = worded(unit, "Id");
  return id === undefined ? {} : { id };
}

/** Sockets, mounts and swaps have one for both. Never is the largest number there is, which is not counted. */
function timeoutsOf(ofType: Properties): Pick<UnitState, "startTimeoutMs" | "stopTimeoutMs"> {
  const both = positive(ofType, "TimeoutUSec");
  const start = positive(ofType, "TimeoutStartUSec") ?? both;
  const stop = positive(ofType, "TimeoutStopUSec") ?? both;
  return {
    ...(start !== undefined && { startTimeoutMs: start / 1_000 }),
    ...(stop !== undefined && { stopTimeoutMs: stop / 1_000 }),
  };
}

/** A service that has done its work may stay active without a process; one that forked may have a process that systemd does not know. */
function mainEnded(ofType: Properties): boolean {
  if (ofType.get("MainPID") !== 0 || positive(ofType, "ExecMainCode") === undefined) return false;
  return ofType.get("Type") !== "oneshot" && ofType.get("Type") !== "forking" && ofType.get("RemainAfterExit") !== true;
}
