import type { Command } from "../src/model/contract/command.js";
import { audit } from "./audit.js";
import { health } from "./health.js";
import { logs } from "./logs.js";
import { permissionsCheck } from "./permissions-check.js";
import { ping } from "./ping.js";
import { kill } from "./kill.js";
import { restart } from "./restart.js";
import type { Services } from "./services.js";
import { start } from "./start.js";
import { stop } from "./stop.js";

/** Every slash command there is: one line each. */
export const commands: readonly Command<Services>[] = [
  audit,
  health,
  logs,
  permissionsCheck,
  ping,
  restart,
  start,
  stop,
  kill,
];
