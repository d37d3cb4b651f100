import { invalidForm } from "../errors.js";
import { issue } from "../rules/issue.js";

/** An integer of the query string within bounds; outside of them it is a form error, as Discord answers. */
export function queryInteger(query: URLSearchParams, name: string, fallback: number, min: number, max: number): number {
  const text = query.get(name);
  if (text === null) return fallback;
  if (!/^-?\d{1,9}$/.test(text)) {
    throw invalidForm([issue([name], "NUMBER_TYPE_COERCE", `Value "${text}" is not int.`)]);
  }
  const value = Number(text);
  if (value < min) {
    throw invalidForm([issue([name], "NUMBER_TYPE_MIN", `int value should be greater than or equal to ${min}.`)]);
  }
  if (value > max) {
    throw invalidForm([issue([name], "NUMBER_TYPE_MAX", `int value should be less than or equal to ${max}.`)]);
  }
  return value;
}

export function querySnowflake(query: URLSearchParams, name: string): string | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^\d{1,20}$/.test(text)) {
    throw invalidForm([issue([name], "NUMBER_TYPE_COERCE", `Value "${text}" is not snowflake.`)]);
  }
  return text;
}

export function queryFlag(query: URLSearchParams, name: string): boolean {
  const text = query.get(name);
  return text === "true" || text === "1";
}
