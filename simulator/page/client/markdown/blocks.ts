import { parseInline } from "./inline.js";
import type { Inline } from "./inline.js";

export interface ListItem {
  readonly children: readonly Inline[];
  /** 0 is the outermost level. */
  readonly level: number;
  /** The number that was written; `undefined` for a bullet. */
  readonly number: number | undefined;
}

export type Block =
  | { readonly type: "paragraph"; readonly children: readonly Inline[] }
  | { readonly type: "heading"; readonly level: 1 | 2 | 3; readonly children: readonly Inline[] }
  | { readonly type: "small"; readonly children: readonly Inline[] }
  | { readonly type: "quote"; readonly blocks: readonly Block[] }
  | { readonly type: "list"; readonly items: readonly ListItem[] }
  | { readonly type: "code"; readonly language: string; readonly text: string };

const FENCE = /```(?:([\w+-]{1,20})\n)?([\s\S]*?)```/g;
const ITEM = /^(\s*)(?:[-*]|(\d{1,9})\.) +(\S.*)$/;

function heading(line: string): Block | undefined {
  const match = /^(#{1,3}) +(.+)$/.exec(line);
  if (!match) return undefined;
  const level = (match[1] ?? "").length === 1 ? 1 : (match[1] ?? "").length === 2 ? 2 : 3;
  return { type: "heading", level, children: parseInline(match[2] ?? "") };
}

function item(line: string): ListItem | undefined {
  const match = ITEM.exec(line);
  if (!match) return undefined;
  const level = Math.min(10, Math.floor((match[1] ?? "").length / 2));
  return {
    level,
    number: match[2] === undefined ? undefined : Number(match[2]),
    children: parseInline(match[3] ?? ""),
  };
}

/** The lines from `start` on for which `take` has an answer. */
function run<T>(lines: readonly string[], start: number, take: (line: string) => T | undefined): readonly T[] {
  const found: T[] = [];
  for (let at = start; at < lines.length; at += 1) {
    const value = take(lines[at] ?? "");
    if (value === undefined) break;
    found.push(value);
  }
  return found;
}

const quoted = (line: string): string | undefined => (line.startsWith("> ") ? line.slice(2) : undefined);

/** One block that begins at a line, and how many lines it takes. */
function special(lines: readonly string[], at: number, inQuote: boolean): { block: Block; count: number } | undefined {
  const line = lines[at] ?? "";
  if (!inQuote && line.startsWith(">>> ")) {
    const inner = [line.slice(4), ...lines.slice(at + 1)];
    return { block: { type: "quote", blocks: lineBlocks(inner, true) }, count: lines.length - at };
  }
  const quote = inQuote ? [] : run(lines, at, quoted);
  if (quote.length > 0) return { block: { type: "quote", blocks: lineBlocks(quote, true) }, count: quote.length };
  const head = heading(line);
  if (head) return { block: head, count: 1 };
  const small = /^-# +(.+)$/.exec(line)?.[1];
  if (small !== undefined) return { block: { type: "small", children: parseInline(small) }, count: 1 };
  const items = run(lines, at, item);
  return items.length > 0 ? { block: { type: "list", items }, count: items.length } : undefined;
}

function lineBlocks(lines: readonly string[], inQuote: boolean): readonly Block[] {
  const out: Block[] = [];
  let plain: string[] = [];
  const flush = (): void => {
    if (plain.length > 0) out.push({ type: "paragraph", children: parseInline(plain.join("\n")) });
    plain = [];
  };
  let at = 0;
  while (at < lines.length) {
    const found = special(lines, at, inQuote);
    if (found === undefined) {
      plain.push(lines[at] ?? "");
      at += 1;
      continue;
    }
    flush();
    out.push(found.block);
    at += found.count;
  }
  flush();
  return out;
}

/** A message's text as Discord's client lays it out. Never throws. */
export function parseBlocks(source: string): readonly Block[] {
  const out: Block[] = [];
  let at = 0;
  const lines = (text: string): void => {
    if (text !== "") out.push(...lineBlocks(text.split("\n"), false));
  };
  for (const match of source.matchAll(FENCE)) {
    if ((match[2] ?? "").trim() === "") continue;
    lines(source.slice(at, match.index).replace(/\n$/, ""));
    out.push({ type: "code", language: match[1] ?? "", text: (match[2] ?? "").replace(/^\n|\n$/g, "") });
    at = match.index + match[0].length;
    if (source[at] === "\n") at += 1;
  }
  lines(source.slice(at));
  return out;
}
