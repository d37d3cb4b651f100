import type { Message } from "../model/message.js";
import type { Trouble } from "./troubles.js";

/**
 * Another way to reach people while Discord does not take messages. What is said here is said at least once: the announcement
 * stays in the outbox and reaches its channel when the trouble is over.
 */
export interface Fallback {
  speak(message: Message, trouble: Trouble): Promise<void>;
}
