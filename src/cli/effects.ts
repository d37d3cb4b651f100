import type { CheckResult } from "./commands/check-config.js";
import type { HealthQuery } from "./commands/health.js";
import type { ExitCode } from "./exit-code.js";
import type { OutputFormat, Printed } from "./printed.js";

/** What the command line may set in motion; handed in by the process edge. */
export interface CliEffects {
  readonly version: string;
  run(): Promise<ExitCode>;
  checkConfig(): CheckResult;
  ping(format: OutputFormat): Promise<Printed>;
  health(query: HealthQuery, format: OutputFormat): Promise<Printed>;
}
