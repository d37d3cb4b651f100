import { cliCommand } from "../command.js";

export const doctor = cliCommand({
  name: "doctor",
  words: (catalogue) => catalogue.doctor.cli,
  options: { json: { type: "boolean" } },
  run: (call, effects) => effects.doctor(call.format),
});
