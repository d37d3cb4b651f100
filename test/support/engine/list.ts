import { accessSync, constants, readFileSync } from "node:fs";
import { join } from "node:path";

import list from "../../engines.json" with { type: "json" };

/** One real thing that tests run against. `test/engines.json` is the only list of them. */
export interface Engine {
  /** What it is, in half a sentence. */
  readonly is: string;
  /** Programs that must be executable: absolute, or looked for on the path. */
  readonly programs?: readonly string[];
  /** Files that must be readable. */
  readonly files?: readonly string[];
  /** Debian's packages that bring it. */
  readonly packages?: readonly string[];
  /** What to do where no package brings it. */
  readonly otherwise?: string;
}

export type EngineName = keyof typeof list;

export const ENGINES: Readonly<Record<EngineName, Engine>> = list;
export const ENGINE_NAMES = Object.keys(list) as readonly EngineName[];
/** By the time a test runs, npm ci has compiled. */
export const TEST_ENGINES: readonly EngineName[] = ENGINE_NAMES.filter((name) => name !== "build");

/** What can be seen of a machine. */
export interface Look {
  executable(path: string): boolean;
  readable(path: string): boolean;
  /** Whether namespaces, mounts and users can be made. */
  mayAdminister(): boolean;
  /** Folders that programs are looked for in. */
  readonly path: readonly string[];
}

/** CAP_SYS_ADMIN (capabilities(7)): root in a container is often without it. */
const SYS_ADMIN = 21n;
/** A user's path often lacks the last two. */
const PATH = ["/usr/local/sbin", "/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"];

export const thisMachine: Look = {
  executable: (path) => may(path, constants.X_OK),
  readable: (path) => may(path, constants.R_OK),
  mayAdminister: () => process.getuid?.() === 0 && holdsSysAdmin(),
  path: [...(process.env["PATH"] ?? "").split(":").filter((folder) => folder !== ""), ...PATH],
};

function may(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

function holdsSysAdmin(): boolean {
  const held = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
  return ((BigInt(`0x${held}`) >> SYS_ADMIN) & 1n) === 1n;
}

/** What of an engine is not there: programs, files, `rights`. Empty when it is whole. */
export function missingParts(name: EngineName, look: Look = thisMachine): readonly string[] {
  const { programs = [], files = [] } = ENGINES[name];
  const there = (program: string): boolean =>
    program.startsWith("/") ? look.executable(program) : look.path.some((at) => look.executable(join(at, program)));
  return [
    ...(name === "root" && !look.mayAdminister() ? ["rights"] : []),
    ...programs.filter((program) => !there(program)),
    ...files.filter((file) => !look.readable(file)),
  ];
}

/** Those of the engines that are not whole, in the list's order. */
export function missingEngines(
  names: readonly EngineName[] = ENGINE_NAMES,
  look: Look = thisMachine,
): readonly EngineName[] {
  return ENGINE_NAMES.filter((name) => names.includes(name) && missingParts(name, look).length > 0);
}

export function packagesOf(names: readonly EngineName[]): readonly string[] {
  return [...new Set(names.flatMap((name) => ENGINES[name].packages ?? []))];
}

/** The one thing to do so that these engines are there. */
export function howToGet(names: readonly EngineName[]): string {
  const packages = packagesOf(names);
  const others = names.map((name) => ENGINES[name].otherwise).filter((each) => each !== undefined);
  return [...(packages.length === 0 ? [] : [`apt-get install -y ${packages.join(" ")}`]), ...others].join("; ");
}

/** For what starts an engine: a test that came here without having said that it needs it is told what it lacks. */
export function requireEngines(names: readonly EngineName[], look: Look = thisMachine): void {
  const missing = missingEngines(names, look);
  if (missing.length === 0) return;
  const them = missing.length === 1 ? "it" : "them";
  throw new Error(`missing: ${missing.join(", ")}. To have ${them}: ${howToGet(missing)}`);
}
