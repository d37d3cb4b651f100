import { UserError } from "../../base/errors.js";
import type { Text } from "../../base/text.js";
import { text } from "../../base/text.js";
import type { Catalogue } from "../../locale/index.js";
import type { Message, Tone } from "../../model/message.js";
import type { Verb } from "../../model/principal.js";
import type { Decision } from "../../permit/decision.js";

export type Denied = Extract<Decision, { allowed: false }>;

/** The gate's refusal as what a person is told. `roleName` knows names as far as Discord has told them. */
export function refusalOf(
  denied: Denied,
  verb: Verb,
  target: string | undefined,
  roleName: (role: string) => string | undefined,
): UserError {
  switch (denied.denial) {
    case "direct_message":
    case "foreign_guild":
      return new UserError(denied.denial);
    case "no_manage_server":
    case "not_granted":
    case "granted_to_nobody":
    case "unattended": {
      const { needs } = denied;
      return new UserError("not_permitted", {
        verb,
        needs: needs.kind,
        ...(target === undefined ? {} : { target }),
        ...(needs.kind === "grant"
          ? { roles: needs.roles.map((role) => roleName(role) ?? role).join("\n"), users: needs.users.join("\n") }
          : {}),
      });
    }
    default:
      return denied.denial satisfies never;
  }
}

/** A refusal or a mistake in words; with a reference where an operator may want to look it up. */
export function userErrorMessage(error: UserError, words: Catalogue, locale: string, reference: string): Message {
  const sentence = words.userError.sentences[error.code](error.details);
  const isLogged = error.code === "not_permitted";
  return notice("info", isLogged ? text`${sentence}${words.userError.reference(reference)}` : sentence, locale);
}

/** What a person is told of a bug: nothing but where to look. */
export function unexpectedMessage(words: Catalogue, locale: string, reference: string): Message {
  return notice("warning", words.userError.unexpected(reference), locale);
}

export function notice(tone: Tone, summary: Text, locale: string): Message {
  return { tone, summary, mentions: [], lines: [], actions: [], files: [], locale };
}
