import { constants } from "node:fs";
import { lstat, open, readFile, readlink, realpath, stat } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { dirname, sep } from "node:path";

import { messageOf, systemCodeOf } from "../../base/errors.js";
import type { LogFailure } from "../../model/log.js";

/** An open log file, and what it was when it was opened. */
export interface OpenLog {
  readonly handle: FileHandle;
  /** Device and inode. */
  readonly id: string;
  readonly size: number;
  /** Bytes that it takes on its disk: less than its size where it has holes, or the file system compresses. */
  readonly allocated: number;
  readonly modifiedAt: number;
}

export interface OpenFailure {
  readonly failure: LogFailure;
  readonly detail: string;
  readonly needsGroup?: string;
}

export type OpenResult = ({ readonly ok: true } & OpenLog) | ({ readonly ok: false } & OpenFailure);

/** Never blocks on a FIFO, never follows a link in the last part, never takes a terminal for its own. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;

/** What `st_blocks` counts (stat(2)). */
const STAT_BLOCK = 512;

/** The directory of a configured file as it really is: within it links may be followed. */
export async function realDirectory(path: string): Promise<string> {
  return realpath(dirname(path));
}

/**
 * Opens a log for reading, if it is one: a regular file with a single name that lies within `directory` (a real path) also when
 * it is open, so that a link changed in between leads nowhere. Whoever may write to the directory of a log cannot make another file readable by it.
 */
export async function openLog(path: string, directory: string): Promise<OpenResult> {
  let handle: FileHandle | undefined;
  try {
    const real = await realpath(path);
    if (!isWithin(real, directory)) return refused("outside", real);
    handle = await open(real, FLAGS);
    const wrong = await problemOf(handle, real, directory);
    if (wrong !== undefined) {
      await handle.close();
      return wrong;
    }
    const { dev, ino, size, blocks, mtimeMs } = await handle.stat();
    return { ok: true, handle, id: `${dev}:${ino}`, size, allocated: blocks * STAT_BLOCK, modifiedAt: mtimeMs };
  } catch (thrown) {
    await handle?.close();
    return failureOf(thrown, path);
  }
}

async function problemOf(handle: FileHandle, real: string, directory: string): Promise<OpenResult | undefined> {
  const status = await handle.stat();
  if (!status.isFile()) return refused("not_regular", real);
  if (status.nlink > 1) return refused("hard_linked", real);
  const opened = await nameOf(handle);
  if (opened !== undefined && !isWithin(opened, directory)) return refused("outside", opened);
  if (opened === undefined) {
    const now = await lstat(real);
    if (now.dev !== status.dev || now.ino !== status.ino) return refused("outside", real);
  }
  return undefined;
}

/** What the kernel calls the file that is open; undefined where it does not tell. */
async function nameOf(handle: FileHandle): Promise<string | undefined> {
  try {
    return (await readlink(`/proc/self/fd/${handle.fd}`)).replace(/ \(deleted\)$/, "");
  } catch {
    return undefined;
  }
}

function isWithin(path: string, directory: string): boolean {
  return path.startsWith(directory.endsWith(sep) ? directory : directory + sep);
}

function refused(failure: LogFailure, detail: string): OpenResult {
  return { ok: false, failure, detail };
}

async function failureOf(thrown: unknown, path: string): Promise<OpenResult> {
  switch (systemCodeOf(thrown)) {
    case "ENOENT":
    case "ENOTDIR":
      return refused("not_found", path);
    case "ELOOP":
      return refused("outside", path);
    case "EISDIR":
    case "ENXIO":
    case "ENODEV":
      return refused("not_regular", path);
    case "EACCES":
    case "EPERM": {
      const needsGroup = await groupThatMay(path);
      return {
        ok: false,
        failure: "not_permitted",
        detail: path,
        ...(needsGroup === undefined ? {} : { needsGroup }),
      };
    }
    default:
      return refused("io", messageOf(thrown));
  }
}

const GROUP_MAY_READ = 0o040;
const GROUP_MAY_ENTER = 0o010;

/** The group whose members may read the file, or enter the directory that keeps us from it. */
async function groupThatMay(path: string): Promise<string | undefined> {
  try {
    const file = await stat(path);
    return (file.mode & GROUP_MAY_READ) === 0 ? undefined : await groupName(file.gid);
  } catch {
    const parent = dirname(path);
    if (parent === path) return undefined;
    try {
      const directory = await stat(parent);
      return (directory.mode & GROUP_MAY_ENTER) === 0 ? undefined : await groupName(directory.gid);
    } catch {
      return groupThatMay(parent);
    }
  }
}

async function groupName(gid: number): Promise<string | undefined> {
  const groups = await readFile("/etc/group", "utf8");
  const line = groups.split("\n").find((entry) => entry.split(":")[2] === String(gid));
  return line?.split(":")[0] ?? String(gid);
}
