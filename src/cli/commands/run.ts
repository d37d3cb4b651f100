import { cliCommand } from "../command.js";

export const run = cliCommand({
  name: "run",
  words: (catalogue) => catalogue.cli.commands.run,
  options: {},
  run: async (_call, effects) => ({ code: await effects.run() }),
});
