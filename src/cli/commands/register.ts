import { cliCommand } from "../command.js";

export const register = cliCommand({
  name: "register",
  words: (catalogue) => catalogue.cli.commands.register,
  options: { json: { type: "boolean" } },
  run: (call, effects) => effects.register(call.format),
});
