import { accessSync, constants, existsSync, statfsSync } from "node:fs";
import path from "node:path";

import { messageOf, systemCodeOf } from "../base/errors.js";
import { DamagedBytesError } from "./bytes.js";
import type { StoreTrouble } from "./contract.js";

/** What an error of the file means: wait a moment, go on in memory, or (undefined) nothing about the file: the caller's own mistake. */
export type FileFault =
  | { readonly kind: "busy" }
  | { readonly kind: "trouble"; readonly trouble: StoreTrouble; readonly detail: string };

/** The file on the path is not the one that is open: the directory or the file was removed or replaced. */
export class MovedFileError extends Error {
  override readonly name = "MovedFileError";
}

const BY_CODE: readonly (readonly [prefix: string, trouble: StoreTrouble])[] = [
  ["SQLITE_READONLY_DBMOVED", "missing"],
  ["SQLITE_READONLY", "read_only"],
  ["SQLITE_FULL", "full"],
  ["SQLITE_CORRUPT", "corrupt"],
  ["SQLITE_NOTADB", "corrupt"],
  ["SQLITE_FORMAT", "corrupt"],
  ["SQLITE_IOERR", "io"],
  ["SQLITE_CANTOPEN", "io"],
  ["SQLITE_PERM", "read_only"],
  ["SQLITE_AUTH", "read_only"],
  ["EROFS", "read_only"],
  ["EACCES", "read_only"],
  ["EPERM", "read_only"],
  ["ENOSPC", "full"],
  ["EDQUOT", "full"],
  ["ENOENT", "missing"],
  ["ENOTDIR", "missing"],
  ["EEXIST", "missing"],
];

/** Any other error of the operating system (`EIO`, `EMFILE`, …). */
const SYSTEM_CODE = /^E[A-Z0-9]+$/;

/** `file`: the database's path, looked at to tell apart what SQLite reports under one code. */
export function faultOf(thrown: unknown, file: string): FileFault | undefined {
  const detail = messageOf(thrown);
  if (thrown instanceof MovedFileError) return { kind: "trouble", trouble: "missing", detail };
  if (thrown instanceof DamagedBytesError) return { kind: "trouble", trouble: "corrupt", detail };
  const code = systemCodeOf(thrown);
  if (code === undefined) {
    const noDirectory = thrown instanceof TypeError && !existsSync(path.dirname(file));
    return noDirectory ? { kind: "trouble", trouble: "missing", detail } : undefined;
  }
  if (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED")) return { kind: "busy" };
  const known = BY_CODE.find(([prefix]) => code.startsWith(prefix))?.[1];
  const trouble = known ?? (SYSTEM_CODE.test(code) ? "io" : undefined);
  if (!trouble) return undefined;
  return { kind: "trouble", trouble: trouble === "io" ? narrowed(file) : trouble, detail: `${code}: ${detail}` };
}

/** "Input/output error" and "unable to open" are what SQLite also says of a directory that is gone, protected or full. */
function narrowed(file: string): StoreTrouble {
  const directory = path.dirname(file);
  if (!existsSync(directory)) return "missing";
  try {
    accessSync(directory, constants.W_OK);
  } catch {
    return "read_only";
  }
  try {
    if (statfsSync(directory).bavail === 0) return "full";
  } catch {
    return "io";
  }
  return "io";
}
