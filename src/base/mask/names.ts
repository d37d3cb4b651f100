import type { Form } from "./form.js";
import { QUOTE, shaped } from "./form.js";
import { named } from "./named.js";
import { isPlaceholder, looksRandom } from "./value.js";

const SUFFIX = String.raw`(?:s|[_-]?(?:\d{1,2}|confirm(?:ation)?|new|old|current|value|hash|encrypted|plain|text))?`;
/** Short names need a boundary before them: a compass and a bypass are none. */
const ALONE = String.raw`(?:(?<![a-z])|(?<=\\[nrt])|(?<=db|sql|user|usr|root|admin|smtp|mail|ftp|ldap|redis|proxy|ssh|my|pg|rabbitmq))`;

function isDirectory(value: string): boolean {
  return /^(?:[/~]|\.{1,2}(?:\/|$)|[A-Za-z]:[\\/])/u.test(value);
}

/** Words of configuration files that take the password as the next word: `.netrc`, Docker's `ENV`, redis.conf. */
const DIRECTIVES: readonly Form[] = [
  {
    anchors: ["pass"],
    head: String.raw`(?<=login[ \t][^\s"']{1,40}[ \t]{1,4})password[ \t]{1,4}`,
    flags: "i" as const,
  },
  { anchors: ["pass"], head: String.raw`(?<=\bENV[ \t][A-Z0-9_]{0,40})PASS(?:WORD|WD)?[ \t]{1,4}` },
  { anchors: ["pass", "auth"], head: String.raw`(?<=(?<![A-Za-z])(?:require|master))(?:pass|auth)[ \t]{1,4}(?=\S*\d)` },
].map((directive) =>
  shaped({
    ...directive,
    secret: String.raw`[^\s"'\\]+`,
    rest: "[^\\s\"'\\\\]",
    accept: (value) => !isPlaceholder(value),
  }),
);

export const PASSWORDS: readonly Form[] = [
  ...DIRECTIVES,
  named({ anchors: ["pass"], name: `pass(?:word|wd|phrase|wort|code)${SUFFIX}` }),
  named({
    anchors: ["pass"],
    name: `${ALONE}pass`,
    accept: (value) => !/^\d{1,6}$/u.test(value) && !isDirectory(value),
  }),
  named({ anchors: ["pwd"], name: `${ALONE}pwd`, accept: (value) => !isDirectory(value) }),
  shaped({
    anchors: ["iden", "pass"],
    head: `(?:identified[ \\t]{1,4}(?:with[ \\t]{1,4}\\w{1,40}[ \\t]{1,4})?by(?:[ \\t]{1,4}password)?|password)(?:[ \\t]{1,4}|[ \\t]{0,4}\\([ \\t]{0,4})\\\\{0,3}'`,
    secret: String.raw`(?:[^'\\\r\n]|''|\\(?!'))+(?=\\{0,3}'|$)`,
    rest: "[^'\\r\\n]",
    flags: "i",
    accept: (value) => !isPlaceholder(value),
  }),
  shaped({
    anchors: [" -u ", " --u"],
    head: `(?<=curl\\b[^\\r\\n]{0,58})[ ]-(?:u|-user)[ =]{1,4}${QUOTE}?[\\w.@+-]{1,64}:`,
    secret: String.raw`[^\s"'\\]+`,
    rest: "[^\\s\"'\\\\]",
    accept: (value) => !isPlaceholder(value),
  }),
  shaped({
    anchors: ["pass"],
    head: `(?<=\\bssh)pass[ \\t]+-p[ \\t]*${QUOTE}?`,
    secret: String.raw`[^\s"'\\]+`,
    rest: "[^\\s\"'\\\\]",
    flags: "i",
    accept: (value) => !isPlaceholder(value),
  }),
];

const KEYS = [
  "storage|server|client|app|application|project|bot|maps|root|session|cookie|crypt|crypto|cipher|ssl|tls|rsa|ssh|kms|user|",
  "stripe|sendgrid|mailgun|openai|anthropic|gemini|google|aws|azure|github|datadog|newrelic|algolia|firebase|fcm|twilio|",
  "api|access|secret|private|encryption|encrypt|signing|sign|signature|account|auth|shared|master|subscription|functions|",
  "license|webhook|deploy|consumer|hmac|jwt|aes|admin|service[_-]?role|team|write|read|ingest|integration|routing",
].join("");

export const KEYS_AND_TOKENS: readonly Form[] = [
  named({
    anchors: ["secr"],
    name: String.raw`(?<!\d:)secret(?:s|[_-]?(?:(?:access[_-]?)?key(?:[_-]?base)?|token|value|id|string|base|hash|\d{1,2}))?`,
    accept: (value, { quoted, assigned }) =>
      /^[\w-]+\/[\w.-]+$/u.test(value) && !/\d/u.test(value) ? false : quoted || assigned || looksRandom(value, 6),
  }),
  named({
    anchors: ["toke"],
    name: String.raw`token(?:[_-]?(?:secret|value|hash|\d))?`,
    accept: (value, { quoted, assigned }) => looksRandom(value) || ((quoted || assigned) && value.length >= 24),
  }),
  named({
    anchors: ["key[=: \t\"'`\\%>]", "key]", "key[_-]", "keys"],
    name: `(?<=(?:${KEYS})[ _.-]?)key(?:s|[_-]?(?:\\d{1,2}|value|secret))?`,
    accept: (value, { quoted, assigned }) =>
      looksRandom(value) || ((quoted || assigned) && value.length >= 6 && !isDirectory(value)),
  }),
  named({ anchors: ["i_au"], name: "(?<=redis-?cl)i_auth" }),
  named({
    anchors: ["_aut"],
    name: "(?<![a-z])_auth",
    accept: (value) => looksRandom(value, 16),
  }),
  named({
    anchors: ["cred"],
    name: "credentials?",
    accept: (value, { assigned }) => assigned && looksRandom(value) && !isDirectory(value),
  }),
];
