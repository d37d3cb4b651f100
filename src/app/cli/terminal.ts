import { systemClock } from "../../base/clock.js";
import { toPlain } from "../../message/to-plain.js";
import type { Message } from "../../model/message.js";

const COLUMNS = 100;

/** A message as a terminal shows it. */
export function inTerminal(message: Message): string {
  return toPlain(message, { width: COLUMNS, now: systemClock.now() });
}
