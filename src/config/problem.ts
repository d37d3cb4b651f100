import { mask } from "../base/mask/mask.js";

/** One mistake in the configuration: where it stands, what was found there, and what was expected. */
export interface Problem {
  readonly file: string;
  readonly line?: number;
  readonly key: string;
  readonly found: string;
  readonly expected: string;
}

/** `toban.yaml:12: targets[1].interval: found "5 minutes", expected a duration such as 30s, 5m or 1h30m` */
export function problemText(problem: Problem): string {
  const place = problem.line === undefined ? problem.file : `${problem.file}:${problem.line}`;
  return `${place}: ${problem.key}: found ${problem.found}, expected ${problem.expected}`;
}

const SHOWN_LENGTH = 60;

/** What may hold a password, wherever it stands: user and query of an address, a webhook's path, a bot's token. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/\/\/[^/\s"@]*@/g, "//<secret>@"],
  [/(\/\/[^\s"?]*)\?[^\s"]*/g, "$1?<secret>"],
  [/\/webhooks\/[^\s"]+/g, "/webhooks/<secret>"],
  [/[\w-]{18,}\.[\w-]{4,}\.[\w-]{20,}/g, "<secret>"],
];
const SECRET_KEYS = /^(headers|authorization|cookie)$|token|secret|password|passwd|api[-_]?key/i;

/** A value as a person would recognise it in their own file, without what may be secret in it. `path` is where it stands. */
export function shown(value: unknown, path: readonly PropertyKey[] = []): string {
  if (value === undefined) return "nothing";
  if (path.some((part) => SECRET_KEYS.test(String(part)))) return "<secret>";
  const json =
    JSON.stringify(value, (key, inner: unknown) => (SECRET_KEYS.test(key) ? "<secret>" : inner)) ?? typeof value;
  const clean = mask(SECRETS.reduce((text, [secret, instead]) => text.replace(secret, instead), json)).text;
  return clean.length > SHOWN_LENGTH ? `${clean.slice(0, SHOWN_LENGTH)}…` : clean;
}

/** `["targets", 1, "logs", "file"]` → `targets[1].logs.file` */
export function keyText(path: readonly PropertyKey[]): string {
  let out = "";
  for (const part of path) out += typeof part === "number" ? `[${part}]` : `${out === "" ? "" : "."}${String(part)}`;
  return out === "" ? "(whole file)" : out;
}

/** Steps (insert, delete, replace, swap of neighbours) from one word to the other. */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replace = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, replace);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (beforePrevious[j - 2] ?? 0) + 1);
      row.push(best);
    }
    beforePrevious = previous;
    previous = row;
  }
  return previous[b.length] ?? 0;
}

/** The known word that was probably meant, if one is near enough. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .toSorted((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best && best.distance <= Math.max(1, Math.floor(word.length / 4)) ? best.candidate : undefined;
}

/** Choices for a sentence: `a, b or c`, led by the one that was probably meant. */
export function choicesText(known: readonly string[], word?: string): string {
  const meant = word === undefined ? undefined : nearest(word, known);
  const list = known.length > 1 ? `${known.slice(0, -1).join(", ")} or ${known.at(-1) ?? ""}` : (known[0] ?? "nothing");
  return meant === undefined ? `one of ${list}` : `“${meant}” (did you mean it?) or another of ${list}`;
}
