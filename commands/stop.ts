import type { Command } from "../src/model/contract/command.js";
import { actingCommand } from "./acting.js";
import type { Services } from "./services.js";

/** Stops a target; its alerts are muted until it runs again. */
export const stop: Command<Services> = actingCommand("stop");
