import { stringify } from "yaml";

import type { Leak } from "./leak.js";
import type { DemoService } from "./service.js";
import type { SmallDisk } from "./small-disk.js";

export interface DemoParts {
  readonly services: Iterable<DemoService>;
  readonly disk: SmallDisk;
  readonly leak: Leak;
  /** Where whoever wants a service restarted asks for it. */
  readonly supervisor: string;
  /** Ids of the server's roles by name. */
  readonly roles: ReadonlyMap<string, string>;
}

/** The program that asks the supervisor. */
const CONTROL = new URL("services/control.js", import.meta.url);

const percent = (ratio: number): string => `${(ratio * 100).toFixed(1)}%`;

const OPERATOR = ["view", "logs", "acknowledge", "silence", "restart", "start", "stop"];
const ADMIN = [...OPERATOR, "deploy", "backup", "diagnose", "run", "admin"];

/** What a person would write, with short intervals, so that nobody waits. */
export function demoConfiguration({ services, disk, leak, supervisor, roles }: DemoParts): string {
  const grants = [
    { role: roles.get("operator"), may: OPERATOR },
    { role: roles.get("admin"), may: ADMIN },
  ];
  return stringify({
    host: "demo",
    scrape: { interval: "5s" },
    actions: { watch: "10s" },
    targets: [...services].map(({ name, url, logFile }) => ({
      name,
      kind: "http",
      url,
      interval: "5s",
      expect: { status: 200, json: { status: "healthy", "services.*": "healthy" } },
      logs: [{ name: "app", file: logFile }],
      actions: ["restart", "start", "stop"].map((action) => ({
        name: action,
        run: [process.execPath, CONTROL.pathname, supervisor, action, name],
        timeout: "20s",
      })),
    })),
    rules: [
      { name: "HostCpu", warning: "> 80%", critical: "> 95%", for: "10s" },
      // Whatever this machine uses now is well; what the leak adds is not.
      {
        name: "HostMemory",
        warning: `> ${percent(leak.limits.warning)}`,
        critical: "off",
        clear: `< ${percent(leak.limits.clear)}`,
        for: "10s",
      },
      ...(disk.unavailable === undefined ? [{ name: "HostDisk", where: { mount: disk.path }, for: "5s" }] : []),
    ],
    permissions: grants.filter(({ role }) => role !== undefined),
  });
}
