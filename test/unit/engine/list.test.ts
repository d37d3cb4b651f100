import { describe, expect, it } from "vitest";

import {
  ENGINES,
  ENGINE_NAMES,
  TEST_ENGINES,
  howToGet,
  missingEngines,
  missingParts,
  packagesOf,
  requireEngines,
} from "../../support/engine/list.js";
import type { EngineName, Look } from "../../support/engine/list.js";

/** A machine on which everything is, but for these paths. */
function machine(without: readonly string[], rights = true): Look {
  const there = (path: string): boolean => !without.includes(path);
  return { executable: there, readable: there, mayAdminister: () => rights, path: ["/usr/bin", "/usr/sbin"] };
}

describe("the list", () => {
  it.each(ENGINE_NAMES)("says what proves %s, and how to have it", (name) => {
    const { is, programs = [], files = [], packages = [], otherwise } = ENGINES[name];
    expect(is).not.toBe("");
    expect(packages.length > 0 || otherwise !== undefined).toBe(true);
    expect(name === "root" || programs.length + files.length > 0).toBe(true);
    expect(files.filter((file) => !file.startsWith("/"))).toEqual([]);
  });

  it("leaves to npm ci what only npm ci needs", () => {
    expect(ENGINE_NAMES.filter((name) => !TEST_ENGINES.includes(name))).toEqual(["build"]);
  });
});

describe("what is missing", () => {
  it("is nothing where everything is there", () => {
    expect(missingEngines(ENGINE_NAMES, machine([]))).toEqual([]);
  });

  it("is told part by part: a program by its path, a program on the path, a file", () => {
    const fonts = "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf";
    expect(missingParts("chromium", machine(["/usr/bin/chromium", fonts]))).toEqual(["/usr/bin/chromium", fonts]);
    expect(missingParts("openssl", machine(["/usr/bin/openssl", "/usr/sbin/openssl"]))).toEqual(["openssl"]);
    expect(missingParts("openssl", machine(["/usr/bin/openssl"]))).toEqual([]);
  });

  it("is the right to administer where a user or a container has none, and of what was asked alone", () => {
    expect(missingEngines(["root", "openssl"], machine([], false))).toEqual(["root"]);
    expect(missingEngines(["openssl"], machine([], false))).toEqual([]);
  });

  it("is one command: packages once, then what no package brings", () => {
    expect(packagesOf(["chromium", "openssl", "openssl"])).toEqual([
      "chromium",
      "fonts-noto-cjk",
      "fonts-noto-color-emoji",
      "openssl",
    ]);
    expect(howToGet(["polkit", "dbus"])).toBe("apt-get install -y polkitd dbus");
    expect(howToGet(["root"])).toBe("run as root (in a container: with --privileged)");
    expect(howToGet(["root", "mount"])).toBe(
      "apt-get install -y mount; run as root (in a container: with --privileged)",
    );
  });

  it("ends what starts an engine, with the command", () => {
    const none: Look = { ...machine([]), executable: () => false };
    const ask = (name: EngineName) => () => requireEngines([name], none);
    expect(ask("polkit")).toThrow("missing: polkit. To have it: apt-get install -y polkitd");
    expect(() => requireEngines(["polkit"], machine([]))).not.toThrow();
  });
});
