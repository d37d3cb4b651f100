import type { Message } from "../../../src/model/message.js";

/** One message as the bot would send it, with what the page has to do to show it. */
export interface Exhibit {
  readonly name: string;
  readonly message: Message;
  readonly form: "alert" | "answer";
}

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const MIB = 1_024 ** 2;
export const GIB = 1_024 ** 3;
