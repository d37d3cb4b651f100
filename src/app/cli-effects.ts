import type { CliEffects } from "../cli/effects.js";
import type { CliOutput } from "../cli/printed.js";
import { act } from "./cli/act.js";
import { audit, auditVerify } from "./cli/audit.js";
import { checkConfig } from "./cli/check-config.js";
import { deployFiles } from "./cli/deploy-files.js";
import { doctor } from "./cli/doctor.js";
import { logs } from "./cli/logs.js";
import { health, ping } from "./cli/readings.js";
import { register } from "./cli/register.js";
import { run } from "./cli/run.js";
import { VERSION } from "./version.js";

/** What the command line sets in motion, on the real thing. */
export function createCliEffects(output: CliOutput): CliEffects {
  return {
    version: VERSION,
    run: () => run(output),
    checkConfig,
    doctor,
    register,
    deployFiles,
    ping,
    health,
    logs,
    act: (call, format) => act(output, call, format),
    audit,
    auditVerify,
  };
}
