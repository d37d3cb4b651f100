#!/usr/bin/env node
/**
 * What the build puts in the place of `main.js`: the same program out of one file, with the machine code that V8 made of it at build
 * time. Finding, reading and compiling some five hundred modules would take most of a start.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";

const PROGRAM = fileURLToPath(new URL("program.bundle.cjs", import.meta.url));

/** How the bundle is wrapped: as Node wraps a CommonJS module, and with the URL that its paths are relative to. */
type Wrapped = (
  exports: object,
  require: NodeJS.Require,
  module: object,
  filename: string,
  folder: string,
  url: string,
) => void;

/** V8 refuses what another version of it has made, and compiles as ever. */
function compiled(): { readonly cachedData?: Buffer } {
  try {
    return { cachedData: readFileSync(`${PROGRAM}.cache`) };
  } catch {
    return {};
  }
}

// The bundle is written in ASCII, which V8 keeps in half the memory.
const script = new Script(readFileSync(PROGRAM, "latin1"), { filename: PROGRAM, ...compiled() });
const wrapped = script.runInThisContext() as Wrapped;
const module = { exports: {} as { main(): Promise<void> } };
wrapped(module.exports, createRequire(PROGRAM), module, PROGRAM, dirname(PROGRAM), import.meta.url);
await module.exports.main();
