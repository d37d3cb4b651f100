import { cliCommand } from "../command.js";

export interface HealthQuery {
  readonly target?: string;
  readonly onlyProblems: boolean;
}

export const health = cliCommand({
  name: "health",
  words: (catalogue) => catalogue.cli.commands.health,
  positionals: { most: 1 },
  options: { json: { type: "boolean" }, problems: { type: "boolean" } },
  run: ({ arguments: [target], values, format }, effects) =>
    effects.health({ ...(target === undefined ? {} : { target }), onlyProblems: values.problems }, format),
});
