import type { Answers } from "../src/answer/answers.js";
import type { AuditReading } from "../src/answer/audit.js";
import type { Incidents } from "../src/answer/incidents.js";
import type { Logs } from "../src/answer/logs.js";
import type { Panels } from "../src/answer/panels.js";
import type { PermissionsReading } from "../src/answer/permissions.js";
import type { Operate } from "../src/operate/operate.js";
import type { Catalogue } from "../src/locale/index.js";
import type { Principal, Verb } from "../src/model/principal.js";

/** What commands are given to work with. */
export interface Services {
  readonly answers: Answers;
  readonly audit: AuditReading;
  readonly operate: Operate;
  readonly incidents: Incidents;
  readonly logs: Logs;
  readonly panels: Panels;
  readonly permissions: PermissionsReading;
  /** The configured language: of what everybody sees. */
  readonly publicCatalogue: () => Catalogue;
  /** The gate's answer, for what an answer may show beyond the verb that let it be asked. */
  readonly may: (principal: Principal, verb: Verb, target: string | undefined) => boolean;
}
