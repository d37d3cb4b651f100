/**
 * Whether a name matches a pattern in which `*` stands for anything (also nothing) and everything else for itself.
 * Greedy with one point of return, so that no pattern takes more than `pattern × name` steps.
 */
export function matchesGlob(pattern: string, name: string): boolean {
  let at = 0;
  let index = 0;
  let star = -1;
  let retryFrom = 0;
  while (index < name.length) {
    if (pattern[at] === "*") {
      star = at;
      at += 1;
      retryFrom = index;
    } else if (at < pattern.length && pattern[at] === name[index]) {
      at += 1;
      index += 1;
    } else if (star >= 0) {
      at = star + 1;
      retryFrom += 1;
      index = retryFrom;
    } else return false;
  }
  while (pattern[at] === "*") at += 1;
  return at === pattern.length;
}
