import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

import { PageServer } from "../simulator/index.js";

import { pageActions } from "./actions.js";
import type { DemoWorld } from "./world.js";

function found(program: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Opens the address in the desktop's browser, where a person sits at a desktop. */
function showOnDesktop(url: string): void {
  const { DISPLAY, WAYLAND_DISPLAY, CI } = process.env;
  const desktop = [DISPLAY, WAYLAND_DISPLAY].some((value) => value !== undefined && value !== "");
  if (!desktop || CI !== undefined || !found("xdg-open")) return;
  const child = spawn("xdg-open", [url], { stdio: "ignore", detached: true });
  // The address is printed anyway.
  child.on("error", () => undefined);
  child.unref();
}

/** The page to look at, with what can be broken beside it. */
export async function openPage(world: DemoWorld, options: { readonly desktop: boolean }): Promise<PageServer> {
  const page = await PageServer.start(world.discord.control, { actions: pageActions(world) });
  if (options.desktop) showOnDesktop(page.url);
  return page;
}
