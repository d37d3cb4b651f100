import type { Catalogue } from "../../locale/index.js";
import type { Command, CommandChoice } from "../../model/contract/command.js";
import { DISCORD_LIMITS } from "../../model/limits.js";
import type { PermissionPolicy } from "../../model/principal.js";
import { authorize } from "../../permit/authorize.js";

import type { Asker, InteractionKind } from "./interaction.js";
import { fittingOptions } from "./options.js";

/**
 * What may be chosen: of what the command offers, the choices with which the asker would pass the gate. The hypothetical command is
 * asked about in full, so that a list can never hold what the command itself would then refuse.
 */
export function completions<Services>(
  command: Command<Services>,
  given: Extract<InteractionKind, { kind: "autocomplete" }>,
  asker: Asker,
  services: Services,
  policy: PermissionPolicy,
  words: Catalogue,
  signal: AbortSignal,
): readonly CommandChoice[] {
  const { focused } = given;
  const option = command.options.find((candidate) => candidate.name === focused?.name);
  if (!focused || !option?.autocomplete || !command.complete) return [];
  const options = fittingOptions(command.options, given.options, words);
  const request = { principal: asker.principal, options, locale: asker.locale, signal };
  return command
    .complete(focused.name, focused.partial, request, services)
    .filter((choice) => {
      const chosen = { ...options, [focused.name]: choice.value };
      return authorize(asker.principal, command.verb(chosen), command.targetOf(chosen), policy).allowed;
    })
    .slice(0, DISCORD_LIMITS.choices)
    .map((choice) => ({
      name: choice.name.slice(0, DISCORD_LIMITS.choiceName),
      value: choice.value.slice(0, DISCORD_LIMITS.choiceValue),
    }));
}
