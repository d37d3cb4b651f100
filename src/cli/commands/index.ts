import type { CliCommand } from "../command.js";
import { kill, restart, start, stop } from "./acting.js";
import { auditVerify } from "./audit-verify.js";
import { audit } from "./audit.js";
import { checkConfig } from "./check-config.js";
import { deployFiles } from "./deploy-files.js";
import { doctor } from "./doctor.js";
import { health } from "./health.js";
import { logs } from "./logs.js";
import { ping } from "./ping.js";
import { register } from "./register.js";
import { run } from "./run.js";

/** Every command of the command line, in the order of the help: one line each. */
export const CLI_COMMANDS: readonly CliCommand[] = [
  run,
  checkConfig,
  doctor,
  register,
  ping,
  health,
  logs,
  restart,
  start,
  stop,
  kill,
  audit,
  auditVerify,
  deployFiles,
];
