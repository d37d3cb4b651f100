import type { Catalogue } from "../locale/index.js";
import type { CliEffects } from "./effects.js";
import type { OutputFormat, Printed } from "./printed.js";

/** An option: `--json` (boolean) or `--since 2h` (string; `--since=2h` where the value begins with a dash). */
export interface CliOption {
  readonly type: "boolean" | "string";
  readonly short?: string;
}

type CliOptions = Readonly<Record<string, CliOption>>;

type ValuesOf<O extends CliOptions> = {
  readonly [Name in keyof O]: O[Name]["type"] extends "boolean" ? boolean : string | undefined;
};

/** What the help says of a command. `takes` names the value of an option or the positional arguments. */
export interface CommandWords {
  readonly summary: string;
  readonly takes?: string;
  readonly options?: Readonly<Record<string, { readonly takes?: string; readonly help: string }>>;
  /** More to know, below the options. */
  readonly more?: readonly string[];
}

/** One call of a command, held against what it declares. */
export interface CliCall<O extends CliOptions = CliOptions> {
  readonly arguments: readonly string[];
  readonly values: ValuesOf<O>;
  /** `json` where the command has that option and it was given. */
  readonly format: OutputFormat;
  readonly catalogue: Catalogue;
}

interface CommandSpec<O extends CliOptions> {
  /** One word, or two: `audit verify`. */
  readonly name: string;
  readonly words: (catalogue: Catalogue) => CommandWords;
  /** How many positional arguments there may be; none when absent. More is a mistake that would otherwise go unnoticed. */
  readonly positionals?: { readonly least?: number; readonly most: number };
  readonly options: O;
  readonly run: (call: CliCall<O>, effects: CliEffects) => Promise<Printed>;
}

/** A command as the command line knows it, whatever options it has. */
export type CliCommand = CommandSpec<CliOptions>;

/** Declares a command; its `run` is given values of the types that its options say. */
export function cliCommand<const O extends CliOptions>(spec: CommandSpec<O>): CliCommand {
  return {
    ...spec,
    // The parser fills in exactly the declared options, each of its declared type.
    run: (call, effects) => spec.run({ ...call, values: call.values as ValuesOf<O> }, effects),
  };
}
