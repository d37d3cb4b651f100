import { execFile, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { access, mkdir, mkdtemp, open, readFile, readdir, rm, rmdir, statfs, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { systemCodeOf } from "../../../src/base/errors.js";
import { engineStarted } from "../engine/starts.js";
import { requireEngines } from "../engine/list.js";
import { writeBaseUnits } from "./units.js";

const INSIDE = fileURLToPath(new URL("./inside.sh", import.meta.url));
const PREFIX = "toban-test-";
/** A listing of everything that is installed is longer than a mebibyte. */
const MOST_OUTPUT_BYTES = 64 * 1024 * 1024;
const READY_MS = 20_000;
/** Magic number of cgroup2 (statfs(2)). */
const CGROUP2 = 0x63677270;

export interface EngineOptions {
  /**
   * Fills the engine's directory before anything starts. Returns which of its folders stand in for which folders of the host (host's
   * path → folder), so that what is installed inside never reaches the host.
   */
  readonly furnish?: (directory: string) => Promise<Readonly<Record<string, string>>>;
}

export interface Exited {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A real systemd with bus and journal, as PID 1 of namespaces of its own on this host's root: no container, no image. It shares
 * only the network. It ends with {@link stop}, and by the kernel's hand if the test process dies.
 */
export class SystemdEngine implements AsyncDisposable {
  readonly directory: string;
  readonly #outer: ChildProcess;
  readonly #pid1: number;
  readonly #cgroup: string;

  private constructor(directory: string, outer: ChildProcess, pid1: number, cgroup: string) {
    this.directory = directory;
    this.#outer = outer;
    this.#pid1 = pid1;
    this.#cgroup = cgroup;
  }

  /** Starts one with these unit files (name → text), none of them started. */
  static async start(
    units: Readonly<Record<string, string>> = {},
    options: EngineOptions = {},
  ): Promise<SystemdEngine> {
    requireEngines(["root", "systemd", "dbus"]);
    engineStarted("systemd");
    await sweepCgroups();
    const directory = await mkdtemp(join(tmpdir(), PREFIX));
    for (const name of ["run", "log", "units"]) await mkdir(join(directory, name));
    await writeBaseUnits(join(directory, "units"));
    for (const [name, text] of Object.entries(units)) await writeFile(join(directory, "units", name), text);
    const stands = (await options.furnish?.(directory)) ?? {};
    const mounts = Object.entries(stands).map(([path, source]) => `${source} ${path}\n`);
    await writeFile(join(directory, "mounts"), mounts.join(""));
    const cgroup = join(await cgroupRoot(), `${PREFIX}${process.pid}-${directory.slice(-6)}`);
    await mkdir(cgroup);
    const outer = await spawnInside(directory, cgroup);
    try {
      const pid1 = await ready(directory, outer);
      return new SystemdEngine(directory, outer, pid1, cgroup);
    } catch (thrown) {
      await end(outer, outer.pid, cgroup, directory);
      throw thrown;
    }
  }

  /** The process id of its PID 1, as this host counts. */
  get processId(): number {
    return this.#pid1;
  }

  /** For DBUS_SYSTEM_BUS_ADDRESS, usable from outside. */
  get busAddress(): string {
    return busAddress(this.directory);
  }

  /** For `journalctl -D`, usable from outside. */
  get journalDirectory(): string {
    return join(this.directory, "run/log/journal");
  }

  /** Where a file of the inside is seen from here: what stands in for a folder of the host is mounted inside alone. */
  path(inside: string): string {
    return `/proc/${this.#pid1}/root${inside}`;
  }

  /** Runs a program inside. Never rejects for its exit code. */
  exec(file: string, ...args: readonly string[]): Promise<Exited> {
    return run("nsenter", ["-t", String(this.#pid1), "-m", "-p", "-C", "-i", "-u", file, ...args]);
  }

  /** `systemctl` inside; rejects when it fails. */
  async systemctl(...args: readonly string[]): Promise<string> {
    const exited = await this.exec("systemctl", ...args);
    if (exited.code !== 0) throw new Error(`systemctl ${args.join(" ")}: exit code ${exited.code}: ${exited.stderr}`);
    return exited.stdout.trim();
  }

  /** A property as systemctl prints it: the second opinion that tests hold the product against. */
  property(unit: string, name: string): Promise<string> {
    return this.systemctl("show", unit, "--value", "-p", name);
  }

  /** Writes a unit file; takes effect with `systemctl("daemon-reload")`. */
  writeUnit(name: string, text: string): Promise<void> {
    return writeFile(join(this.directory, "units", name), text);
  }

  async stop(): Promise<void> {
    await end(this.#outer, this.#pid1, this.#cgroup, this.directory);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

function busAddress(directory: string): string {
  return `unix:path=${directory}/run/dbus/system_bus_socket`;
}

function run(file: string, args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Exited> {
  return new Promise((resolve) => {
    execFile(
      file,
      [...args],
      {
        timeout: 240_000,
        killSignal: "SIGKILL",
        maxBuffer: MOST_OUTPUT_BYTES,
        env: { PATH: process.env["PATH"], ...env },
      },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
        resolve({ code, stdout, stderr });
      },
    );
  });
}

/** Where cgroup2 is mounted: on its own, or beside version 1 in the hybrid layout. */
async function cgroupRoot(): Promise<string> {
  const root = "/sys/fs/cgroup";
  return (await statfs(root)).type === CGROUP2 ? root : join(root, "unified");
}

/** Removes what test processes that were killed left behind: empty cgroups whose maker is gone. */
async function sweepCgroups(): Promise<void> {
  const root = await cgroupRoot();
  for (const name of await readdir(root)) {
    const maker = /^toban-test-(\d+)-/.exec(name)?.[1];
    if (maker === undefined) continue;
    const alive = await access(`/proc/${maker}`).then(
      () => true,
      () => false,
    );
    if (!alive) await removeCgroup(join(root, name));
  }
}

/** `setpriv --pdeathsig` and `unshare --kill-child` tie everything to this process's life: no test can leave a systemd running. */
async function spawnInside(directory: string, cgroup: string): Promise<ChildProcess> {
  const log = await open(join(directory, "manager.log"), "w");
  const namespaces = [
    "--pid",
    "--fork",
    "--kill-child",
    "--mount",
    "--uts",
    "--ipc",
    "--cgroup",
    "--propagation",
    "private",
  ];
  // The shell enters the cgroup and then becomes setpriv, which becomes unshare: one process, which is ours to end.
  const enter = 'echo $$ > "$0/cgroup.procs" && exec "$@"';
  const command = ["setpriv", "--pdeathsig", "KILL", "unshare", ...namespaces, "bash", INSIDE, directory];
  const outer = spawn("bash", ["-c", enter, cgroup, ...command], { stdio: ["ignore", log.fd, log.fd], detached: true });
  await log.close();
  return outer;
}

async function ready(directory: string, outer: ChildProcess): Promise<number> {
  const until = performance.now() + READY_MS;
  const question = [
    "get-property",
    "org.freedesktop.systemd1",
    "/org/freedesktop/systemd1",
    "org.freedesktop.systemd1.Manager",
    "SystemState",
  ];
  while (performance.now() < until && outer.exitCode === null && outer.signalCode === null) {
    const { stdout } = await run("busctl", question, { DBUS_SYSTEM_BUS_ADDRESS: busAddress(directory) });
    if (stdout.trim() === 's "running"') return childOf(outer.pid ?? 0);
    await sleep(20);
  }
  const log = await readFile(join(directory, "manager.log"), "utf8");
  throw new Error(`systemd did not come up within ${READY_MS} ms: ${log.trim() || "it said nothing"}`);
}

async function childOf(pid: number): Promise<number> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
  const child = Number(children.trim().split(" ")[0]);
  if (!Number.isInteger(child) || child === 0) throw new Error(`process ${pid} has no child: "${children}"`);
  return child;
}

/** Killing PID 1 of the namespaces ends everything in them at once. */
async function end(outer: ChildProcess, pid: number | undefined, cgroup: string, directory: string): Promise<void> {
  if (outer.exitCode === null && outer.signalCode === null) {
    const exited = new Promise((resolve) => outer.once("exit", resolve));
    if (pid !== undefined) process.kill(pid, "SIGKILL");
    await exited;
  }
  await removeCgroup(cgroup);
  await rm(directory, { recursive: true, force: true });
}

/** Deepest first, as the kernel wants it; busy for a moment while the last process is being reaped. */
async function removeCgroup(path: string): Promise<void> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await removeCgroup(join(path, entry.name));
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const removed = await rmdir(path).then(
      () => true,
      (error: unknown) => systemCodeOf(error) !== "EBUSY",
    );
    if (removed) return;
    await sleep(20);
  }
}
