import type { ExitCode } from "./exit-code.js";

export type OutputFormat = "text" | "json";

/** What a command of the command line leaves behind. */
export interface Printed {
  readonly code: ExitCode;
  /** The answer, for standard output. */
  readonly output?: string;
  /** What is to be known beside it, for standard error. */
  readonly complaint?: string;
}

export interface CliOutput {
  out(line: string): void;
  err(line: string): void;
}
