/** Where every undici of a process, Node's own included, keeps its dispatcher. Source: undici, lib/global.js. */
const DISPATCHER = Symbol.for("undici.globalDispatcher.1");

/**
 * Meanwhile every request is taken and forgotten, its signal included, as undici 6 does when a connection is reset between its handshake
 * and the request's first byte. `sent` resolves with the first.
 */
export async function deafUndici<T>(run: (sent: Promise<void>) => Promise<T>): Promise<T> {
  const place = globalThis as Record<symbol, unknown>;
  const before = place[DISPATCHER];
  try {
    return await run(
      new Promise((resolve) => {
        place[DISPATCHER] = {
          dispatch: () => {
            resolve();
            return true;
          },
        };
      }),
    );
  } finally {
    place[DISPATCHER] = before;
  }
}
