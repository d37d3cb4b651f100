import type { ActionName } from "../../model/action.js";
import { cliCommand } from "../command.js";
import type { CliCommand } from "../command.js";

/** An action asked for in a terminal. */
export interface ActCall {
  readonly action: ActionName;
  readonly target: string;
  readonly reason?: string;
  /** The word was given beforehand: nobody is asked. */
  readonly yes: boolean;
}

function acting(action: ActionName): CliCommand {
  return cliCommand({
    name: action,
    words: (catalogue) => catalogue.action.cli[action],
    positionals: { least: 1, most: 1 },
    options: { reason: { type: "string" }, yes: { type: "boolean", short: "y" }, json: { type: "boolean" } },
    run: ({ arguments: [target = ""], values: { reason, yes }, format }, effects) =>
      effects.act({ action, target, yes, ...(reason === undefined ? {} : { reason }) }, format),
  });
}

export const restart: CliCommand = acting("restart");
export const start: CliCommand = acting("start");
export const stop: CliCommand = acting("stop");
export const kill: CliCommand = acting("kill");
