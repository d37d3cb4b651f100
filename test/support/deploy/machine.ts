import { execFile } from "node:child_process";
import { chmod, chown, copyFile, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";

import { requireEngines } from "../engine/list.js";
import { SystemdEngine } from "../systemd/engine.js";

const run = promisify(execFile);
const POLKIT_UNIT = "/lib/systemd/system/polkit.service";

/** A host to install on: a real systemd with bus, journal and polkit, whose /etc, /opt, /var/lib, … are not this host's. */
export async function startMachine(units: Readonly<Record<string, string>> = {}): Promise<SystemdEngine> {
  requireEngines(["polkit"]);
  return SystemdEngine.start(units, { furnish });
}

async function furnish(directory: string): Promise<Readonly<Record<string, string>>> {
  const at = (name: string): string => join(directory, name);
  await run("cp", ["-a", "/etc", at("etc")]);
  await rm(at("etc/systemd/system"), { recursive: true, force: true });
  await mkdir(at("etc/systemd/system"));
  await emptyRules(at("etc/polkit-1/rules.d"));
  for (const name of ["opt", "lib", "backups", "bin"]) await mkdir(at(name));
  const { uid: polkitd } = await idsOf("polkitd");
  await mkdir(at("lib/polkit-1"));
  await chown(at("lib/polkit-1"), polkitd, 0);
  await chmod(at("lib/polkit-1"), 0o700);
  // As systemd-tmpfiles would leave it: what the journal writes belongs to its group.
  const { gid: journal } = await idsOf("systemd-journal");
  await mkdir(at("run/log/journal"), { recursive: true });
  await chown(at("run/log/journal"), 0, journal);
  await chmod(at("run/log/journal"), 0o2755);
  await copyFile(POLKIT_UNIT, at("units/polkit.service"));
  const stands = {
    "/etc": at("etc"),
    // One folder under both names: what is installed is what the manager reads.
    "/etc/systemd/system": at("units"),
    "/opt": at("opt"),
    "/var/lib": at("lib"),
    "/var/backups": at("backups"),
    "/usr/local/bin": at("bin"),
  };
  return { ...(await nodeBelow(stands)), ...stands };
}

/** A Node that is installed where something stands in for the folder is there all the same. Mounted first, it comes along with the folder. */
async function nodeBelow(stands: Readonly<Record<string, string>>): Promise<Readonly<Record<string, string>>> {
  const node = process.execPath;
  const [folder, source] = Object.entries(stands).find(([path]) => node.startsWith(`${path}/`)) ?? [];
  if (folder === undefined || source === undefined) return {};
  const place = join(source, relative(folder, node));
  await mkdir(dirname(place), { recursive: true });
  await writeFile(place, "");
  return { [place]: node };
}

async function emptyRules(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await rm(join(folder, name));
}

/** Ids of a name, of a user or else of a group. */
async function idsOf(name: string): Promise<{ readonly uid: number; readonly gid: number }> {
  for (const file of ["/etc/passwd", "/etc/group"]) {
    const line = (await readFile(file, "utf8")).split("\n").find((each) => each.startsWith(`${name}:`));
    const [, , id, group] = line?.split(":") ?? [];
    if (id !== undefined) return { uid: Number(id), gid: file === "/etc/group" ? Number(id) : Number(group) };
  }
  throw new Error(`there is no user or group “${name}”`);
}
