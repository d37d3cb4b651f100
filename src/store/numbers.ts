import { Ring, median, quantile } from "../base/statistics.js";
import type { StoreNumbers } from "./contract.js";

/** How many of the newest calls the numbers are drawn from. */
const KEPT = 1_000;

/** How the store itself is doing. */
export class CallNumbers {
  readonly #writeSeconds = new Ring<number>(KEPT);
  readonly #readSeconds = new Ring<number>(KEPT);
  readonly #firstTry = new Ring<number>(KEPT);

  wrote(seconds: number, atFirstTry: boolean): void {
    this.#writeSeconds.push(seconds);
    this.#firstTry.push(atFirstTry ? 1 : 0);
  }

  read(seconds: number): void {
    this.#readSeconds.push(seconds);
  }

  snapshot(): StoreNumbers {
    const writeP99Seconds = quantile(this.#writeSeconds.unordered(), 0.99);
    const readMedianSeconds = median(this.#readSeconds.unordered());
    const tries = this.#firstTry.unordered();
    return {
      ...(writeP99Seconds === undefined ? {} : { writeP99Seconds }),
      ...(readMedianSeconds === undefined ? {} : { readMedianSeconds }),
      ...(tries.length === 0 ? {} : { successRatio: tries.reduce((sum, one) => sum + one, 0) / tries.length }),
    };
  }
}
