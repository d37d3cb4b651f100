/**
 * Writes what follows from the code: .env.example, the sample configuration, its JSON Schema and the reference tables.
 * With --check it writes nothing and fails when a file differs.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import { configJsonSchema, envExample } from "../src/config/describe.js";
import { sampleConfig } from "../src/config/sample.js";
import { probeKinds } from "../src/probe/index.js";
import { limitsPage } from "./limits.js";
import { reference } from "./reference.js";

const FILES: Readonly<Record<string, () => string>> = {
  ".env.example": envExample,
  "examples/toban.yaml": () => sampleConfig(probeKinds.kinds),
  "examples/toban.schema.json": () => `${JSON.stringify(configJsonSchema(probeKinds.kinds), undefined, 2)}\n`,
  "docs/reference.md": reference,
  "docs/discord-limits.md": limitsPage,
};

function current(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

const check = process.argv.includes("--check");
for (const [path, content] of Object.entries(FILES)) {
  const wanted = content();
  if (current(path) === wanted) continue;
  if (check) {
    console.error(`${path} is not what the code says; run “npm run generate”`);
    process.exitCode = 1;
  } else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, wanted);
    console.log(`wrote ${path}`);
  }
}
