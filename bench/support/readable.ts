import type { Control, ShownMessage } from "../../simulator/index.js";

const LOOK_MS = 50;

/** Watches a channel and notes when each name could first be read, in the text or in an attached file. */
export class Readable {
  readonly firstAt = new Map<string, number>();
  readonly #control: Control;
  readonly #channel: string;
  readonly #pattern: RegExp;
  readonly #files = new Map<string, string>();
  #stopped = false;
  #loop: Promise<void> | undefined;

  constructor(control: Control, channel: string, pattern: RegExp) {
    this.#control = control;
    this.#channel = channel;
    this.#pattern = pattern;
  }

  start(): void {
    this.#loop = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#loop;
    await this.#look();
  }

  /** In how many messages that are no replies each name stands now. */
  async entries(): Promise<ReadonlyMap<string, number>> {
    const counts = new Map<string, number>();
    for (const message of await this.#control.messages(this.#channel)) {
      if (message.replyTo !== null) continue;
      for (const name of await this.#namesIn(message)) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return counts;
  }

  async #run(): Promise<void> {
    let revision = -1;
    while (!this.#stopped) {
      revision = await this.#control.operations.changed({ since: revision, timeoutMs: 500 });
      await this.#look();
      await new Promise((settle) => setTimeout(settle, LOOK_MS));
    }
  }

  async #look(): Promise<void> {
    const now = Date.now();
    for (const message of await this.#control.messages(this.#channel)) {
      for (const name of await this.#namesIn(message)) if (!this.firstAt.has(name)) this.firstAt.set(name, now);
    }
  }

  async #namesIn(message: ShownMessage): Promise<ReadonlySet<string>> {
    const texts = [message.text];
    for (const { id } of message.attachments) {
      const known = this.#files.get(id) ?? (await this.#control.attachment(id)).toString("utf8");
      this.#files.set(id, known);
      texts.push(known);
    }
    return new Set(texts.join("\n").match(this.#pattern) ?? []);
  }
}
