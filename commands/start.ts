import type { Command } from "../src/model/contract/command.js";
import { actingCommand } from "./acting.js";
import type { Services } from "./services.js";

/** Starts a target that is down. */
export const start: Command<Services> = actingCommand("start");
