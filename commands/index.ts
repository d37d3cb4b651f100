import type { Command } from "../src/model/contract/command.js";
import { audit } from "./audit.js";
import { health } from "./health.js";
import { ping } from "./ping.js";
import type { Services } from "./services.js";

/** Every slash command there is: one line each. */
export const commands: readonly Command<Services>[] = [audit, health, ping];
