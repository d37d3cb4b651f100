import { closeSync, openSync, readSync, readdirSync } from "node:fs";

import type { Clock } from "../../base/clock.js";
import type { ProcessFact } from "../../model/facts.js";
import type { Auxiliary } from "../proc/small.js";
import { parsePidStat } from "../proc/pid-stat.js";
import type { PidStat } from "../proc/pid-stat.js";
import { unreadable } from "../proc/kernel-file.js";

/** How many of the busiest are kept as facts. */
const TOP = 5;

/** Processes looked at before the event loop gets its turn: about a millisecond's work. */
const SLICE = 100;

/** Longest that `/proc/<pid>/stat` can be: 52 numbers and a short name. */
const STAT_BYTES = 2_048;

export interface ProcessScan {
  readonly count: number;
  readonly top: readonly ProcessFact[];
  /** Whether /proc shows other users' processes at all (not with `hidepid`). */
  readonly complete: boolean;
}

interface Seen {
  readonly startedTicks: number;
  readonly ticks: number;
}

/** Looks at every process; remembers their processor time, so that the next look knows who was busy since. */
export class ProcessTable {
  readonly #root: string;
  readonly #clock: Clock;
  readonly #auxiliary: Auxiliary;
  readonly #buffer = Buffer.allocUnsafe(STAT_BYTES);
  #before: { readonly at: number; readonly seen: ReadonlyMap<number, Seen> } | undefined;

  constructor(root: string, clock: Clock, auxiliary: Auxiliary) {
    this.#root = root;
    this.#clock = clock;
    this.#auxiliary = auxiliary;
  }

  async scan(signal: AbortSignal): Promise<ProcessScan> {
    const at = this.#clock.monotonic();
    const pids = readdirSync(this.#root).filter((name) => /^\d+$/.test(name));
    const seen = new Map<number, Seen>();
    const facts: ProcessFact[] = [];
    for (const [index, pid] of pids.entries()) {
      if (index % SLICE === SLICE - 1) {
        await this.#clock.nextTurn();
        signal.throwIfAborted();
      }
      const stat = this.#read(pid);
      if (!stat) continue;
      seen.set(stat.pid, { startedTicks: stat.startedTicks, ticks: stat.ticks });
      facts.push(this.#fact(stat, at));
    }
    this.#before = { at, seen };
    return { count: seen.size, top: busiest(facts), complete: pids.includes("1") };
  }

  #read(pid: string): PidStat | undefined {
    let fd: number | undefined;
    try {
      fd = openSync(`${this.#root}/${pid}/stat`, "r");
      return parsePidStat(this.#buffer, readSync(fd, this.#buffer, 0, STAT_BYTES, 0));
    } catch (thrown) {
      // It has ended meanwhile, or is not ours to see. Anything else (no descriptor left) is our trouble.
      if (unreadable(thrown) === undefined) throw thrown;
      return undefined;
    } finally {
      if (fd !== undefined) closeSync(fd);
    }
  }

  #fact(stat: PidStat, at: number): ProcessFact {
    const before = this.#before;
    const known = before?.seen.get(stat.pid);
    const elapsedSeconds = before ? (at - before.at) / 1_000 : 0;
    const same = known !== undefined && known.startedTicks === stat.startedTicks && elapsedSeconds > 0;
    const busySeconds = same ? Math.max(0, stat.ticks - known.ticks) / this.#auxiliary.ticksPerSecond : 0;
    return {
      pid: stat.pid,
      name: stat.name,
      residentBytes: Math.max(0, stat.residentPages) * this.#auxiliary.pageBytes,
      ...(same && { cpuRatio: busySeconds / elapsedSeconds }),
    };
  }
}

/** By processor time, then by memory, then by pid, so that equal ones do not change places. */
function busiest(facts: readonly ProcessFact[]): readonly ProcessFact[] {
  return facts
    .toSorted((a, b) => (b.cpuRatio ?? 0) - (a.cpuRatio ?? 0) || b.residentBytes - a.residentBytes || a.pid - b.pid)
    .slice(0, TOP);
}
