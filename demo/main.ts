import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";

import { LiveChannel } from "./channel.js";
import { DemoSession } from "./session.js";
import { startWorld } from "./world.js";
import type { DemoWorld } from "./world.js";

const READY_MS = 30_000;

function print(lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`);
}

/** Lines of a script, one after the other; the first that cannot be done ends the demo with exit code 1. */
async function runScript(session: DemoSession, file: string): Promise<void> {
  for (const line of readFileSync(file, "utf8").split("\n")) {
    if (line.trim() !== "" && !line.startsWith("#")) print([`${session.who}> ${line}`]);
    if (!(await session.take(line))) return;
  }
}

async function runPrompt(session: DemoSession): Promise<void> {
  const input = createInterface({ input: process.stdin, output: process.stdout, prompt: "" });
  const ask = (): void => {
    input.setPrompt(`${session.who}> `);
    input.prompt();
  };
  ask();
  for await (const line of input) {
    try {
      if (!(await session.take(line))) break;
    } catch (thrown) {
      print([thrown instanceof Error ? thrown.message : String(thrown)]);
    }
    ask();
  }
  input.close();
}

async function untilAnswered(world: DemoWorld): Promise<void> {
  const { control } = world.discord;
  await control.gateway.waitForSession({ timeoutMs: READY_MS });
  await control.waitFor("the bot's commands", async () => (await control.commands()).length > 0, {
    timeoutMs: READY_MS,
  });
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { script: { type: "string" } } });
  print(["Starting a local Discord, two services and the bot …"]);
  const world = await startWorld((code) =>
    print([`The bot ended by itself (exit ${code ?? "by a signal"}); its log: ${world.logFile}`]),
  );
  const stop = async (): Promise<void> => {
    process.removeAllListeners("SIGINT");
    await world.stop();
  };
  process.once("SIGINT", () => void stop().then(() => process.exit(130)));
  const channel = new LiveChannel(world.discord.control, world.discord.opsChannelId, (lines) =>
    print(["", ...lines, ""]),
  );
  channel.start();
  try {
    await untilAnswered(world);
    print([
      `Watching this host, ${[...world.services.values()].map((service) => `${service.name} (${service.url})`).join(" and ")}. This is #ops; “help” lists what you can type.`,
    ]);
    const session = new DemoSession(world, print);
    await (values.script === undefined ? runPrompt(session) : runScript(session, values.script));
  } catch (thrown) {
    print([`It did not work: ${thrown instanceof Error ? thrown.message : String(thrown)}`, ...tailOf(world.logFile)]);
    process.exitCode = 1;
  } finally {
    await channel.stop();
    await stop();
  }
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
