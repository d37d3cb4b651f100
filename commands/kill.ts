import type { Command } from "../src/model/contract/command.js";
import { actingCommand } from "./acting.js";
import type { Services } from "./services.js";

/** Ends a target's processes at once, for one that does not heed a stop. */
export const kill: Command<Services> = actingCommand("kill");
