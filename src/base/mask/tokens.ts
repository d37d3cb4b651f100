import type { Form } from "./form.js";
import { EDGE, QUOTE, prefixed, shaped } from "./form.js";
import { looksRandom } from "./value.js";

const SLASH = String.raw`(?:\\{0,7}\/|%2F)`;

/** JSON Web Tokens and encrypted ones: the base64 of `{"`, then two to four further parts. */
export const JWT: readonly Form[] = [
  shaped({
    anchors: ["[e][y][JKI]"],
    secret: `${EDGE}ey[JKI][\\w-]{8,}\\.[\\w-]{4,}(?:\\.[\\w-]*){1,3}`,
    rest: "[\\w.-]",
  }),
  // An encrypted one whose key was agreed on before: the second part is empty.
  shaped({
    anchors: ["[e][y][JKI]"],
    secret: `${EDGE}ey[JKI][\\w-]{8,}\\.(?:\\.[\\w-]{4,}){3}`,
    rest: "[\\w.-]",
  }),
  // Cut off after the first part or within the second, as log lines are.
  shaped({ anchors: ["[e][y][J]"], secret: `${EDGE}eyJ[\\w-]{8,}\\.eyJ[\\w-]{4,}`, rest: "[\\w.-]" }),
];

export const AWS: readonly Form[] = [
  prefixed(["[A][K][I][A]", "[A][S][I][A]", "[A][B][I][A]", "[A][C][C][A]"], "A(?:KI|SI|BI|CC)A", "[A-Z2-7]{16}"),
  shaped({
    anchors: ["x-am"],
    head: "x-amz-(?:signature|credential|security-token)(?:=|%3D)",
    secret: String.raw`[^\s&"'<>\\]+`,
    rest: "[^\\s&\"'<>\\\\]",
    flags: "i",
  }),
  prefixed(["amzn"], String.raw`amzn\.mws\.`, "[0-9a-f-]{36}"),
  prefixed(["[A][B][S][K]"], "ABSK", "[A-Za-z0-9+/]{80,}={0,2}", "[A-Za-z0-9+/=]"),
];

export const GCP: readonly Form[] = [
  prefixed(["[A][I]za"], "AIza", "[\\w-]{35}"),
  prefixed(["ya29"], String.raw`ya29\.`, "[\\w.-]{20,}", "[\\w.-]"),
  prefixed(["GOCS"], "GOCSPX-", "[\\w-]{28}"),
  shaped({ anchors: ["1//0"], secret: `${EDGE}1//0[\\w-]{40,}`, rest: "[\\w-]" }),
  shaped({
    anchors: ["x-go"],
    head: "x-goog-(?:signature|credential)(?:=|%3D)",
    secret: String.raw`[^\s&"'<>\\]+`,
    rest: "[^\\s&\"'<>\\\\]",
    flags: "i",
  }),
];

const AZURE_SECRET = /^[\w.~-]{3}\dQ~[\w.~-]{31,34}(?![\w.~-])/u;

export const AZURE: readonly Form[] = [
  shaped({
    anchors: ["sig=", "sig%"],
    head: `${EDGE}sig(?:=|%3D)`,
    secret: "(?:[\\w/+=-]|%2[BbFf]|%3[Dd]){20,}",
    rest: "[\\w%/+=-]",
  }),
  // A client secret has three characters, a digit and `Q~`, by which it is known, at its beginning.
  {
    anchors: ["[0123456789]Q~"],
    gate: String.raw`\dQ~`,
    find(window, at) {
      const value = AZURE_SECRET.exec(window.slice(Math.max(0, at - 3), at + 40))?.[0];
      return value === undefined ? undefined : { start: at - 3, end: at - 3 + value.length };
    },
  },
  shaped({
    anchors: ["code"],
    head: "(?<=[?&])code(?:=|%3D)",
    secret: "(?:[\\w-]|%2[BbFf]|%3[Dd]|[/+=]){40,}(?=[=&\\s\"'\\\\]|$)",
    rest: "[\\w%/+=-]",
  }),
];

export const SLACK: readonly Form[] = [
  prefixed(["xox[abeoprs]"], "xox[abeoprs](?:\\.xox[bp])?-", "[A-Za-z0-9-]{10,}", "[A-Za-z0-9-]"),
  prefixed(["xapp"], "xapp-\\d-", "[A-Za-z0-9-]{20,}", "[A-Za-z0-9-]"),
  shaped({
    anchors: ["hook"],
    head: `hooks\\.slack(?:-gov)?\\.com${SLASH}(?:services|workflows|triggers)${SLASH}`,
    secret: `[A-Za-z0-9]{8,}(?:${SLASH}[\\w-]{8,}){1,3}`,
    rest: "[\\w/-]",
    flags: "i",
  }),
];

export const DISCORD: readonly Form[] = [
  // A bot's token begins with its id in base64; digits in base64 have these shapes and no others.
  shaped({
    anchors: ["[MNO][DTjz][AEIMQUYcgk][wxyz012345]"],
    secret: `${EDGE}[MNO][A-Za-z0-9_-]{22,27}\\.[\\w-]{6}\\.[\\w-]{27,45}(?![\\w-])`,
    rest: "[\\w-]",
  }),
  shaped({
    anchors: ["hook"],
    head: `(?<=web)hooks${SLASH}\\d{17,20}${SLASH}`,
    secret: "[\\w-]{40,}",
    rest: "[\\w-]",
    flags: "i",
  }),
  shaped({
    anchors: ["inte"],
    head: `interactions${SLASH}\\d{17,20}${SLASH}`,
    secret: "[\\w-]{32,}",
    rest: "[\\w-]",
    flags: "i",
  }),
  prefixed(["[m][f][a]."], String.raw`mfa\.`, "[\\w-]{60,}"),
];

/** Tokens of further services that a prefix alone does not tell; the others stand in vendors.ts. */
export const VENDORS: readonly Form[] = [
  prefixed(["[s][k]-"], "sk-", "(?=[\\w-]*\\d)[\\w-]{20,}"),
  shaped({
    anchors: ["webh"],
    head: `(?<=\\.)webhook\\.office\\.com${SLASH}webhookb2${SLASH}`,
    secret: "[\\w@/\\\\-]{30,}",
    rest: "[\\w@/-]",
    flags: "i",
  }),
  shaped({ anchors: [":[A][A]"], head: String.raw`(?<=(?<!\d)(?:bot)?\d{8,10}):`, secret: "AA[\\w-]{33}(?![\\w-])" }),
  shaped({
    anchors: ["hc-p"],
    head: `${EDGE}hc-ping\\.com${SLASH}`,
    secret: `[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[\\w-]{22}(?=${SLASH})`,
    flags: "i",
  }),
  shaped({
    anchors: ["x-va", "x-au", "x-to", "x-ap"],
    head: `${EDGE}x-(?:vault-token|auth-(?:token|key)|token|api-token)${QUOTE}?[ \\t]{0,4}[:=][ \\t]{0,4}${QUOTE}?`,
    secret: String.raw`[^\s"'\\,;]+`,
    rest: "[^\\s\"'\\\\,;]",
    flags: "i",
    accept: (value) => looksRandom(value),
  }),
];
