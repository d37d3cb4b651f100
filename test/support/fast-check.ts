import fc from "fast-check";

/** The seed of every property, unless TOBAN_TEST_SEED says another; `random` takes a new one each time. */
const SEED = 1;

/**
 * Properties try the same values each time, so that a change is judged by what it changes. New values are tried on purpose:
 * `TOBAN_TEST_SEED=random npm test`; a failure prints its seed, to be given back.
 */
function seed(): number | undefined {
  const said = process.env["TOBAN_TEST_SEED"] ?? String(SEED);
  if (said === "random") return undefined;
  const value = Number(said);
  if (!Number.isSafeInteger(value))
    throw new Error(`TOBAN_TEST_SEED is “${said}”; expected: a whole number, or random`);
  return value;
}

const chosen = seed();
if (chosen !== undefined) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: chosen });

export { fc };
