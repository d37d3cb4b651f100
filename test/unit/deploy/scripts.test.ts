import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { REPOSITORY } from "../../support/deploy/installed.js";

const TOOLS =
  "bash sh cat chmod cmp cp cut date dirname find getent grep head id install ln mkdir mktemp mv readlink rm sed sort stat tail tar tr uname diff env";

interface Versions {
  readonly systemd?: string;
  readonly polkit?: string;
  readonly node?: string;
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "toban-scripts-"));
  for (const name of ["bin", "root"]) mkdirSync(join(folder, name));
  for (const tool of TOOLS.split(" ")) {
    const path = ["/bin", "/usr/bin"].map((place) => join(place, tool)).find((candidate) => existsSync(candidate));
    if (path !== undefined) symlinkSync(path, join(folder, "bin", tool));
  }
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A system with these versions of what Toban needs; what is not named is not there. */
function system({ systemd, polkit, node }: Versions): void {
  const program = (name: string, text: string): void => {
    writeFileSync(join(folder, "bin", name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, "bin", name), 0o755);
  };
  if (systemd !== undefined) program("systemctl", `echo "systemd ${systemd} (${systemd}-1)"`);
  if (polkit !== undefined) program("pkaction", `echo "pkaction version ${polkit}"`);
  if (node !== undefined)
    program("node", `if [ "$1" = --version ]; then echo "v${node}"; else exec ${process.execPath} "$@"; fi`);
}

function script(name: string, ...args: readonly string[]): { readonly code: number | null; readonly text: string } {
  const ran = spawnSync(join(REPOSITORY, "deploy", name), [...args], {
    env: { PATH: join(folder, "bin") },
    encoding: "utf8",
  });
  return { code: ran.status, text: `${ran.stdout}${ran.stderr}` };
}

const below = (): readonly string[] => [join(folder, "root")];
const install = (...args: readonly string[]) => script("install.sh", "--root", ...below(), ...args);

describe("install.sh refuses with a clear word", () => {
  it.each<[string, Versions, RegExp]>([
    ["without systemd", { polkit: "122", node: "20.20.2" }, /no systemctl.*npm start/s],
    [
      "a systemd without LoadCredential=",
      { systemd: "245", polkit: "122", node: "20.20.2" },
      /systemd is 245, and 247 is the first.*LoadCredential/s,
    ],
    ["without polkit", { systemd: "252", node: "20.20.2" }, /no polkit.*--without-actions/s],
    [
      "a polkit whose rules cannot tell units apart",
      { systemd: "252", polkit: "0.105", node: "20.20.2" },
      /polkit is 0\.105, and 0\.106 is the first.*--without-actions/s,
    ],
    ["without node", { systemd: "252", polkit: "0.120" }, /no node in PATH.*20\.19\.0/s],
    ["an old node", { systemd: "252", polkit: "122", node: "18.20.4" }, /node is 18\.20\.4.*20\.19\.0 or newer/s],
  ])("%s", (_, versions, words) => {
    system(versions);
    const { code, text } = install();
    expect(text).toMatch(words);
    expect(code).toBe(1);
    expect(readdirSync(join(folder, "root"))).toEqual([]);
  });

  it.each([["--purge-all"], ["install"]])("an option that it does not know: %s", (option) => {
    system({ systemd: "252", polkit: "122", node: "20.20.2" });
    expect(install(option).code).toBe(2);
    expect(readdirSync(join(folder, "root"))).toEqual([]);
  });
});

describe("install.sh takes", () => {
  it.each<[string, Versions, readonly string[]]>([
    ["the oldest that will do", { systemd: "247", polkit: "0.106", node: "20.19.0" }, []],
    [
      "an old polkit where nothing is to be permitted",
      { systemd: "252", polkit: "0.105", node: "20.20.2" },
      ["--without-actions"],
    ],
    ["a polkit with the new way of counting", { systemd: "257", polkit: "126", node: "24.1.0" }, []],
  ])("%s", (_, versions, more) => {
    system(versions);
    const { code, text } = install("--dry-run", ...more);
    expect(text).toContain("would write /etc/systemd/system/toban.service");
    expect(code).toBe(0);
    expect(readdirSync(join(folder, "root"))).toEqual([]);
  });
});

describe("below a prefix", () => {
  it("files are written, with the modes they need, and again nothing; uninstall.sh takes them away", () => {
    system({ systemd: "252", polkit: "122", node: "20.20.2" });
    expect(install().code).toBe(3);
    const at = (path: string): string => join(folder, "root", path);
    expect(statSync(at("etc/toban")).mode & 0o777).toBe(0o750);
    expect(statSync(at("etc/toban/discord_token")).mode & 0o777).toBe(0o600);
    expect(statSync(at("usr/local/bin/toban")).mode & 0o777).toBe(0o755);
    expect(existsSync(at("opt/toban/node_modules/better-sqlite3"))).toBe(true);
    expect(existsSync(at("opt/toban/node_modules/vitest"))).toBe(false);
    expect(existsSync(at("opt/toban/dist/test"))).toBe(false);
    writeFileSync(
      at("etc/toban/toban.env"),
      "DISCORD_GUILD_ID=123456789012345678\nOPS_CHANNEL_ID=234567890123456789\n",
    );
    writeFileSync(
      at("etc/toban/discord_token"),
      "MTIzNDU2Nzg5MDEyMzQ1Njc4.GAAAAA.abcdefghijklmnopqrstuvwxyz0123456789AB\n",
    );
    writeFileSync(
      at("etc/toban/toban.yaml"),
      "targets:\n  - { name: shop, kind: unit, unit: shop.service, actions: [restart] }\n",
    );
    expect(install().text).toContain("wrote /etc/polkit-1/rules.d/10-toban.rules");
    expect(install()).toEqual({ code: 0, text: "Nothing to do: everything is as it should be.\n" });
    const { text } = script("uninstall.sh", "--root", ...below());
    expect(text).toContain("removed /etc/polkit-1/rules.d/10-toban.rules");
    expect(existsSync(at("opt/toban"))).toBe(false);
    expect(existsSync(at("etc/toban/toban.yaml"))).toBe(true);
  }, 60_000);
});

describe("the scripts", () => {
  const names = readdirSync(join(REPOSITORY, "deploy")).filter((name) => name.endsWith(".sh"));

  it.each(names)("%s is read by bash without complaint", (name) => {
    expect(execFileSync("bash", ["-n", join(REPOSITORY, "deploy", name)], { encoding: "utf8" })).toBe("");
  });
});
