import type { OptionValue, Person } from "../../model/contract/command.js";
import type { Principal } from "../../model/principal.js";

/** Where an answer goes. Held for the one answer and never stored or logged: the token is a password for 15 minutes. */
export interface ReplyTo {
  readonly id: string;
  readonly token: string;
  readonly applicationId: string | undefined;
  readonly channel: string | undefined;
}

/** Who asks, from where, in which language. */
export interface Asker {
  readonly principal: Extract<Principal, { kind: "member" }>;
  readonly locale: string;
}

/** An option as it came, not yet held against what the command wants. */
export interface RawOption {
  readonly name: string;
  readonly value: OptionValue;
}

export type InteractionKind =
  | {
      readonly kind: "command";
      /** With its sub-commands, as a person types it: `config reload`. */
      readonly name: string;
      readonly options: readonly RawOption[];
      /** Whom the options name, by id. */
      readonly people: ReadonlyMap<string, Person>;
    }
  | {
      readonly kind: "autocomplete";
      readonly name: string;
      readonly options: readonly RawOption[];
      readonly focused: { readonly name: string; readonly partial: string } | undefined;
    }
  /** A button, a select or a modal: all carry a `custom_id`. */
  | {
      readonly kind: "press";
      readonly customId: string;
      /** What was chosen in a select, or typed into a modal's fields, in their order. */
      readonly values: readonly string[];
      /** Whether there is a message that can be changed in place. */
      readonly onMessage: boolean;
    };

export type Parsed =
  | { readonly kind: "interaction"; readonly replyTo: ReplyTo; readonly asker: Asker; readonly what: InteractionKind }
  /** It can be answered, but not understood. `answerWith` is what Discord takes for its type. */
  | {
      readonly kind: "malformed";
      readonly replyTo: ReplyTo;
      readonly locale: string;
      readonly answerWith: "message" | "choices";
      readonly problem: string;
    }
  /** Not even an id and a token to answer to. */
  | { readonly kind: "unanswerable"; readonly problem: string };
