/** What the command line says. Plain text: it is read in a terminal. */
export const cli = {
  usage: "Usage: toban <command>",
  usageOf: (called: string, hasOptions: boolean): string => `Usage: toban ${called}${hasOptions ? " [options]" : ""}`,
  /** What the help says of each command; others stand with the texts of their own. */
  commands: {
    run: { summary: "watch, tell and answer (the bot itself)" },
    "check-config": { summary: "read .env and toban.yaml and say everything that is wrong" },
    register: {
      summary: "bring the commands in Discord's menu up to date, and say what changed",
      more: ["The bot does this by itself when it connects. Ends with 4 when Discord refuses the token."],
    },
    ping: { summary: "how Toban itself is doing, from its newest readings" },
    health: {
      summary: "how the host and its targets are, from their newest readings",
      takes: "[name]",
      options: { problems: { help: "only what is not well" } },
    },
  },
  helpHelp: "this text; “toban help <command>” tells more",
  helpVersion: "the version",
  helpJson: "facts as JSON",
  helpOfOne: "“toban <command> --help” lists what a command takes.",
  exitCodes:
    "Exit codes: 0 well, 1 something fires, 2 usage or configuration, 3 Toban failed, 4 Discord refuses this bot.",
  unknownCommand: (name: string): string => `There is no command “${name}”. “toban help” lists them.`,
  unknownOption: (option: string): string => `There is no option “${option}”. “toban help” lists the commands.`,
  tooMuch: (command: string, extra: string): string =>
    `“toban ${command}” does not take “${extra}”. “toban help ${command}” lists what it takes.`,
  tooLittle: (command: string, takes: string): string =>
    `“toban ${command}” needs more: “toban ${command} ${takes}”. “toban help ${command}” tells what.`,
  noValue: (option: string, value: string): string =>
    `“${option}” takes no value, and was given “${value}”. Leave the value away.`,
  needsValue: (option: string): string =>
    `“${option}” needs a value behind it (one that begins with a dash as “${option}=…”).`,
  badValue: (option: string, found: string, expected: string): string =>
    `“${option}” was “${found}”. Expected: ${expected}.`,
  configGood: (file: string, targets: number, rules: number): string =>
    `${file}: well. ${targets} ${targets === 1 ? "target" : "targets"}, ${rules} rules.`,
  runsAs: (target: string, action: string, program: string, user: string | undefined): string =>
    `  ${action} of ${target}: runs ${program} as ${user ?? "Toban's own user"}`,
  noFile: "no toban.yaml (none is needed)",
  problems: (count: number): string => (count === 1 ? "1 problem:" : `${count} problems:`),
  registered: (count: number): string =>
    count === 0
      ? "The commands are registered already; nothing was changed."
      : `The commands are registered. ${count} ${count === 1 ? "difference" : "differences"}:`,
  difference: (key: string, before: string | undefined, after: string | undefined): string =>
    before === undefined
      ? `  + ${key}: ${after ?? ""}`
      : after === undefined
        ? `  - ${key}: ${before}`
        : `  ~ ${key}: ${before} → ${after}`,
  notRegistered: (detail: string): string =>
    `The commands could not be registered (${detail}). “toban doctor” says what to do.`,
  warning: (line: string): string => `warning: ${line}`,
  alreadyRunning: (dataDir: string, pid: number | undefined): string =>
    `Another Toban${pid === undefined ? "" : ` (process ${pid})`} uses ${dataDir}. Stop it first, or give this one a data directory of its own (TOBAN_DATA_DIR).`,
  firstContact: (found: string, remedy: string, more: number): string =>
    `${found.charAt(0).toUpperCase()}${found.slice(1)}: ${remedy}${more === 0 ? "" : ` (and ${more} more: toban doctor)`}.`,
  failed: (reference: string): string => `Toban failed (ref ${reference}). The log says more.`,
  notRunning: (dataDir: string): string =>
    `Toban does not run on ${dataDir}: these are the last readings it left. Start it, and ask again.`,
  noReadings: (dataDir: string): string =>
    `There are no readings in ${dataDir} yet. Is Toban running with this data directory?`,
} as const;
