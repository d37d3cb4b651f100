/**
 * The engines that tests run against (test/engines.json): which are there, and how to have the others.
 *
 *   npm run engines                  each: there or missing
 *   npm run engines -- --install     installs what is missing; fails when something stays missing that a package brings
 *   npm run engines -- --for-tests   installs what is missing where that is possible, and never fails: tests without theirs are skipped
 */
import { parseArgs } from "node:util";

import { installPackages, thisInstaller } from "../test/support/engine/install.js";
import {
  ENGINES,
  ENGINE_NAMES,
  TEST_ENGINES,
  howToGet,
  missingEngines,
  missingParts,
  packagesOf,
} from "../test/support/engine/list.js";
import type { EngineName } from "../test/support/engine/list.js";

const { values: options } = parseArgs({ options: { install: { type: "boolean" }, "for-tests": { type: "boolean" } } });

function list(): void {
  const width = Math.max(...ENGINE_NAMES.map((name) => name.length));
  for (const name of ENGINE_NAMES) {
    const missing = missingParts(name);
    const state = missing.length === 0 ? "there  " : "missing";
    console.log(`${name.padEnd(width)}  ${state}  ${ENGINES[name].is}`);
    if (missing.length > 0) console.log(`${" ".repeat(width)}           without ${missing.join(", ")}`);
  }
  const missing = missingEngines();
  if (missing.length > 0) console.log(`\nTo have all of them: ${howToGet(missing)}`);
}

/** Says what it installs, and what became of it. */
function install(engines: readonly EngineName[], purpose: string): void {
  const packages = packagesOf(missingEngines(engines));
  if (packages.length === 0) return;
  const command = `apt-get install -y ${packages.join(" ")}`;
  const installer = thisInstaller();
  if (installer.root && installer.apt) console.log(`installing${purpose}: ${packages.join(" ")}`);
  const outcome = installPackages(packages, installer);
  switch (outcome.status) {
    case "installed":
      return;
    case "not_root":
      return console.log(`missing${purpose}, and only root may install it: ${command}`);
    case "no_apt":
      return console.log(`missing${purpose}, and this machine has no apt-get. On Debian: ${command}`);
    case "failed":
      return console.log(`could not be installed${purpose}: ${command}\n${outcome.said}`);
  }
}

if (options.install === true) {
  install(ENGINE_NAMES, "");
  list();
  if (packagesOf(missingEngines()).length > 0) process.exitCode = 1;
} else if (options["for-tests"] === true) install(TEST_ENGINES, " for the tests");
else list();
