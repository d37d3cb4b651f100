import type { Control, ShownMessage } from "../simulator/index.js";

import { messageLines } from "./terminal.js";

/** Shows a channel as it happens: new messages, and old ones again when they are edited. */
export class LiveChannel {
  readonly #control: Control;
  readonly #channel: string;
  readonly #print: (lines: readonly string[]) => void;
  readonly #shown = new Map<string, string>();
  #stopped = false;
  #loop: Promise<void> | undefined;

  constructor(control: Control, channel: string, print: (lines: readonly string[]) => void) {
    this.#control = control;
    this.#channel = channel;
    this.#print = print;
  }

  start(): void {
    this.#loop = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#loop;
  }

  async #run(): Promise<void> {
    let revision = -1;
    while (!this.#stopped) {
      revision = await this.#control.operations.changed({ since: revision, timeoutMs: 500 });
      await this.#showNew();
    }
  }

  async #showNew(): Promise<void> {
    const now = await this.#control.clock.now();
    for (const message of await this.#control.messages(this.#channel, { deleted: true })) {
      if (message.loading || message.ephemeralFor !== null) continue;
      const state = JSON.stringify([message.content, message.embeds, message.components, message.deletedAt]);
      const before = this.#shown.get(message.id);
      if (before === state) continue;
      this.#shown.set(message.id, state);
      this.#print(this.#lines(message, before !== undefined, now));
    }
  }

  #lines(message: ShownMessage, known: boolean, now: number): readonly string[] {
    const time = new Date(now).toTimeString().slice(0, 8);
    if (message.deletedAt !== null) return [`${time}  (a message was deleted)`];
    const what = known ? "edited" : message.replyTo === null ? "new" : "reply";
    const [first = "", ...rest] = messageLines(message, now);
    return [`${time}  ${what.padEnd(6)}  ${first}`, ...rest.map((line) => `                  ${line}`)];
  }
}
