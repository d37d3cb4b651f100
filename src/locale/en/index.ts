import { reason } from "./reason.js";
import { reason, units } from "./units.js";

export const en = { reason, units };
