/** What one start of an engine is charged with, in seconds: measured on two cores that do nothing else, rounded up. */
export const ENGINE_SECONDS = { systemd: 0.5, bot: 1, chromium: 1.5 } as const;
export type Engine = keyof typeof ENGINE_SECONDS;
export type Starts = Partial<Record<Engine, number>>;

/** Of the file of tests that this process is at. */
export const starts: Starts = {};

/** Is told by whoever starts an engine for a test. */
export function engineStarted(engine: Engine): void {
  starts[engine] = (starts[engine] ?? 0) + 1;
}
