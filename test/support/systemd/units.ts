import { copyFile, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

const HOST_UNITS = "/lib/systemd/system";

const TARGETS = [
  "sysinit",
  "basic",
  "shutdown",
  "sockets",
  "timers",
  "paths",
  "slices",
  "umount",
  "final",
  "exit",
  "local-fs",
  "swap",
  "network",
].map((name) => `${name}.target`);

const SERVICES = [
  "systemd-exit.service",
  "systemd-journald.service",
  "systemd-journald.socket",
  "dbus.service",
  "dbus.socket",
];

const TEST_TARGET = "[Unit]\nRequires=basic.target\nAfter=basic.target\nAllowIsolate=yes\n";

/** The few units of the host that a manager with a bus and a journal needs, and the target that is booted into. */
export async function writeBaseUnits(units: string): Promise<void> {
  for (const wants of ["sysinit.target.wants", "sockets.target.wants"])
    await mkdir(join(units, wants), { recursive: true });
  for (const name of TARGETS) {
    const text = await readFile(join(HOST_UNITS, name), "utf8");
    // There is no emergency.target to fall into.
    await writeFile(join(units, name), text.replace(/^OnFailure=.*\n/gm, ""));
  }
  for (const name of SERVICES) await copyFile(join(HOST_UNITS, name), join(units, name));
  const journald = await readFile(join(HOST_UNITS, "systemd-journald.service"), "utf8");
  // /dev is shared with the host: with its other sockets this journal would take over the host's /dev/log.
  const alone = journald
    .replaceAll(/systemd-journald-(dev-log|audit)\.socket/g, "")
    .replace(/^Sockets=.*$/m, "Sockets=systemd-journald.socket");
  await writeFile(join(units, "systemd-journald.service"), alone);
  await symlink("../dbus.socket", join(units, "sockets.target.wants/dbus.socket"));
  await symlink("../systemd-journald.socket", join(units, "sockets.target.wants/systemd-journald.socket"));
  await symlink("../systemd-journald.service", join(units, "sysinit.target.wants/systemd-journald.service"));
  await writeFile(join(units, "test.target"), TEST_TARGET);
}
