import type { ActCall } from "./commands/acting.js";
import type { AuditCall } from "./commands/audit.js";
import type { CheckResult } from "./commands/check-config.js";
import type { HealthQuery } from "./commands/health.js";
import type { LogsCall } from "./commands/logs.js";
import type { ExitCode } from "./exit-code.js";
import type { OutputFormat, Printed } from "./printed.js";

/** What the command line may set in motion; handed in by the process edge. */
export interface CliEffects {
  readonly version: string;
  run(): Promise<ExitCode>;
  checkConfig(): CheckResult;
  /** For the installer: writes what it puts in place into a folder. */
  /** `installed`: folder of the units that are installed, if there are any. */
  deployFiles(folder: string, installed: string | undefined): Promise<Printed>;
  ping(format: OutputFormat): Promise<Printed>;
  doctor(format: OutputFormat): Promise<Printed>;
  register(format: OutputFormat): Promise<Printed>;
  health(query: HealthQuery, format: OutputFormat): Promise<Printed>;
  act(call: ActCall, format: OutputFormat): Promise<Printed>;
  logs(call: LogsCall, format: OutputFormat): Promise<Printed>;
  audit(call: AuditCall, format: OutputFormat): Promise<Printed>;
  /** `head`: 64 lower-case hexadecimal digits. */
  auditVerify(head: string | undefined, format: OutputFormat): Promise<Printed>;
}
