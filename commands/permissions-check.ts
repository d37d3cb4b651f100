import { UserError } from "../src/base/errors.js";
import { catalogueFor } from "../src/locale/index.js";
import { en } from "../src/locale/en/index.js";
import { renderPermissions } from "../src/message/permissions.js";
import type { Command } from "../src/model/contract/command.js";
import { VERBS } from "../src/model/principal.js";
import { completeTargets } from "./targets.js";
import type { Services } from "./services.js";

/** What this command works with. */
type Needs = Pick<Services, "answers" | "permissions" | "may">;

/** What somebody may do here, and why. Everybody may ask about themselves. */
export const permissionsCheck: Command<Needs> = {
  name: "permissions check",
  description: en.command.permissions.description,
  options: [
    { name: "user", description: en.command.permissions.user, type: "user", required: false },
    {
      name: "verb",
      description: en.command.permissions.verb,
      type: "string",
      required: false,
      choices: VERBS.map((verb) => ({ name: verb, value: verb })),
    },
    {
      name: "target",
      description: en.command.permissions.target,
      type: "string",
      required: false,
      maxLength: 64,
      autocomplete: true,
    },
  ],
  verb: (options) => (options["user"] === undefined ? "view-summary" : "admin"),
  // What others may do is the whole configuration's secret, not one target's.
  targetOf: () => undefined,
  ephemeral: true,
  reads: true,
  execute: async (request, services) => {
    const { user, verb: asked, target } = request.options as Readonly<Record<string, string | undefined>>;
    const about = user === undefined ? request.principal : request.people?.get(user);
    if (about?.kind !== "member") {
      const expected = catalogueFor(request.locale).userError.expected.person;
      throw new UserError("invalid_option", {
        option: "user",
        ...(user === undefined ? {} : { found: user }),
        expected,
      });
    }
    const verb = VERBS.find((each) => each === asked);
    const view = services.permissions.check(request.principal, about, {
      ...(verb === undefined ? {} : { verb }),
      ...(target === undefined ? {} : { target }),
    });
    return { message: renderPermissions(view, catalogueFor(request.locale)), ephemeral: true };
  },
  complete: (_option, partial, request, services) =>
    completeTargets(partial, services).filter(({ value }) => services.may(request.principal, "view", value)),
};
