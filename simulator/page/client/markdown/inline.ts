/** A piece of a line as Discord's client reads it. Plain text keeps its line breaks. */
export type Inline =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "code"; readonly text: string }
  | {
      readonly type: "strong" | "em" | "underline" | "strike" | "spoiler";
      readonly children: readonly Inline[];
    }
  | { readonly type: "link"; readonly url: string; readonly children: readonly Inline[] }
  | { readonly type: "time"; readonly seconds: number; readonly style: string }
  | { readonly type: "mention"; readonly kind: "user" | "role" | "channel" | "everyone" | "here"; readonly id: string }
  | { readonly type: "command"; readonly name: string }
  | { readonly type: "emoji"; readonly name: string };

interface Token {
  readonly length: number;
  readonly node: Inline;
}

/** Deeper than anybody writes; beyond it marks are shown as they stand, so that a hostile text costs no stack. */
const DEEPEST = 12;

const WRAPPED = [
  { mark: "***", type: "both" },
  { mark: "**", type: "strong" },
  { mark: "__", type: "underline" },
  { mark: "~~", type: "strike" },
  { mark: "||", type: "spoiler" },
] as const;

/** Only what a browser opens as a page; `javascript:` and the like stay text. */
export function safeUrl(value: string): string | undefined {
  if (!/^https?:\/\//i.test(value)) return undefined;
  try {
    return new URL(value).href;
  } catch {
    return undefined;
  }
}

function escaped(rest: string): Token | undefined {
  const match = /^\\([!-/:-@[-`{-~])/.exec(rest);
  return match ? { length: 2, node: { type: "text", text: match[1] ?? "" } } : undefined;
}

function code(rest: string): Token | undefined {
  const match = /^(`{1,2})(?!`)([\s\S]*?[^`])\1(?!`)/.exec(rest);
  if (!match) return undefined;
  return { length: match[0].length, node: { type: "code", text: (match[2] ?? "").replace(/^ (.*) $/, "$1") } };
}

function angle(rest: string): Token | undefined {
  const match = /^<([^<>\s][^<>]{0,400})>/.exec(rest);
  const inner = match?.[1];
  if (match === null || inner === undefined) return undefined;
  const token = (node: Inline): Token => ({ length: match[0].length, node });
  const time = /^t:(-?\d{1,13})(?::([tTdDfFRsS]))?$/.exec(inner);
  if (time) return token({ type: "time", seconds: Number(time[1]), style: time[2] ?? "f" });
  const mention = /^(@!?|@&|#)(\d{1,20})$/.exec(inner);
  if (mention) {
    const kind = mention[1] === "#" ? "channel" : mention[1] === "@&" ? "role" : "user";
    return token({ type: "mention", kind, id: mention[2] ?? "" });
  }
  const command = /^\/([\p{L}\p{N}_ -]{1,100}):\d{1,20}$/u.exec(inner);
  if (command) return token({ type: "command", name: command[1] ?? "" });
  const emoji = /^a?:(\w{2,32}):\d{1,20}$/.exec(inner);
  if (emoji) return token({ type: "emoji", name: emoji[1] ?? "" });
  const url = safeUrl(inner);
  return url === undefined ? undefined : token({ type: "link", url, children: [{ type: "text", text: inner }] });
}

function maskedLink(rest: string, depth: number): Token | undefined {
  const match = /^\[((?:\\.|[^\]\\\n]){1,400})\]\(<?([^\s()<>]{1,2000}(?:\([^\s()<>]*\))?)>?(?: "[^"\n]*")?\)/.exec(
    rest,
  );
  const url = safeUrl(match?.[2] ?? "");
  if (!match || url === undefined) return undefined;
  return { length: match[0].length, node: { type: "link", url, children: parse(match[1] ?? "", depth + 1, true) } };
}

function bareLink(rest: string): Token | undefined {
  const match = /^https?:\/\/[^\s<>]+/i.exec(rest)?.[0].replace(/[.,:;"'\])]+$/, "");
  const url = safeUrl(match ?? "");
  if (match === undefined || url === undefined) return undefined;
  return { length: match.length, node: { type: "link", url, children: [{ type: "text", text: match }] } };
}

/** The place of the closing mark; escapes and code between are passed over. */
function closing(rest: string, mark: string): number {
  let at = mark.length;
  while (at < rest.length) {
    if (rest[at] === "\\") at += 2;
    else if (rest[at] === "`") at += code(rest.slice(at))?.length ?? 1;
    else if (rest.startsWith(mark, at) && !(mark.length < 3 && rest.startsWith(mark + (mark[0] ?? ""), at))) return at;
    else at += 1;
  }
  return -1;
}

function wrapped(rest: string, depth: number): Token | undefined {
  for (const { mark, type } of WRAPPED) {
    if (!rest.startsWith(mark)) continue;
    const end = closing(rest, mark);
    if (end <= mark.length) continue;
    const children = parse(rest.slice(mark.length, end), depth + 1);
    const node: Inline =
      type === "both" ? { type: "em", children: [{ type: "strong", children }] } : { type, children };
    return { length: end + mark.length, node };
  }
  return undefined;
}

function emphasis(rest: string, depth: number): Token | undefined {
  const star = /^\*(?![\s*])((?:\*\*[^*]+\*\*|\\.|[^*\\])*?[^\s*])\*(?!\*)/s.exec(rest);
  const line = /^_(?!_)((?:\\.|__[^_]+__|[^_\\])+?)_(?![\w_])/s.exec(rest);
  const match = star ?? line;
  if (!match) return undefined;
  return { length: match[0].length, node: { type: "em", children: parse(match[1] ?? "", depth + 1) } };
}

function everyone(rest: string): Token | undefined {
  const match = /^@(everyone|here)\b/.exec(rest);
  if (!match) return undefined;
  return {
    length: match[0].length,
    node: { type: "mention", kind: match[1] === "here" ? "here" : "everyone", id: "" },
  };
}

function next(rest: string, depth: number, insideWord: boolean, insideLink: boolean): Token | undefined {
  switch (rest[0]) {
    case "\\":
      return escaped(rest);
    case "`":
      return code(rest);
    case "<":
      return angle(rest);
    case "[":
      return insideLink ? undefined : maskedLink(rest, depth);
    case "h":
    case "H":
      return insideWord || insideLink ? undefined : bareLink(rest);
    case "@":
      return everyone(rest);
    case "_":
      return wrapped(rest, depth) ?? (insideWord ? undefined : emphasis(rest, depth));
    case "*":
    case "~":
    case "|":
      return wrapped(rest, depth) ?? (rest[0] === "*" ? emphasis(rest, depth) : undefined);
    default:
      return undefined;
  }
}

function parse(source: string, depth: number, insideLink = false): readonly Inline[] {
  if (depth > DEEPEST) return [{ type: "text", text: source }];
  const out: Inline[] = [];
  let text = "";
  const flush = (): void => {
    if (text !== "") out.push({ type: "text", text });
    text = "";
  };
  let at = 0;
  while (at < source.length) {
    const token = next(source.slice(at), depth, /\w/.test(source[at - 1] ?? ""), insideLink);
    if (token === undefined) {
      text += source[at] ?? "";
      at += 1;
      continue;
    }
    if (token.node.type === "text") text += token.node.text;
    else {
      flush();
      out.push(token.node);
    }
    at += token.length;
  }
  flush();
  return out;
}

/** Text as Discord's client reads it within a line or a paragraph. Never throws; what is no mark is text. */
export function parseInline(source: string): readonly Inline[] {
  return parse(source, 0);
}
