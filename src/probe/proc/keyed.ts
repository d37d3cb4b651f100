/** A file of lines `name value` or `name: value kB`: name → value, kilobytes made bytes. Lines without a number are left out. */
export function parseKeyed(text: string): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  for (const line of text.split("\n")) {
    const match = /^([^\s:]+):?\s+(\d+)(\s+kB)?\s*$/.exec(line);
    if (match?.[1] !== undefined) values.set(match[1], Number(match[2]) * (match[3] ? 1024 : 1));
  }
  return values;
}
