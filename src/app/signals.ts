import type { App } from "../app.js";
import type { SettingsResult } from "./settings.js";

/** A drain that takes longer is given up: the process ends although something hangs. */
const LAST_RESORT_MS = 25_000;

/**
 * SIGTERM and SIGINT: the first drains, the second quits at once. SIGHUP reads the configuration again. SIGUSR1 switches the log
 * level. Returns how to let go of them.
 */
export function bindSignals(app: App, readSettings: () => SettingsResult): () => void {
  let stopping = false;
  const onStop = (): void => {
    // The second signal, or a drain that hangs: nothing that matters is lost, the store is written at every commit.
    if (stopping) process.exit(130);
    stopping = true;
    setTimeout(() => process.exit(1), LAST_RESORT_MS).unref();
    void app.stop();
  };
  const onReload = (): void => void app.reload(readSettings());
  const onLevel = (): void => app.toggleDebug();
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
