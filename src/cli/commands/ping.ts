import { cliCommand } from "../command.js";

export const ping = cliCommand({
  name: "ping",
  words: (catalogue) => catalogue.cli.commands.ping,
  options: { json: { type: "boolean" } },
  run: (call, effects) => effects.ping(call.format),
});
