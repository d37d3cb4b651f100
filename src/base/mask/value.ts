import { MARKER } from "./form.js";

/** Values that hide nothing: already masked, empty of meaning, a reference to where the secret lies, a type in a piece of code. */
const PLACEHOLDERS = [
  String.raw`[*•.x\-_]{2,}|\*|-|\?+`,
  // `<password>`, `[FILTERED]`, `{{ password }}`, `${PASSWORD}`, `$PASSWORD`, `%PASSWORD%`, `%s`
  String.raw`<[^<>]{0,64}>?|\[[\w *-]{0,64}\]?|\(?(?:redacted|masked|hidden|filtered|removed|omitted|sensitive|protected)\)?`,
  String.raw`\{\{?[^{}]{0,64}\}?\}?|\$\{[^{}]{0,64}\}?|\$\([^()]{0,64}\)?|\$[A-Za-z_]\w*|%[A-Z_]+%|%[a-z]|:\w+|\?`,
  String.raw`!(?:vault|secret|env|env_var|ref|sub|getatt|include)`,
  String.raw`null|nil|none|undefined|void|true|false|yes|no|on|off|empty|unset|n\/a|nan|0`,
  String.raw`string|str|number|int|integer|bool|boolean|any|bytes|text|varchar(?:\(\d*\)?)?|char|secretstr|object`,
  String.raw`required|optional|missing|invalid|incorrect|wrong|expired|denied|accepted|ok|failed|changed|unchanged|updated|rejected|deleted|unknown|unauthorized|forbidden`,
  String.raw`(?:process\.env|os\.environ|os\.getenv|import\.meta|config|settings|secrets|vault|env|self|this|args|options|req|request|vars?|var)[.[(][\w.[\]()"'-]*`,
  String.raw`\/run\/secrets\/[\w.-]+|(?:arn|vault|sm|ssm|op|file|secretref|keyring):[\w/.:-]*`,
].join("|");
const PLACEHOLDER = new RegExp(`^(?:${PLACEHOLDERS})[.,;]?$`, "iu");

export function isPlaceholder(value: string): boolean {
  return value === "" || value.startsWith(MARKER) || PLACEHOLDER.test(value);
}

/** Whether a word looks made by a machine: long enough, and with digits, or with capitals inside, or longer than words are. */
export function looksRandom(value: string, least: number = 8): boolean {
  if (value.length < least) return false;
  if (/\d/u.test(value)) return /[A-Za-z]/u.test(value) || value.length >= 16;
  return (/[a-z][A-Z]/u.test(value) && !/^[A-Z]?[a-z]+(?:[A-Z][a-z]+){0,3}$/u.test(value)) || value.length >= 32;
}

/** Whether text is of the kind that people read: ASCII without control characters but white space. */
export function isReadable(text: string): boolean {
  return /^[\t\n\r\x20-\x7E]*$/u.test(text);
}
