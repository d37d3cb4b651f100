import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";

import type { Simulator } from "../../../simulator/index.js";
import type { Exited, SystemdEngine } from "../systemd/engine.js";

export const REPOSITORY = resolve(import.meta.dirname, "../../..");

/** An operator at the machine: root, with a checkout. */
export class Operator {
  readonly machine: SystemdEngine;
  readonly checkout: string;

  constructor(machine: SystemdEngine, checkout: string = REPOSITORY) {
    this.machine = machine;
    this.checkout = checkout;
  }

  /** One of the scripts, with what it said on both streams. */
  async script(name: "install" | "upgrade" | "uninstall", ...args: readonly string[]): Promise<Said> {
    return said(await this.machine.exec(`${this.checkout}/deploy/${name}.sh`, ...args));
  }

  /** The installed command line. */
  async toban(...args: readonly string[]): Promise<Exited> {
    return this.machine.exec("/usr/local/bin/toban", ...args);
  }

  /** A program as the user that the service runs as, with its groups and nothing of its sandbox. */
  async asService(...command: readonly string[]): Promise<Said> {
    const become = ["setpriv", "--reuid", "toban", "--regid", "toban", "--init-groups", "--"];
    const [file = "", ...args] = [...become, ...command];
    return said(await this.machine.exec(file, ...args));
  }

  read(path: string): Promise<string> {
    return readFile(this.machine.path(path), "utf8");
  }

  /** Fills in what install.sh leaves open. */
  async configure(discord: Simulator, yaml: string): Promise<void> {
    const env = [
      `DISCORD_GUILD_ID=${discord.guildId}`,
      `OPS_CHANNEL_ID=${discord.opsChannelId}`,
      `DISCORD_API_URL=${discord.apiUrl}`,
    ];
    await writeFile(this.machine.path("/etc/toban/toban.env"), `${env.join("\n")}\n`);
    await writeFile(this.machine.path("/etc/toban/discord_token"), `${discord.token}\n`);
    await this.edit(yaml);
  }

  edit(yaml: string): Promise<void> {
    return writeFile(this.machine.path("/etc/toban/toban.yaml"), yaml);
  }

  /** `mode owner:group path` of each, as the machine's own names say. */
  async owners(...paths: readonly string[]): Promise<readonly string[]> {
    const listed = await this.machine.exec("stat", "-c", "%a %U:%G %n", ...paths);
    return listed.stdout.trim().split("\n");
  }
}

export interface Said {
  readonly code: number;
  readonly text: string;
}

function said({ code, stdout, stderr }: Exited): Said {
  return { code, text: `${stdout}${stderr}` };
}
