/** What the installer's part of the command line says. */
export const deploy = {
  command: {
    summary: "write the polkit rule and the action units for “actions” (used by install.sh)",
    takes: "<folder> [<folder of installed units>]",
  },
  impossible: (target: string, action: string, argument: number): string =>
    argument === 0
      ? `The program of “${action}” of the target “${target}” has a name that systemd starts nothing by: it must be an absolute path without quotes, backslashes and control characters. Give the program another name, or a link to it.`
      : `Argument ${argument} of “${action}” of the target “${target}” holds a character that no program can be given (NUL, or half of a character). Take it out of “run” in toban.yaml.`,
  keptAsRoot: (target: string, action: string, unit: string): string =>
    `${unit} runs as root, as it did before, and toban.yaml does not say so. Write “user: root” into the action “${action}” of the target “${target}” to keep that, or “user: toban” to have it run as Toban does; then install.sh --refresh.`,
  unwritable: (folder: string, detail: string): string =>
    `The files cannot be written to ${folder} (${detail}). Name a folder that is there and may be written to.`,
} as const;
