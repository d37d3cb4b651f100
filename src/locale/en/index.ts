import { action } from "./action.js";
import { alert } from "./alert.js";
import { audit } from "./audit.js";
import { cli } from "./cli.js";
import { command } from "./command.js";
import { deploy } from "./deploy.js";
import { doctor } from "./doctor.js";
import { health } from "./health.js";
import { logs } from "./logs.js";
import { lowering } from "./lowering.js";
import { notice } from "./notice.js";
import { permissions } from "./permissions.js";
import { ping } from "./ping.js";
import { probe } from "./probe.js";
import { reason } from "./reason.js";
import { rules } from "./rules.js";
import { tone } from "./tone.js";
import { units } from "./units.js";
import { userError } from "./user-error.js";

export const en = {
  locale: "en",
  action,
  alert,
  audit,
  cli,
  command,
  deploy,
  doctor,
  health,
  logs,
  lowering,
  notice,
  permissions,
  ping,
  probe,
  reason,
  rules,
  tone,
  units,
  userError,
};
