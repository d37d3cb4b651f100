import type { CommandChoice } from "../src/model/contract/command.js";
import type { Services } from "./services.js";

/** Names of targets that hold what was typed, those that begin with it first. */
export function completeTargets(partial: string, services: Pick<Services, "answers">): readonly CommandChoice[] {
  const wanted = partial.trim().toLowerCase();
  const begins = (name: string): number => Number(name.toLowerCase().startsWith(wanted));
  return services.answers
    .targetNames()
    .filter((name) => name.toLowerCase().includes(wanted))
    .toSorted((a, b) => begins(b) - begins(a))
    .map((name) => ({ name, value: name }));
}
