import { UserError } from "../src/base/errors.js";
import type { Services } from "./services.js";

/** The target that the button of an alert's message is about. The message stays for days; what it is about is asked anew each time. */
export function targetOfIncident(id: string, command: string, services: Pick<Services, "incidents">): string {
  const target = services.incidents.targetOf(id);
  if (target === undefined) throw new UserError("expired", { command });
  return target;
}
