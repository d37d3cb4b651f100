import { discord } from "./discord.js";
import { host } from "./host.js";
import { http } from "./http.js";
import { createRegistry } from "./registry.js";
import { self } from "./self.js";
import { unit } from "./unit.js";

/** Every kind there is: one line each. */
export const probeKinds = createRegistry([host, self, discord, unit, http]);
