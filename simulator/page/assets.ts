import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** The package's folder, from the sources as well as from the build. */
function packageRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, "package.json"))) {
    const above = dirname(folder);
    if (above === folder) throw new Error(`no package.json above ${import.meta.dirname}`);
    folder = above;
  }
  return folder;
}

const ROOT = packageRoot();
const CLIENT = join(ROOT, "simulator/page/client");
const BUILT = join(ROOT, "dist");

export interface Asset {
  readonly contentType: string;
  readonly bytes: Buffer;
}

/** Paths that are served, and nothing else: the page, its style sheets, and the compiled modules that it imports. */
function locate(path: string): { readonly file: string; readonly contentType: string } | undefined {
  if (path === "/") return { file: join(CLIENT, "index.html"), contentType: "text/html; charset=utf-8" };
  if (path === "/icon.svg") return { file: join(CLIENT, "icon.svg"), contentType: "image/svg+xml" };
  const style = /^\/(?:[a-z0-9-]+\/)*([a-z0-9-]+\.css)$/.exec(path)?.[1];
  if (style !== undefined) return { file: join(CLIENT, style), contentType: "text/css; charset=utf-8" };
  const isModule =
    path === "/simulator/json.js" || /^\/simulator\/page\/client\/(?:[a-z0-9-]+\/)*[a-z0-9-]+\.js$/.test(path);
  return isModule ? { file: join(BUILT, path), contentType: "text/javascript; charset=utf-8" } : undefined;
}

/** The asset under a path; `undefined` where there is none. Throws when a module that belongs to the page is not built. */
export async function readAsset(path: string): Promise<Asset | undefined> {
  const found = locate(path);
  if (found === undefined || !existsSync(found.file)) return undefined;
  return { contentType: found.contentType, bytes: await readFile(found.file) };
}
