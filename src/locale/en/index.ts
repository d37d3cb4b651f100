import { reason } from "./reason.js";
import { units } from "./units.js";

export const en = { reason, units };
