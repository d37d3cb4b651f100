import type { Form } from "./form.js";
import { EDGE, MARKER, QUOTE, SEPARATOR, shaped } from "./form.js";
import { isPlaceholder, isReadable, looksRandom } from "./value.js";

const SPACE = String.raw`(?:\\{0,4}[ \t]|%20|\+){1,4}`;
/** What may stand between a separator and a quotation mark: a list, Python's mark for bytes. */
const OPEN = String.raw`(?:\[|%5B)?[ \t]{0,4}b?`;
const TOKEN68 = String.raw`(?:[A-Za-z0-9._~+/=:|!*-]|%2[BbFf]|%3[Dd])`;
const HEADER = `authorization${QUOTE}?\\]?(?:\\\\?${SEPARATOR}|,[ \\t]*)${OPEN}${QUOTE}?`;
/** `name="value"` and `name=value` in a row, as Digest, OAuth and AWS write credentials. */
const PARAMETERS = String.raw`(?:[\w-]{1,40}=(?:\\{0,15}"[^"\\]{0,1024}\\{0,15}"|[^\s,"'\\]{1,1024})(?:,[ \t]*)?)+`;
const SCHEMES =
  "bearer|basic|token|bot|negotiate|ntlm|apikey|api-key|key|oauth2?|jwt|splunk|sharedkey(?:lite)?|sharedaccesssignature|genie" +
  "key|sso-key|dpop|pat|macaroon|vault";

function isCredentialPair(value: string): boolean {
  const decoded = Buffer.from(decodeURIComponentSafely(value), "base64").toString("latin1");
  return decoded.includes(":") && isReadable(decoded);
}

function decodeURIComponentSafely(value: string): string {
  return value.replace(/%([0-9A-Fa-f]{2})/gu, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

export const AUTHORIZATION: readonly Form[] = [
  shaped({
    anchors: ["auth"],
    head: `${HEADER}(?:digest|aws4-hmac-sha256|oauth|hawk|mac|signature)${SPACE}(?!${MARKER})`,
    secret: PARAMETERS,
    rest: "[^\\s,\"'\\\\]",
    flags: "i",
  }),
  shaped({
    anchors: ["auth"],
    head: `${HEADER}(?:${SCHEMES})${SPACE}`,
    secret: `${TOKEN68}+`,
    rest: "[A-Za-z0-9._~+/=:|!*-]",
    flags: "i",
    accept: (value) => !isPlaceholder(value),
  }),
  // Schemes that are not known: a word, then what looks made by a machine.
  shaped({
    anchors: ["auth"],
    head: `${HEADER}[A-Za-z][\\w.-]{0,40}${SPACE}(?!${MARKER})`,
    secret: PARAMETERS,
    rest: "[^\\s,\"'\\\\]",
    flags: "i",
    accept: (value) => /[=]"?(?=[^,"]*\d)[^,"]{16,}/u.test(value),
  }),
  shaped({
    anchors: ["auth"],
    head: `${HEADER}[A-Za-z][\\w.-]{0,40}${SPACE}`,
    secret: String.raw`[^\s"'\\;<>]+`,
    rest: "[^\\s\"'\\\\;<>]",
    flags: "i",
    accept: (value) => looksRandom(value) && !isPlaceholder(value) && !/^\w+=/u.test(value.replace(/=+$/u, "")),
  }),
  shaped({
    anchors: ["auth"],
    head: HEADER,
    secret: `${TOKEN68}+`,
    rest: "[A-Za-z0-9._~+/=:|!*-]",
    flags: "i",
    accept: (value) => looksRandom(value) && !/^(?:aws4-hmac-sha256|oauth2?)$/iu.test(value),
  }),
  shaped({
    anchors: ["bear"],
    head: `${EDGE}bearer(?:${SPACE}|${SEPARATOR})${QUOTE}?`,
    secret: `${TOKEN68}{8,}(?<![.:])`,
    rest: "[A-Za-z0-9._~+/=:|!*-]",
    flags: "i",
    accept: (value) => looksRandom(value, 12) && !/^\w+=./u.test(value),
  }),
  shaped({
    anchors: ["basi"],
    head: `${EDGE}basic${SPACE}${QUOTE}?`,
    secret: String.raw`(?:[A-Za-z0-9+/]|%2[BbFf]){4,}(?:=|%3[Dd]){0,2}`,
    rest: "[A-Za-z0-9+/=]",
    flags: "i",
    accept: isCredentialPair,
  }),
];

const COOKIE_NAME = String.raw`[\w!#$%&*+.^|~-]{1,128}`;
const COOKIE_VALUE = String.raw`(?:\\{1,15}"[^"\\;]{0,1024}\\{1,15}"|"[^";\r\n]{0,1024}"(?=[;\s]|$)|[^;\s"'\\,]*)`;
const COOKIE_HEAD = `cookie2?${QUOTE}?\\]?(?:${SEPARATOR}|,[ \\t]*|(?<=--cookie)[ \\t]+)${OPEN}${QUOTE}?`;

export const COOKIES: readonly Form[] = [
  shaped({
    anchors: ["cook"],
    head: `(?<=set[-_])${COOKIE_HEAD}${COOKIE_NAME}(?:=|%3D)`,
    secret: String.raw`\\{1,15}"[^"\\;]{1,1024}\\{1,15}"|"[^";\r\n]{1,1024}"(?=[;\s]|$)|[^;\s"'\\,]+`,
    rest: "[^;\\s\"'\\\\,]",
    flags: "i",
    accept: (value) => !isPlaceholder(value),
  }),
  shaped({
    anchors: ["cook"],
    head: `(?<!set[-_])${COOKIE_HEAD}`,
    secret: `${COOKIE_NAME}=${COOKIE_VALUE}(?:;[ \\t]*${COOKIE_NAME}=${COOKIE_VALUE})*`,
    rest: "[^\\s\"'\\\\,]",
    flags: "i",
    accept: (value) => !/^[^=]+=(?:<secret>)?$/u.test(value),
  }),
  // Cookies that frameworks name, wherever they stand.
  shaped({
    anchors: ["sess", ".sid", "csrf", "xsrf"],
    head: `(?:sess(?:ion)?[-_.]?(?:id(?:[a-z]{8})?|key|token|data|hash)?|\\.sid|[cx]srf-?token)(?:\\.sig)?(?:=|%3D|${QUOTE}:[ \\t]*|:[ \\t]*(?=${QUOTE}))${QUOTE}?`,
    secret: String.raw`[^;\s"'\\,&<>)]+`,
    rest: "[^;\\s\"'\\\\,&<>)]",
    flags: "i",
    accept: (value) => looksRandom(value, 16),
  }),
];
