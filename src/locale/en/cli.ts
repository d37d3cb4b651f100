/** What the command line says. Plain text: it is read in a terminal. */
export const cli = {
  usage: [
    "Usage: toban <command>",
    "",
    "  run            watch, tell and answer (the bot itself)",
    "  check-config   read .env and toban.yaml and say everything that is wrong",
    "  ping           how Toban itself is doing, from its newest readings",
    "  health [name]  how the host and its targets are, from their newest readings",
    "  help           this text",
    "  version        the version",
    "",
    "  --json         facts as JSON (ping, health, check-config)",
    "  --problems     only what is not well (health)",
    "",
    "Exit codes: 0 well, 1 something fires, 2 usage or configuration, 3 Toban failed, 4 Discord refuses this bot.",
  ].join("\n"),
  unknownCommand: (name: string): string => `There is no command “${name}”. “toban help” lists them.`,
  unknownOption: (detail: string): string => `${detail}. “toban help” lists the options.`,
  tooMuch: (command: string, extra: string): string =>
    `“toban ${command}” does not take “${extra}”. “toban help” lists what it takes.`,
  configGood: (file: string, targets: number, rules: number): string =>
    `${file}: well. ${targets} ${targets === 1 ? "target" : "targets"}, ${rules} rules.`,
  noFile: "no toban.yaml (none is needed)",
  problems: (count: number): string => (count === 1 ? "1 problem:" : `${count} problems:`),
  warning: (line: string): string => `warning: ${line}`,
  alreadyRunning: (dataDir: string, pid: number | undefined): string =>
    `Another Toban${pid === undefined ? "" : ` (process ${pid})`} uses ${dataDir}. Stop it first, or give this one a data directory of its own (TOBAN_DATA_DIR).`,
  failed: (reference: string): string => `Toban failed (ref ${reference}). The log says more.`,
  notRunning: (dataDir: string): string =>
    `Toban does not run on ${dataDir}: these are the last readings it left. Start it, and ask again.`,
  noReadings: (dataDir: string): string =>
    `There are no readings in ${dataDir} yet. Is Toban running with this data directory?`,
} as const;
