/** A field of a JSON object: its keys from the outermost on, joined with a point, and its value where that is no object. */
export interface JsonField {
  readonly path: string;
  readonly value: string | number;
}

/** Deeper, a field says something about what the line is about, not about the line. */
const DEEPEST = 3;
/** A key or a value that is longer is read, but not kept. */
const LONGEST_KEY = 40;
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s{}[\],:"]+/y;

/**
 * The fields of a line's JSON object, in their order, however long the values between them are: text and numbers of the outer object and of
 * the two levels in it. What is no JSON, or is cut off, ends them early. Linear in the length.
 */
export function* jsonFields(line: string): Generator<JsonField, void, void> {
  const keys: (string | undefined)[] = [];
  let depth = 0;
  let key: string | undefined;
  let isKey = false;
  const token = new RegExp(TOKEN);
  for (let at = 0; at < line.length;) {
    if (line.charCodeAt(at) <= 0x20) {
      at += 1;
      continue;
    }
    token.lastIndex = at;
    const found = token.exec(line)?.[0];
    if (found === undefined) return;
    at += found.length;
    switch (found) {
      case "{":
      case "[":
        keys.push(found === "{" ? key : undefined);
        depth += 1;
        key = undefined;
        isKey = found === "{";
        break;
      case "}":
      case "]":
        keys.pop();
        depth -= 1;
        if (depth <= 0) return;
        key = undefined;
        isKey = false;
        break;
      case ",":
        isKey = keys.length > 0 && depth > 0;
        key = undefined;
        break;
      case ":":
        isKey = false;
        break;
      default:
        if (isKey && found.startsWith('"')) {
          key = found.length <= LONGEST_KEY ? found.slice(1, -1) : undefined;
          isKey = false;
        } else if (key !== undefined && depth <= DEEPEST) {
          const outer = keys.slice(1);
          const value = found.startsWith('"') ? found.slice(1, -1) : Number(found);
          if (!outer.includes(undefined) && !Number.isNaN(value)) yield { path: [...outer, key].join("."), value };
        }
    }
  }
}

/** The text that a JSON string's inner part stands for; as it is where it cannot be read. */
export function unescaped(inner: string): string {
  if (!inner.includes("\\")) return inner;
  try {
    return String(JSON.parse(`"${inner}"`));
  } catch {
    return inner;
  }
}
