import type { PageChannel, PageMessage } from "../../wire.js";

/** What showing a message needs to know of the world, and what pressing something in it does. */
export interface ViewContext {
  readonly locale: string;
  /** The own user's id, to mark what mentions it. */
  readonly ownId: string;
  readonly roleNames: ReadonlyMap<string, string>;
  readonly ownRoleIds: ReadonlySet<string>;
  /** Everybody and every channel that a menu of such may offer, by id. */
  readonly people: ReadonlyMap<string, string>;
  readonly channels: readonly PageChannel[];
  person(id: string): string;
  channelName(id: string): string | undefined;
  message(id: string): PageMessage | undefined;
  openChannel(id: string): void;
  startCommand(name: string): void;
  press(message: PageMessage, customId: string, label: string): void;
  select(message: PageMessage, customId: string, values: readonly string[]): void;
  dismiss(message: PageMessage): void;
  reply(message: PageMessage): void;
  goTo(messageId: string): void;
}
