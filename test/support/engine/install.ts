import { spawnSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";

/** What came of an attempt to install packages. */
export type Installed =
  | { readonly status: "installed" }
  | { readonly status: "not_root" }
  | { readonly status: "no_apt" }
  | { readonly status: "failed"; readonly said: string };

/** What an installation does to the machine; arguments are passed as they are, never through a shell. */
export interface Installer {
  readonly root: boolean;
  readonly apt: boolean;
  /** The file that Debian asks before it starts a daemon (invoke-rc.d(8)). */
  readonly policy: string;
  run(file: string, args: readonly string[]): { readonly code: number; readonly said: string };
}

export function thisInstaller(): Installer {
  return {
    root: process.getuid?.() === 0,
    apt: existsSync("/usr/bin/apt-get"),
    policy: "/usr/sbin/policy-rc.d",
    run(file, args) {
      const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
      const { status, stdout, stderr, error } = spawnSync(file, args, { encoding: "utf8", env });
      return { code: status ?? -1, said: error?.message ?? `${stdout}${stderr}` };
    },
  };
}

/** Installs Debian packages; none of their daemons is started. */
export function installPackages(packages: readonly string[], installer: Installer): Installed {
  if (!installer.apt) return { status: "no_apt" };
  if (!installer.root) return { status: "not_root" };
  return withoutDaemons(installer.policy, () => {
    // Lists that could not be renewed may still do.
    const update = installer.run("apt-get", ["update", "-qq"]);
    const install = installer.run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages]);
    if (install.code === 0) return { status: "installed" };
    return { status: "failed", said: lastLines(update.code === 0 ? install.said : `${update.said}\n${install.said}`) };
  });
}

/** A policy of the machine's own is left as it is. */
function withoutDaemons<T>(policy: string, work: () => T): T {
  if (existsSync(policy)) return work();
  // With a listener an interrupt ends apt alone, and what was written here is taken away.
  const heard = (): void => undefined;
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, heard);
  try {
    writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
    return work();
  } finally {
    rmSync(policy, { force: true });
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, heard);
  }
}

function lastLines(said: string): string {
  return said.trim().split("\n").slice(-5).join("\n");
}
