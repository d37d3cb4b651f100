/** What stands in the place of a secret. The same word as for those that Toban knows itself (`Secret`). */
export const MARKER = "<secret>";

/** How far before an anchor a form may look, in UTF-16 units. */
export const BEHIND = 64;
/** How far after the start of an anchor a form may look. A secret that is longer goes on for as long as its `rest` says. */
export const AHEAD = 4_096;

/** A secret within a window: [start, end). It may begin before its anchor, but not before the window. */
export interface Found {
  readonly start: number;
  readonly end: number;
  /** Sticky: the characters that still belong to the secret where the window ends before it does. */
  readonly rest?: RegExp;
}

/** One way in which a secret is written. `find` is asked wherever one of the anchors stands; both are within one line. */
export interface Form {
  readonly anchors: readonly string[];
  /** A pattern for what has to stand at the anchor; case does not matter. It rules out most places before `find` is asked. */
  readonly gate?: string;
  find(window: string, at: number): Found | undefined;
}

/**
 * Where a word may begin: after anything but a letter or digit, or after an escape that ends in one (`%3D`, `\n`).
 * Also what keeps the work linear: within one long word only its beginning is looked at.
 */
export const EDGE = String.raw`(?:(?<![A-Za-z0-9])|(?<=%[0-9A-Fa-f]{2}|\\[nrtbf]|\\u[0-9A-Fa-f]{4}))`;

/** A quotation mark as it is, escaped in JSON (once or more), or encoded for a URL, HTML or JavaScript. */
export const QUOTE = String.raw`(?:\\{0,15}["'\x60]|%22|%27|&quot;|&#3[49];|\\{1,4}u0022)`;

/** What stands between a name and its value. */
export const SEPARATOR = String.raw`(?:(?:[ \t]|%20){0,8}(?:=>|:=|[:=])|%3[aAdD])(?:[ \t]|%20){0,8}`;

export interface Shape {
  readonly anchors: readonly string[];
  /** What comes before the secret and stays, from the anchor on. May look behind, at most {@link BEHIND}. */
  readonly head?: string;
  readonly secret: string;
  /** The class of characters of which `secret` consists. */
  readonly rest?: string;
  readonly flags?: "i";
  readonly accept?: (secret: string) => boolean;
}

/** A form with a fixed shape, as two regular expressions. */
export function shaped(shape: Shape): Form {
  const flags = `y${shape.flags ?? ""}`;
  const head = new RegExp(shape.head ?? "", flags);
  const secret = new RegExp(shape.secret, flags);
  const rest = shape.rest === undefined ? undefined : new RegExp(`${shape.rest}+`, "y");
  return {
    anchors: shape.anchors,
    gate: shape.head ?? shape.secret,
    find(window, at) {
      head.lastIndex = at;
      if (!head.test(window)) return undefined;
      const start = head.lastIndex;
      secret.lastIndex = start;
      const value = secret.exec(window)?.[0];
      if (value === undefined || value === "" || value.startsWith(MARKER)) return undefined;
      if (shape.accept !== undefined && !shape.accept(value)) return undefined;
      return { start, end: start + value.length, ...(rest && { rest }) };
    },
  };
}

/** A token that its first letters give away: `ghp_…`. `prefix` and `body` are regular expressions; the whole token is the secret. */
export function prefixed(anchors: readonly string[], prefix: string, body: string, rest: string = "[\\w-]"): Form {
  return shaped({ anchors, secret: `${EDGE}${prefix}${body}(?![A-Za-z0-9])`, rest });
}
