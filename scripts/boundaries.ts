/**
 * Holds the import graph to the house's ranks. The forbidden pairs follow from one table, and the check proves that it
 * looked: fewer modules than expected is a failure, because a tool that reads nothing finds nothing wrong.
 */
import { cruise } from "dependency-cruiser";
import type { ICruiseResult, IForbiddenRuleType } from "dependency-cruiser";

const PURE = ["permit", "rule", "alert", "report", "message"] as const;
const GROUND = ["base", "model", "locale"] as const;
const LOOPS = ["store", "probe", "action", ...PURE, ...GROUND] as const;

/** Folder under src (or beside it) → the folders it may import beside its own. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  "src/base": [],
  "src/model": ["base"],
  "src/locale": ["base"],
  "src/config": ["base", "model"],
  "src/probe": ["base", "model"],
  "src/action": ["base", "model"],
  ...Object.fromEntries(PURE.map((room) => [`src/${room}`, GROUND])),
  "src/store": ["base", "model"],
  "src/scrape": LOOPS,
  "src/evaluate": LOOPS,
  "src/evidence": LOOPS,
  "src/answer": LOOPS,
  "src/operate": [...LOOPS, "answer"],
  "src/notify": ["store", "message", ...GROUND],
  // The gate is pure and stands before everything that comes from Discord.
  "src/discord": ["permit", "message", ...GROUND],
  "src/http": ["message", ...GROUND],
  commands: ["answer", "operate", "message", ...GROUND],
  "src/cli": ["answer", "operate", "message", ...GROUND],
};

/** Library → the folders that may know it. */
const FENCES: Readonly<Record<string, readonly string[]>> = {
  systeminformation: ["src/probe"],
  "better-sqlite3": ["src/store", "src/probe"],
  "discord.js": [],
  "@discordjs/rest": ["src/discord", "src/notify"],
  "@discordjs/ws": ["src/discord"],
  bottleneck: ["src/notify"],
  pino: ["src/base"],
  yaml: ["src/config"],
  "@homebridge/dbus-native": ["src/base"],
};

/** The pure rooms: no I/O, no clock, no timers. `node:crypto` and `node:buffer` compute, they do not reach out. */
const NO_IO = ["model", "locale", ...PURE];

/** Raised as the house grows. */
const MODULES_AT_LEAST = 340;

function folderPattern(folder: string): string {
  return `^${folder}/`;
}

function rankRules(): readonly IForbiddenRuleType[] {
  return Object.entries(MAY_IMPORT).map(([folder, rooms]) => ({
    name: `rank: ${folder}`,
    severity: "error",
    from: { path: folderPattern(folder) },
    to: {
      path: "^(src|commands|simulator|demo|test|bench|scripts)/",
      pathNot: [folderPattern(folder), ...rooms.map((room) => folderPattern(`src/${room}`))],
    },
  }));
}

function fenceRules(): readonly IForbiddenRuleType[] {
  return Object.entries(FENCES).map(([library, folders]) => ({
    name: `fence: ${library}`,
    severity: "error",
    from: { path: "^(src|commands)/", pathNot: folders.map(folderPattern) },
    to: { path: `node_modules/${library}/` },
  }));
}

const OTHER_RULES: readonly IForbiddenRuleType[] = [
  {
    name: "pure rooms do no I/O",
    severity: "error",
    from: { path: NO_IO.map((room) => folderPattern(`src/${room}`)) },
    to: { dependencyTypes: ["core"], pathNot: "^(node:)?(buffer|crypto)$" },
  },
  {
    name: "the simulator shares nothing with what it tests",
    severity: "error",
    from: { path: "^simulator/" },
    to: { path: "^(src|commands|demo|test)/" },
  },
  {
    name: "the product does not know its tests, its demo or its simulator",
    severity: "error",
    from: { path: "^(src|commands)/" },
    to: { path: "^(simulator|demo|test|bench|scripts)/" },
  },
  {
    name: "no cycles",
    severity: "error",
    from: { path: "^(src|commands|simulator)/" },
    to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
  },
];

async function main(): Promise<void> {
  const cruised = await cruise(
    ["src", "commands", "simulator", "demo"],
    {
      ruleSet: { forbidden: [...rankRules(), ...fenceRules(), ...OTHER_RULES] },
      validate: true,
      tsPreCompilationDeps: true,
      tsConfig: { fileName: "tsconfig.json" },
      doNotFollow: { path: "node_modules" },
      combinedDependencies: true,
    },
    { extensions: [".ts", ".js"], conditionNames: ["import", "node", "default"] },
    { tsConfig: { options: {}, fileNames: [], errors: [] } },
  );
  const result = cruised.output as ICruiseResult;
  const modules = result.modules.filter((module) => /^(src|commands|simulator|demo)\//.test(module.source)).length;
  for (const violation of result.summary.violations) {
    console.error(`${violation.rule.name}: ${violation.from} → ${violation.to}`);
  }
  if (modules < MODULES_AT_LEAST) {
    console.error(`looked at ${modules} modules only, expected at least ${MODULES_AT_LEAST}: the check saw nothing`);
    process.exitCode = 1;
  }
  if (result.summary.error > 0) process.exitCode = 1;
  console.log(
    `boundaries: ${modules} modules, ${result.summary.totalDependenciesCruised ?? 0} imports, ${result.summary.error} violations`,
  );
}

await main();
