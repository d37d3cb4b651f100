import type { JsonObject } from "../json.js";
import type { InteractionOrigin, Message, User } from "../model.js";

export const interactionType = { ping: 1, command: 2, component: 3, autocomplete: 4, modal: 5 } as const;

export const callbackType = {
  pong: 1,
  message: 4,
  deferredMessage: 5,
  deferredUpdate: 6,
  update: 7,
  autocomplete: 8,
  modal: 9,
} as const;

/**
 * Where an interaction stands, as the person who caused it sees it: `waiting` for the first answer, `loading` while a
 * deferred answer is due, `failed` when three seconds passed in silence ("The application did not respond").
 */
export type InteractionState = "waiting" | "loading" | "message" | "updated" | "modal" | "choices" | "failed";

export interface Interaction {
  readonly id: string;
  readonly token: string;
  readonly type: number;
  readonly user: User;
  readonly guildId: string | null;
  readonly channelId: string;
  /** Unix milliseconds of simulated time. */
  readonly createdAt: number;
  /** Real monotonic milliseconds at which the frame was handed to a connected session; absent if none was there. */
  sentAt: number | undefined;
  readonly origin: InteractionOrigin;
  /** The message whose component was used. */
  readonly source: Message | undefined;
  state: InteractionState;
  callback: number | undefined;
  /** From the frame to the arrival of the callback request, real milliseconds. */
  callbackMs: number | undefined;
  /** From the frame to the moment at which the answer was complete, real milliseconds. */
  completeMs: number | undefined;
  responseMessageId: string | undefined;
  modal: JsonObject | undefined;
  choices: readonly JsonObject[] | undefined;
  readonly followUps: string[];
  /** What was refused on the way: JSON error codes of answers that were not accepted. */
  readonly refusals: number[];
}
