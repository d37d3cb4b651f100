/**
 * Rich text without a platform. Plain strings are plain: whoever lowers them (Discord, terminal, file) escapes them, so
 * nothing that comes from outside can become markup or a mention. Only the nodes below become markup.
 */
export type Inline =
  | string
  /** A name or words from outside, shown in code marks. */
  | { readonly code: string }
  | { readonly strong: string }
  | { readonly quote: string }
  /** A moment, shown in the reader's own zone where the platform can. `relative`: "3 minutes ago". */
  | { readonly at: number; readonly style: "relative" | "time" | "date-time" }
  /** A person, shown by name, never pinged from here (pings are the message's `mentions`). */
  | { readonly user: string; readonly name: string }
  /** A channel by its id, shown by name where the platform can. */
  | { readonly channel: string }
  /** A slash command to click. */
  | { readonly command: string };

export type Text = readonly Inline[];

/** Tagged template: ``text`${{ code: name }} is down` ``. Values are strings, numbers, nodes or whole texts. */
export function text(strings: TemplateStringsArray, ...values: readonly (Inline | Text | number)[]): Text {
  const parts: Inline[] = [];
  const push = (part: Inline): void => {
    const last = parts.at(-1);
    if (typeof part === "string" && typeof last === "string") parts[parts.length - 1] = last + part;
    else if (part !== "") parts.push(part);
  };
  for (const [index, string] of strings.entries()) {
    push(string);
    const value = values[index];
    if (value === undefined) continue;
    if (typeof value === "number") push(String(value));
    else if (typeof value === "string") push(value);
    else if (Array.isArray(value)) for (const part of value as Text) push(part);
    else push(value as Inline);
  }
  return parts;
}

/** Joins texts with a separator. */
export function join(parts: readonly Text[], separator: string): Text {
  return parts.flatMap((part, index) => (index === 0 ? part : [separator, ...part]));
}

/** A moment outside the calendar's range is told as such: words must never fail for a number from outside. */
function isoTime(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? "?" : date.toISOString();
}

/** The words alone, for terminals, files and logs. */
export function plain(value: Text): string {
  return value
    .map((part) => {
      if (typeof part === "string") return part;
      if ("code" in part) return part.code;
      if ("strong" in part) return part.strong;
      if ("quote" in part) return `“${part.quote}”`;
      if ("at" in part) return isoTime(part.at);
      if ("user" in part) return `@${part.name}`;
      if ("channel" in part) return `#${part.channel}`;
      return `/${part.command}`;
    })
    .join("");
}
