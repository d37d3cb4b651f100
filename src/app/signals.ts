import type { App } from "../app.js";
import { EXIT } from "../cli/exit-code.js";
import type { SettingsResult } from "./settings.js";

/** A drain that takes longer is given up: the process ends although something hangs. */
const LAST_RESORT_MS = 25_000;

/**
 * Binds the process's signals, at once: one that comes while the bot still starts waits for it. SIGTERM and SIGINT: the first drains, the
 * second quits. SIGHUP reads the configuration again. SIGUSR1 switches the log level. Returns how to let go of them.
 */
export function bindSignals(starting: Promise<App>, readSettings: () => SettingsResult): () => void {
  let stopping = false;
  // A start that fails is reported by whoever started it.
  const whenStarted = (act: (app: App) => unknown): void => void starting.then(act, () => undefined);
  const onStop = (): void => {
    // The second signal: nothing that matters is lost, the store is written at every commit.
    if (stopping) process.exit(130);
    stopping = true;
    setTimeout(() => process.exit(EXIT.failed), LAST_RESORT_MS).unref();
    whenStarted((app) => app.stop());
  };
  const onReload = (): void => whenStarted((app) => app.reload(readSettings()));
  const onLevel = (): void => whenStarted((app) => app.toggleDebug());
  const bound = [
    ["SIGTERM", onStop],
    ["SIGINT", onStop],
    ["SIGHUP", onReload],
    ["SIGUSR1", onLevel],
  ] as const;
  for (const [signal, listener] of bound) process.on(signal, listener);
  return () => {
    for (const [signal, listener] of bound) process.off(signal, listener);
  };
}
