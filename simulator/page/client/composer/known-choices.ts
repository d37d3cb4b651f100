import type { SyncAnswer } from "../../wire.js";
import { optionType } from "./command-line.js";
import type { Choice, CommandOption } from "./command-line.js";

/** Values that a client offers without asking the bot: people, roles, channels, yes and no, registered choices. */
export function knownChoices(option: CommandOption, world: SyncAnswer | undefined): readonly Choice[] {
  const people = (world?.guild.members ?? []).map(({ id, name }) => ({ label: `@${name}`, value: id }));
  const roles = (world?.guild.roles ?? []).map(({ id, name }) => ({ label: `@${name}`, value: id }));
  switch (option.type) {
    case optionType.boolean:
      return ["True", "False"].map((label) => ({ label, value: label === "True" }));
    case optionType.user:
      return people;
    case optionType.role:
      return roles;
    case optionType.mentionable:
      return [...people, ...roles];
    case optionType.channel:
      return (world?.channels ?? [])
        .filter(({ guildId }) => guildId === world?.guild.id)
        .map(({ id, name }) => ({ label: `#${name}`, value: id }));
    default:
      return option.choices;
  }
}
