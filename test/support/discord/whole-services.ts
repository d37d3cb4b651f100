import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

import type { Services } from "../../../commands/services.js";
import { createAnswers } from "../../../src/answer/answers.js";
import { createAuditReading } from "../../../src/answer/audit.js";
import { createIncidents } from "../../../src/answer/incidents.js";
import { createPanels } from "../../../src/answer/panels.js";
import { createPermissionsReading } from "../../../src/answer/permissions.js";
import { createLogAnswers } from "../../../src/app/logs.js";
import { createOperating } from "../../../src/app/operating.js";
import { readSettings } from "../../../src/app/settings.js";
import type { Settings } from "../../../src/app/settings.js";
import type { Clock } from "../../../src/base/clock.js";
import { silentLogs } from "../../../src/base/log.js";
import { catalogueFor } from "../../../src/locale/index.js";
import type { TargetAction } from "../../../src/model/action.js";
import type { Actor } from "../../../src/model/contract/actor.js";
import { authorize } from "../../../src/permit/authorize.js";
import { probeKinds } from "../../../src/probe/index.js";
import type { Store } from "../../../src/store/contract.js";
import { ownNumbers } from "../probe.js";

/** Stands in every file that nobody may be shown. */
export const OUTSIDE = "what-lies-outside-the-configured-logs";

interface WholeServices {
  readonly services: Services;
  readonly settings: Settings;
  /** What was done to targets. */
  readonly acts: readonly TargetAction[];
}

/** Everything that commands work with, real but for the one who acts; in a folder with a log, and files around it that are none of its business. */
export async function wholeServices(
  folder: string,
  guild: string,
  role: string,
  clock: Clock,
  store: Store,
): Promise<WholeServices> {
  mkdirSync(path.join(folder, "logs"));
  writeFileSync(path.join(folder, "logs", "app.log"), "2026-01-05T11:59:00Z ERROR it broke\n".repeat(50));
  writeFileSync(path.join(folder, "logs", "other.log"), `${OUTSIDE}\n`);
  writeFileSync(path.join(folder, "secret.txt"), `${OUTSIDE}\n`);
  const program = path.join(folder, "program");
  writeFileSync(program, `#!/bin/sh\necho ${OUTSIDE}\n`);
  chmodSync(program, 0o755);
  const everything = "view, logs, acknowledge, silence, restart, start, stop, deploy, backup, diagnose, run, admin";
  const act = (name: string): string => `{ name: ${name}, run: ["${program}"] }`;
  writeFileSync(
    path.join(folder, "toban.yaml"),
    [
      "targets:",
      `  - { name: web, kind: http, url: "http://127.0.0.1:1/", actions: [${["restart", "stop", "start"].map(act).join(", ")}], logs: [ { name: app, file: ${folder}/logs/app.log } ] }`,
      `  - { name: web-2, kind: http, url: "http://127.0.0.1:1/" }`,
      `permissions: [ { role: "${role}", may: [${everything}] } ]`,
      "",
    ].join("\n"),
  );
  const read = readSettings({
    cwd: folder,
    envFile: path.join(folder, "none"),
    env: {
      DISCORD_TOKEN: "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcdE.abcdefghijklmnopqrstuvwxyz0123456789AB",
      DISCORD_GUILD_ID: guild,
      OPS_CHANNEL_ID: "1100000000000000002",
      TOBAN_DATA_DIR: path.join(folder, "data"),
    },
  });
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const { settings } = read;
  const { config, rules } = settings;
  const acts: TargetAction[] = [];
  const actor: Actor = {
    look: () => Promise.resolve({ by: "child", dependents: [] }),
    act: (action) => {
      acts.push(action);
      return Promise.resolve({ status: "done", by: "child", tookMs: 1 });
    },
    close: () => Promise.resolve(),
  };
  const services: Services = {
    answers: createAnswers({
      store,
      clock,
      host: "web-1",
      targets: () => config.targets,
      rules: () => rules,
      kinds: probeKinds.kinds,
      own: () => ownNumbers,
    }),
    audit: createAuditReading({ store, clock, timezone: () => "UTC" }),
    incidents: createIncidents(store),
    logs: createLogAnswers(clock, () => config),
    operate: createOperating(
      { clock, logs: silentLogs, store, settings: () => settings },
      { actor, measure: () => Promise.resolve(undefined), onCommitted: () => undefined },
    ),
    panels: createPanels(store, clock),
    permissions: createPermissionsReading({ policy: () => config.permissions, roleName: () => "operator" }),
    publicCatalogue: () => catalogueFor("en"),
    may: (principal, verb, target) => authorize(principal, verb, target, config.permissions).allowed,
  };
  return { services, settings, acts };
}
