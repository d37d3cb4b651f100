import { readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT: ReadonlySet<string> = new Set(["", "root", "0"]);

/** Whether a service's unit file makes it run as root, which systemd does where `User=` names nobody (systemd.exec(5)); its last word counts. */
export function runsAsRoot(text: string): boolean {
  let section = "";
  let user = "";
  for (const line of text.split("\n").map((each) => each.trim())) {
    if (line.startsWith("[")) section = line;
    const value = /^User\s*=\s*(.*)$/.exec(line)?.[1];
    if (section === "[Service]" && value !== undefined) user = value;
  }
  return ROOT.has(user);
}

/** Whether a unit in this folder runs as root; one that is not there, or cannot be read, does not. */
export function rootUnitsIn(folder: string): (unit: string) => boolean {
  return (unit) => {
    try {
      return runsAsRoot(readFileSync(join(folder, unit), "utf8"));
    } catch {
      return false;
    }
  };
}
