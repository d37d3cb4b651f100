/** What keeps this process from asking while the platform's edge shuts its address out: whoever asks anything of the platform shares it. */
export interface EdgeBlock {
  /** Milliseconds for which nothing may be asked; 0: it may. */
  remainingMs(): number;
  /**
   * A page of the edge came instead of the platform's answer to a request that left at `startedAt` (monotonic milliseconds). `askedMs`: how long it
   * asks to wait.
   */
  refused(detail: string, startedAt: number, askedMs?: number): void;
}
