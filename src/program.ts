import { createCliEffects } from "./app/cli-effects.js";
import { messageOf, newReference, systemCodeOf } from "./base/errors.js";
import { suitLongLife } from "./base/engine.js";
import { runCli } from "./cli/cli.js";
import { EXIT } from "./cli/exit-code.js";
import type { CliOutput } from "./cli/printed.js";
import { catalogueFor } from "./locale/index.js";

/** One process of Toban's: whatever the command line asks for, to its exit code. */
export async function main(): Promise<void> {
  suitLongLife();
  const output: CliOutput = {
    out: (line) => void process.stdout.write(`${line}\n`),
    err: (line) => void process.stderr.write(`${line}\n`),
  };
  const words = catalogueFor("en");

  /** A bug nobody caught: the process is not to be trusted any more. The service manager starts it anew. */
  const onUncaught = (thrown: unknown): void => {
    const reference = newReference();
    output.err(words.cli.failed(reference));
    output.err(`${reference}: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : messageOf(thrown)}`);
    process.exit(EXIT.failed);
  };

  // Whoever reads what is printed may have seen enough: `toban logs web | head`.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (thrown: unknown) => {
      if (systemCodeOf(thrown) !== "EPIPE") throw thrown;
    });
  }
  process.on("uncaughtException", onUncaught);
  process.on("unhandledRejection", onUncaught);

  try {
    const code = await runCli(process.argv.slice(2), createCliEffects(output), output, words);
    await Promise.all([process.stdout, process.stderr].map(printed));
    // Not left to an empty loop: Node 20 may wait forever for a connection that was reset while something was still to be written to it.
    process.exit(code);
  } catch (thrown) {
    onUncaught(thrown);
  }
}

/** When everything that was written has been taken, or nobody takes it any more. */
function printed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write("", () => resolve());
  });
}
