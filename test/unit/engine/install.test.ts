import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterEach, beforeEach, expect, it } from "vitest";

import { installPackages } from "../../support/engine/install.js";
import type { Installer } from "../../support/engine/install.js";
import { temporaryDirectory } from "../../support/store.js";

let folder: ReturnType<typeof temporaryDirectory>;
beforeEach(() => {
  folder = temporaryDirectory();
});
afterEach(() => folder[Symbol.dispose]());

interface Ran {
  readonly command: string;
  /** What a package that asks before it starts its daemon is told; none: it may. */
  readonly policy: number | undefined;
}

/** A machine whose apt-get ends as told, and what it was asked. */
function aptThat(ends: Readonly<Record<string, number>>, changes: Partial<Installer> = {}) {
  const ran: Ran[] = [];
  const policy = join(folder.path, "policy-rc.d");
  const installer: Installer = {
    root: true,
    apt: true,
    policy,
    run(file, args) {
      const mode = existsSync(policy) ? statSync(policy).mode & 0o777 : undefined;
      ran.push({ command: [file, ...args].join(" "), policy: mode });
      return { code: ends[args[0] ?? ""] ?? 0, said: `${args[0] ?? ""} said so\n` };
    },
    ...changes,
  };
  return { installer, ran, policy };
}

it("renews the lists and installs, while no package may start a daemon, and leaves no policy behind", () => {
  const { installer, ran, policy } = aptThat({});
  expect(installPackages(["dbus", "polkitd"], installer)).toEqual({ status: "installed" });
  expect(ran).toEqual([
    { command: "apt-get update -qq", policy: 0o755 },
    { command: "apt-get install -y -qq --no-install-recommends dbus polkitd", policy: 0o755 },
  ]);
  expect(existsSync(policy)).toBe(false);
});

it("leaves a policy of the machine's own as it is", () => {
  const { installer, policy } = aptThat({});
  writeFileSync(policy, "own");
  expect(installPackages(["dbus"], installer).status).toBe("installed");
  expect(readFileSync(policy, "utf8")).toBe("own");
});

it("says what apt said when it fails, and leaves no policy behind", () => {
  const { installer, policy } = aptThat({ install: 100 });
  expect(installPackages(["dbus"], installer)).toEqual({ status: "failed", said: "install said so" });
  expect(existsSync(policy)).toBe(false);
  const offline = aptThat({ update: 100, install: 100 });
  expect(installPackages(["dbus"], offline.installer)).toEqual({
    status: "failed",
    said: "update said so\n\ninstall said so",
  });
});

it("installs from the lists there are when they cannot be renewed", () => {
  expect(installPackages(["dbus"], aptThat({ update: 100 }).installer)).toEqual({ status: "installed" });
});

it("touches nothing without root or without apt", () => {
  const user = aptThat({}, { root: false });
  expect(installPackages(["dbus"], user.installer)).toEqual({ status: "not_root" });
  const other = aptThat({}, { apt: false });
  expect(installPackages(["dbus"], other.installer)).toEqual({ status: "no_apt" });
  expect([...user.ran, ...other.ran]).toEqual([]);
});
