/**
 * Settles as `work` does, or rejects with the signal's reason as soon as it aborts, whatever becomes of `work`. undici 6 forgets the signal of
 * a request whose connection was reset between its handshake and its first byte: such a request never settles.
 */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal | null | undefined): Promise<T> {
  if (!signal) return work;
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
  // Whichever comes second is nobody's any more.
  void work.catch(() => undefined);
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
