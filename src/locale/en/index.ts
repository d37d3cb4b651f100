import { units } from "./units.js";

export const en = { units };
