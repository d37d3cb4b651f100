import type { Command } from "../src/model/contract/command.js";
import { actingCommand } from "./acting.js";
import type { Services } from "./services.js";

/** Restarts a target: a unit by systemd, or whatever program is configured for it. */
export const restart: Command<Services> = actingCommand("restart");
