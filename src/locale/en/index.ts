import { reason } from "./reason.js";
import { units } from "./units.js";
import { userError } from "./user-error.js";

export const en = { reason, units, userError };
