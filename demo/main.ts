import { accessSync, constants, readFileSync } from "node:fs";
import { clearScreenDown, createInterface, cursorTo } from "node:readline";
import { parseArgs } from "node:util";

import type { PageServer } from "../simulator/index.js";

import { LiveChannel } from "./channel.js";
import { openPage } from "./page.js";
import { DemoSession } from "./session.js";
import { DemoWorld } from "./world.js";

const READY_MS = 30_000;

const USAGE = "Usage: npm run demo [-- --script FILE]";
/** What asks a process to end, with its number: a closed terminal hangs up. */
const ENDING = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/** Where everything is printed: above the line that is being typed, if there is one. */
class Screen {
  #prompt: { readonly before: () => void; readonly after: () => void } | undefined;

  shareWith(prompt: { readonly before: () => void; readonly after: () => void } | undefined): void {
    this.#prompt = prompt;
  }

  print(lines: readonly string[]): void {
    this.#prompt?.before();
    process.stdout.write(lines.map((line) => `${line}\n`).join(""));
    this.#prompt?.after();
  }
}

/** Lines of a script, one after the other; the first that cannot be done ends the demo with exit code 1. */
async function runScript(session: DemoSession, file: string, print: (lines: readonly string[]) => void): Promise<void> {
  for (const line of readFileSync(file, "utf8").split("\n")) {
    if (line.trim() !== "" && !line.startsWith("#")) print([`${session.who}> ${line}`]);
    if (!(await session.take(line))) return;
  }
}

/** A person at the prompt, until they quit, press Ctrl-C or close their input (Ctrl-D). What comes in between lines leaves what is being typed intact. */
async function runPrompt(session: DemoSession, screen: Screen): Promise<void> {
  const input = createInterface({ input: process.stdin, output: process.stdout });
  // In raw mode the terminal sends Ctrl-C as a character, not as a signal.
  input.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
  const ask = (): void => {
    input.setPrompt(`${session.who}> `);
    input.prompt(true);
  };
  let busy = false;
  screen.shareWith({
    before: () => {
      if (!process.stdout.isTTY || busy) return;
      cursorTo(process.stdout, 0);
      clearScreenDown(process.stdout);
    },
    after: () => {
      if (process.stdout.isTTY && !busy) ask();
    },
  });
  ask();
  for await (const line of input) {
    busy = true;
    try {
      if (!(await session.take(line))) break;
    } catch (thrown) {
      screen.print([thrown instanceof Error ? thrown.message : String(thrown)]);
    }
    busy = false;
    ask();
  }
  screen.shareWith(undefined);
  input.close();
}

async function untilAnswered(world: DemoWorld): Promise<void> {
  const { control } = world.discord;
  await control.gateway.waitForSession({ timeoutMs: READY_MS });
  await control.waitFor("the bot's commands", async () => (await control.commands()).length > 0, {
    timeoutMs: READY_MS,
  });
}

/**
 * Runs `stop` once on whatever asks the process to end, then ends it as that signal would have. The same signal often comes twice
 * (npm passes on what the terminal has sent to all already), and `stop` is bounded: it is always waited for.
 */
function onEnd(stop: () => Promise<void>): void {
  let ending = false;
  for (const [signal, number] of Object.entries(ENDING)) {
    process.on(signal, () => {
      if (ending) return;
      ending = true;
      void stop().finally(() => process.exit(128 + number));
    });
  }
}

async function main(): Promise<void> {
  let options;
  try {
    options = parseArgs({ options: { script: { type: "string" } } }).values;
    if (options.script !== undefined) accessSync(options.script, constants.R_OK);
  } catch (thrown) {
    process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n${USAGE}\n`);
    process.exitCode = 2;
    return;
  }
  const screen = new Screen();
  const world = new DemoWorld((code) =>
    screen.print([`The bot ended by itself (exit ${code ?? "by a signal"}); its log: ${world.logFile}`]),
  );
  onEnd(() => world.stop());
  screen.print(["Starting a local Discord, two services and the bot …"]);
  let channel: LiveChannel | undefined;
  let page: PageServer | undefined;
  try {
    await world.start();
    channel = new LiveChannel(world.discord.control, world.discord.opsChannelId, (lines) =>
      screen.print(["", ...lines, ""]),
    );
    channel.start();
    page = await openPage(world, { desktop: options.script === undefined && process.stdin.isTTY });
    screen.print([`look at it: ${page.url}`]);
    await untilAnswered(world);
    screen.print([
      `Watching this host, ${[...world.services.values()].map((service) => `${service.name} (${service.url})`).join(" and ")}. This is #ops; “help” lists what you can type.`,
      "Begin with /health, then “break web”, and “mend web” when the alert is there.",
    ]);
    const session = new DemoSession(world, (lines) => screen.print(lines));
    await (options.script === undefined
      ? runPrompt(session, screen)
      : runScript(session, options.script, (lines) => screen.print(lines)));
  } catch (thrown) {
    screen.print([
      `It did not work: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
      ...tailOf(world.logFile),
    ]);
    process.exitCode = 1;
  } finally {
    await page?.stop();
    await channel?.stop();
    await world.stop();
  }
  await new Promise((resolve) => process.stdout.write("", resolve));
  // Not left to an empty loop: Node 20 may wait forever for a connection that was reset while something was still to be written to it.
  process.exit();
}

/** The last lines of the bot's log, where something went wrong. */
function tailOf(file: string): readonly string[] {
  try {
    return ["The end of the bot's log:", ...readFileSync(file, "utf8").trimEnd().split("\n").slice(-15)];
  } catch {
    return [];
  }
}

await main();
