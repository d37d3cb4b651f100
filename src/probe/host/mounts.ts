import { statfsSync } from "node:fs";
import type { StatsFs } from "node:fs";
import { statfs } from "node:fs/promises";

import type { Clock } from "../../base/clock.js";
import { systemCodeOf } from "../../base/errors.js";
import type { HostFacts } from "../../model/facts.js";
import { answersAtOnce } from "../proc/mountinfo.js";
import type { Mount } from "../proc/mountinfo.js";
import { withPools } from "./pools.js";
import type { MountValues } from "./values.js";

/** How long a mount may take to answer before the run goes on without it. */
const MOUNT_DEADLINE_MS = 1_000;

/**
 * How many unanswered calls may be under way. Each holds a thread of Node's pool of four, which files and name look-ups share: two
 * dead servers must not take it all.
 */
const MOST_UNANSWERED = 2;

/** The two ways to ask a file system for its figures. */
export interface Statfs {
  now(path: string): StatsFs;
  later(path: string): Promise<StatsFs>;
}

const nodeStatfs: Statfs = { now: (path) => statfsSync(path), later: (path) => statfs(path) };

export interface MountScan {
  readonly mounts: readonly MountValues[];
  readonly notPermitted: HostFacts["notPermitted"];
}

type Asked = { readonly stats: StatsFs } | { readonly refusal: HostFacts["notPermitted"][number] } | undefined;

/** Asks each mount for its space. One that does not answer is left out and not asked again until it has. */
export class MountTable {
  readonly #clock: Clock;
  readonly #prefix: string;
  readonly #statfs: Statfs;
  readonly #unanswered = new Set<string>();
  readonly #waiting: (() => void)[] = [];
  /** Devices whose superblock was seen writable. */
  #writable: ReadonlySet<string> = new Set();

  /** `prefix`: where the host's root is seen from here (`/proc/1/root` of another proc), empty for our own. */
  constructor(clock: Clock, prefix: string, ask: Statfs = nodeStatfs) {
    this.#clock = clock;
    this.#prefix = prefix;
    this.#statfs = ask;
  }

  async scan(all: readonly Mount[], signal: AbortSignal): Promise<MountScan> {
    const mounts = this.#everWritable(all);
    const asked = await Promise.all(mounts.map(async (mount) => [mount, await this.#ask(mount, signal)] as const));
    return {
      mounts: withPools(
        asked.flatMap(([mount, answer]) => (answer && "stats" in answer ? valuesOf(mount, answer.stats) : [])),
      ),
      notPermitted: asked.flatMap(([, answer]) => (answer && "refusal" in answer ? [answer.refusal] : [])),
    };
  }

  /**
   * Without those that were mounted for reading only and never seen otherwise (an image, a medium, a share): they cannot fill, and are not
   * broken. The root is kept, because a host that cannot write there is not well, whoever mounted it so.
   */
  #everWritable(mounts: readonly Mount[]): readonly Mount[] {
    const seen = mounts.filter((mount) => !mount.readOnly || this.#writable.has(mount.device));
    this.#writable = new Set(seen.map((mount) => mount.device));
    return mounts.filter((mount) => !mount.mountedReadOnly || mount.mount === "/" || this.#writable.has(mount.device));
  }

  async #ask(mount: Mount, signal: AbortSignal): Promise<Asked> {
    const path = `${this.#prefix}${mount.mount}`;
    const silent: Asked = {
      refusal: { what: mount.mount, needs: `${mount.type} ${mount.source} to answer`, because: "silent" },
    };
    try {
      if (answersAtOnce(mount)) return { stats: this.#statfs.now(path) };
      if (this.#unanswered.has(path)) return silent;
      return (await this.#askLater(path, signal)) ?? silent;
    } catch (thrown) {
      switch (systemCodeOf(thrown)) {
        case "EACCES":
        case "EPERM":
          return { refusal: { what: mount.mount, needs: "permission to search its path" } };
        case "EMFILE":
        case "ENFILE":
        case "ENOMEM":
          throw thrown;
        case "ENOENT":
        case "ENOTDIR":
          // Unmounted meanwhile, or in another mount namespace than ours.
          return undefined;
        default:
          // ESTALE, ENOTCONN, EIO, …: the file system is ill. It has no figures, and that is said.
          return silent;
      }
    }
  }

  /** Waits for its turn and for the answer, both within one deadline. */
  async #askLater(path: string, signal: AbortSignal): Promise<Asked> {
    using deadline = this.#clock.deadline(MOUNT_DEADLINE_MS, signal);
    let onAbort: () => void = () => undefined;
    const silence = new Promise<undefined>((resolve) => {
      onAbort = (): void => resolve(undefined);
      if (deadline.signal.aborted) resolve(undefined);
      deadline.signal.addEventListener("abort", onAbort, { once: true });
    });
    try {
      while (this.#unanswered.size >= MOST_UNANSWERED) {
        const turn = new Promise<true>((resolve) => this.#waiting.push(() => resolve(true)));
        if ((await Promise.race([turn, silence])) === undefined) return undefined;
      }
      this.#unanswered.add(path);
      const answer = this.#statfs.later(path).finally(() => {
        this.#unanswered.delete(path);
        for (const next of this.#waiting.splice(0)) next();
      });
      // The answer may come after we have gone; then nobody is left to hear its error.
      answer.catch(() => undefined);
      const stats = await Promise.race([answer, silence]);
      return stats && { stats };
    } finally {
      deadline.signal.removeEventListener("abort", onAbort);
    }
  }
}

/** `df`'s figures. A file system of size 0 has no space to speak of and is left out. */
export function valuesOf(mount: Mount, stats: StatsFs): readonly MountValues[] {
  const used = stats.blocks - stats.bfree;
  // What is reserved for root counts as neither used nor available; bavail may even be negative then.
  const available = Math.max(0, stats.bavail);
  if (stats.blocks <= 0 || used + available <= 0) return [];
  return [
    {
      mount: mount.mount,
      device: mount.source,
      type: mount.type,
      readOnly: mount.readOnly,
      sizeBytes: stats.blocks * stats.bsize,
      availableBytes: available * stats.bsize,
      usedRatio: used / (used + available),
      ...(stats.files > 0 && { inodesUsedRatio: Math.min(1, Math.max(0, 1 - stats.ffree / stats.files)) }),
    },
  ];
}
