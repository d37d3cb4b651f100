import { alert } from "./alert.js";
import { lowering } from "./lowering.js";
import { notice } from "./notice.js";
import { reason } from "./reason.js";
import { tone } from "./tone.js";
import { units } from "./units.js";
import { userError } from "./user-error.js";

export const en = { locale: "en", alert, lowering, notice, reason, tone, units, userError };
