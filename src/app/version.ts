import { readFileSync } from "node:fs";

/** The version of package.json, which stands two folders up in the source and three in the build. */
function readVersion(): string {
  for (const path of ["../../package.json", "../../../package.json"]) {
    try {
      return (JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8")) as { version: string }).version;
    } catch {
      // Not there: the other one is.
    }
  }
  return "unknown";
}

export const VERSION: string = readVersion();
