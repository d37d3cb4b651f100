import type { Message } from "../message.js";
import type { Principal, Verb } from "../principal.js";

export interface CommandChoice {
  readonly name: string;
  readonly value: string;
}

/** One option of a slash command. `complete` lists what one may choose, already cut to what this principal may touch. */
export interface CommandOption {
  readonly name: string;
  readonly description: string;
  /** `user`: somebody of the server; its value is an id, and {@link CommandRequest.people} tells of them. */
  readonly type: "string" | "integer" | "boolean" | "user";
  readonly required: boolean;
  readonly choices?: readonly CommandChoice[];
  readonly min?: number;
  readonly max?: number;
  readonly maxLength?: number;
  readonly autocomplete?: boolean;
}

export type OptionValue = string | number | boolean;

/** Somebody of the server, as an option names one. */
export type Person = Extract<Principal, { kind: "member" }>;

/** What a command is asked. No Discord in it. */
export interface CommandRequest {
  readonly principal: Principal;
  readonly options: Readonly<Record<string, OptionValue>>;
  /** Those whom options of the type `user` name, by id. */
  readonly people?: ReadonlyMap<string, Person>;
  /** Of the person who asks; `config.locale` rules what everybody sees. */
  readonly locale: string;
  /** Id of the channel it is asked in. */
  readonly channel?: string;
  readonly signal: AbortSignal;
}

export interface CommandReply {
  readonly message: Message;
  readonly ephemeral: boolean;
}

/**
 * A slash command: data, verb, thin execute. One file in `commands/`, one line in its index.
 * `verb` and `targetOf` are what the gate asks about before anything else happens.
 */
export interface Command<Services> {
  readonly name: string;
  readonly description: string;
  readonly options: readonly CommandOption[];
  readonly verb: (options: Readonly<Record<string, OptionValue>>) => Verb;
  readonly targetOf: (options: Readonly<Record<string, OptionValue>>) => string | undefined;
  readonly ephemeral: boolean;
  /** It only reads, although what else its verb allows changes something: it is answered at once. */
  readonly reads?: true;
  /** Buttons this command's answers carry: `v1:<name>:<id>` presses come back here. */
  readonly presses?: Readonly<Record<string, Press<Services>>>;
  execute(request: CommandRequest, services: Services): Promise<CommandReply>;
  complete?(option: string, partial: string, request: CommandRequest, services: Services): readonly CommandChoice[];
}

export interface PressRequest {
  readonly principal: Principal;
  readonly id: string;
  /** What was chosen in a select or typed into a modal; absent for a button. */
  readonly values?: readonly string[];
  readonly locale: string;
  /** Id of the channel it is pressed in. */
  readonly channel?: string;
  readonly signal: AbortSignal;
}

export interface Press<Services> {
  readonly verb: Verb;
  readonly targetOf: (id: string, services: Services) => string | undefined;
  /** `update`: the message it stands on changes; `reply`: a new answer. */
  readonly effect: "update" | "reply";
  /** As of a command. */
  readonly reads?: true;
  execute(request: PressRequest, services: Services): Promise<CommandReply>;
}
