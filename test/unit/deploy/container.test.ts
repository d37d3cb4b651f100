import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";
import { parse } from "yaml";

import { ENV_KEY_NAMES } from "../../../src/config/env.js";
import { REPOSITORY } from "../../support/deploy/installed.js";

const read = (path: string): string => readFileSync(join(REPOSITORY, path), "utf8");

interface Compose {
  readonly services: {
    readonly toban: {
      readonly build: { readonly context: string; readonly dockerfile: string };
      readonly read_only: boolean;
      readonly cap_drop: readonly string[];
      readonly environment: Readonly<Record<string, string>>;
      readonly volumes: readonly (
        | string
        | { readonly source: string; readonly target: string; readonly read_only: boolean }
      )[];
    };
  };
  readonly volumes: Readonly<Record<string, unknown>>;
}

const { services, volumes } = parse(read("deploy/compose.yaml")) as Compose;
const { toban } = services;

/** Instructions of the Dockerfile, continued lines joined. */
const instructions = read("deploy/Dockerfile")
  .replaceAll("\\\n", " ")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"));
const final = instructions.slice(instructions.findLastIndex((line) => line.startsWith("FROM ")));

interface Mount {
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

const mounts = toban.volumes.map((volume): Mount => {
  if (typeof volume !== "string") return { ...volume, readOnly: volume.read_only };
  const [source = "", target = "", mode] = volume.split(":");
  return { source, target, readOnly: mode === "ro" };
});

describe("the container", () => {
  it("runs as a user of its own on the Node that the package asks for", () => {
    expect(final[0]).toMatch(/^FROM node:20-bookworm-slim$/);
    expect(final).toContain("USER toban");
    const entry = final.find((line) => line.startsWith("ENTRYPOINT"));
    expect(final.findIndex((line) => line === "USER toban")).toBeLessThan(final.indexOf(entry ?? ""));
  });

  it("copies what there is, and what it starts is among it", () => {
    const copied = instructions
      .filter((line) => line.startsWith("COPY ") && !line.includes("--from="))
      .flatMap((line) => line.split(/\s+/).slice(1, -1));
    expect(copied.filter((path) => !existsSync(join(REPOSITORY, path)))).toEqual([]);
    const taken = final.filter((line) => line.startsWith("COPY ")).join("\n");
    for (const path of ["/build/package.json", "/build/node_modules", "/build/dist/src", "/build/dist/commands"]) {
      expect(taken).toContain(path);
    }
    expect(final.join("\n")).toContain("/opt/toban/dist/src/main.js");
  });

  it("is well while the program answers, whether or not something fires", () => {
    const check = final.find((line) => line.startsWith("HEALTHCHECK")) ?? "";
    expect(check).toContain("ping --json");
    expect(check).toContain("test $? -le 1");
  });
});

describe("the compose file", () => {
  it("builds from the Dockerfile that is there", () => {
    expect(existsSync(join(REPOSITORY, "deploy", toban.build.context, toban.build.dockerfile))).toBe(true);
  });

  it("takes every right away, and mounts nothing of the host that can be written to", () => {
    expect(toban.cap_drop).toEqual(["ALL"]);
    expect(toban.read_only).toBe(true);
    const named = new Set(Object.keys(volumes));
    expect(mounts.filter((mount) => !mount.readOnly && !named.has(mount.source))).toEqual([]);
  });

  it("says only names that the program reads, and points them at what is mounted", () => {
    const known: readonly string[] = [...ENV_KEY_NAMES, "DBUS_SYSTEM_BUS_ADDRESS"];
    expect(Object.keys(toban.environment).filter((name) => !known.includes(name))).toEqual([]);
    const target = (source: string): string | undefined => mounts.find((mount) => mount.source === source)?.target;
    expect(toban.environment["TOBAN_PROC_ROOT"]).toBe(target("/proc"));
    expect(toban.environment["TOBAN_HOST_ROOT"]).toBe(target("/"));
    expect(toban.environment["TOBAN_CONFIG"]).toBe(target("../toban.yaml"));
    expect(toban.environment["DBUS_SYSTEM_BUS_ADDRESS"]).toBe(`unix:path=${target("/run/dbus/system_bus_socket")}`);
    expect(final.join("\n")).toContain(`TOBAN_DATA_DIR=${target("data")}`);
  });
});
