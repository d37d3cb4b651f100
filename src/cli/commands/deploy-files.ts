import { cliCommand } from "../command.js";

/** For the installer: what the host must be given so that the configured actions are permitted. */
export const deployFiles = cliCommand({
  name: "deploy-files",
  words: (catalogue) => catalogue.deploy.command,
  positionals: { least: 1, most: 2 },
  options: {},
  run: ({ arguments: [folder = "", installed] }, effects) => effects.deployFiles(folder, installed),
});
