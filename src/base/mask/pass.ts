/**
 * One look through a text that comes in pieces. What `push` and `end` return, put together, is the same however the text was cut:
 * what cannot be decided yet is held back.
 */
export interface Pass {
  /** How many secrets were masked so far. */
  readonly count: number;
  push(chunk: string): string;
  end(chunk?: string): string;
}
