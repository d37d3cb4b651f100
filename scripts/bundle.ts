/**
 * Makes one file of the built program and of the packages it stands on, lets V8 compile it, and puts the launcher of both in the place
 * of `main.js`. What `tsc` wrote stays beside it and runs by itself: building with `tsc` alone gives the same program, which starts later.
 */
import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Script } from "node:vm";

import { build, transform } from "esbuild";
import type { Plugin } from "esbuild";

const HOME = resolve(import.meta.dirname, "../dist/src");
const BUNDLE = join(HOME, "program.bundle.cjs");
const CACHE = `${BUNDLE}.cache`;
const MAIN = join(HOME, "main.js");
/** Packages with native parts, or that are loaded only when they are needed. */
const LEFT_OUT = ["better-sqlite3", "systeminformation"];

/** Each module keeps its own URL, so that what it reads beside itself is found there. */
const ownUrls: Plugin = {
  name: "own URLs",
  setup(esbuild) {
    esbuild.onLoad({ filter: /[\\/]dist[\\/](?:src|commands)[\\/].*\.js$/ }, ({ path }) => {
      const own = `new URL(${JSON.stringify(relative(HOME, path))}, entryUrl).href`;
      return { contents: readFileSync(path, "utf8").replaceAll("import.meta.url", own), loader: "js" };
    });
  },
};

/**
 * The launcher reads the bundle as one byte a character: anything beyond ASCII would come out as other characters. Comments lose such
 * characters here; code that has one, which esbuild should have escaped, ends the build.
 */
async function holdToAscii(): Promise<void> {
  const text = readFileSync(BUNDLE, "utf8");
  const ascii = text.replaceAll(/[^\p{ASCII}]/gu, "?");
  const bare = { minifyWhitespace: true, legalComments: "none", charset: "utf8" } as const;
  const [before, after] = await Promise.all([transform(text, bare), transform(ascii, bare)]);
  if (before.code !== after.code) throw new Error("the code of the bundle, not only its comments, goes beyond ASCII");
  writeFileSync(BUNDLE, ascii);
}

/** Compiles, and runs what stands at the top of the modules, so that V8 has seen the functions that every start needs. */
function compile(): Buffer {
  const script = new Script(readFileSync(BUNDLE, "latin1"), { filename: BUNDLE });
  const wrapped: unknown = script.runInThisContext();
  if (typeof wrapped !== "function") throw new Error("the bundle is not the function that it is to be wrapped in");
  const module = { exports: {} };
  const require = createRequire(BUNDLE);
  Reflect.apply(wrapped, undefined, [
    module.exports,
    require,
    module,
    BUNDLE,
    dirname(BUNDLE),
    pathToFileURL(MAIN).href,
  ]);
  return script.createCachedData();
}

// V8 tells sources apart by their length alone: what was made of an older bundle must be gone before a new one is there.
rmSync(CACHE, { force: true });
await build({
  entryPoints: [join(HOME, "program.js")],
  outfile: BUNDLE,
  bundle: true,
  format: "cjs",
  platform: "node",
  target: "node20",
  charset: "ascii",
  legalComments: "inline",
  external: LEFT_OUT,
  // esbuild cannot escape what stands in a template: it makes strings of it.
  supported: { "dynamic-import": false, "template-literal": false },
  define: { "import.meta.url": "entryUrl" },
  banner: { js: "(function (exports, require, module, __filename, __dirname, entryUrl) {" },
  footer: { js: "})" },
  plugins: [ownUrls],
  logLevel: "warning",
});
await holdToAscii();
writeFileSync(CACHE, compile());
copyFileSync(join(HOME, "launch.js"), MAIN);
