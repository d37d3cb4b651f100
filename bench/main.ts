/** Runs the rows, prints one JSON line each, and writes the table when all of them ran. */
import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";

import type { Row, RowResult } from "./row.js";
import { health, ping, pingInStorm } from "./rows/answers.js";
import { logSearch, logTail, pingInSearch } from "./rows/log.js";
import { masking } from "./rows/mask.js";
import { ownCost } from "./rows/own-cost.js";
import { pageOfMany } from "./rows/page.js";
import { simulatorOwn } from "./rows/simulator.js";
import { start } from "./rows/start.js";
import { alertmanager, storms, tenThousand } from "./rows/storm.js";

const ROWS: readonly Row[] = [
  masking,
  ping,
  pingInStorm,
  health,
  ...storms,
  alertmanager,
  tenThousand,
  ownCost,
  start,
  logSearch,
  logTail,
  pingInSearch,
  pageOfMany,
  simulatorOwn,
];

function word(kept: boolean | undefined): string {
  if (kept === undefined) return "–";
  return kept ? "kept" : "not kept";
}

function table(results: readonly { readonly row: Row; readonly result: RowResult }[]): string {
  const lines = results.map(({ row, result }) => {
    const figures = Object.entries(result.figures).map(([name, value]) => `${name} ${value}`);
    return `| ${row.name} | ${row.promise} | ${figures.join("<br>")} | ${word(result.kept)} |`;
  });
  return [
    "# Measured",
    "",
    "Written by `npm run bench`; every row compares within one run, because machines differ and are noisy.",
    `This run: Node ${process.version}, ${availableParallelism()} cores.`,
    "",
    "| row | promise | figures | this run |",
    "| --- | --- | --- | --- |",
    ...lines,
    "",
  ].join("\n");
}

const wanted = process.argv.slice(2);
const results: { row: Row; result: RowResult }[] = [];
for (const row of ROWS.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  const result = await row.run();
  results.push({ row, result });
  console.log(JSON.stringify({ row: row.name, ...result.figures, kept: result.kept ?? null }));
}
if (wanted.length === 0) writeFileSync("docs/bench.md", table(results));
