import { en } from "../src/locale/en/index.js";
import { renderPing } from "../src/message/ping.js";
import type { Command } from "../src/model/contract/command.js";
import type { Services } from "./services.js";

/** How Toban itself is doing. */
export const ping: Command<Services> = {
  name: "ping",
  description: en.command.ping.description,
  options: [],
  verb: () => "view-summary",
  targetOf: () => undefined,
  ephemeral: false,
  execute: async (_request, services) => ({
    message: renderPing(services.answers.ping(), services.publicCatalogue()),
    ephemeral: false,
  }),
};
