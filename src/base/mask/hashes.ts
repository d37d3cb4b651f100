import type { Form } from "./form.js";
import { EDGE, shaped } from "./form.js";

const BODY = String.raw`[\w./=,$+*-]`;

/**
 * Hashes of passwords: what crypt(5) lists and its relatives in modular crypt form, Django's and Werkzeug's, those of LDAP's
 * userPassword (RFC 2307), of PostgreSQL, MySQL and Windows.
 */
export const HASHES: readonly Form[] = [
  shaped({
    anchors: [
      "$apr",
      "$[156789]$",
      "$[PHSC]$",
      "$[y]$",
      "$[gy]y$",
      "$2[abxy]",
      "$2$",
      "$arg",
      "$scr",
      "$pbk",
      "$md5",
      "$sha",
      "$bcr",
      "$A$0",
    ],
    secret: String.raw`\$(?:apr1|[1-9]|[PHS]|y|gy|2[abxy]?|argon2(?:id|[id])|scrypt|pbkdf2(?:-sha\d{1,3})?|bcrypt(?:-sha256)?|md5|sha1|A)\$${BODY}{16,}`,
    rest: BODY,
  }),
  shaped({
    anchors: ["pbkd", "argo", "bcry", "scry"],
    secret: String.raw`${EDGE}(?:pbkdf2_sha\d{1,3}|pbkdf2:sha\d{1,3}:\d{1,8}|scrypt(?::\d{1,8}){3}|scrypt|bcrypt(?:_sha256)?|argon2)\$(?=[^\s"'\\]*\d)${BODY}{16,}`,
    rest: BODY,
  }),
  shaped({
    anchors: ["{ssh", "{sha", "{smd", "{md5", "{cry", "{pbk", "{arg", "{bcr", "{scr"],
    head: String.raw`\{(?:s?sha(?:-?\d{1,3})?|s?md5|crypt|pbkdf2(?:-sha\d{1,3})?|argon2|bcrypt|scrypt|scram-sha-\d{1,3})\}`,
    secret: String.raw`[\w./=,$+*-]{12,}`,
    rest: BODY,
    flags: "i",
  }),
  shaped({
    anchors: ["scra"],
    secret: String.raw`${EDGE}SCRAM-SHA-\d{1,3}\$\d{1,8}:[\w+/=]{8,}\$[\w+/=:]{20,}`,
    rest: "[\\w+/=:]",
  }),
  shaped({ anchors: ["[m][d]5"], secret: `${EDGE}md5[0-9a-f]{32}(?![A-Za-z0-9])` }),
  shaped({
    anchors: ["*[0123456789ABCDEF][0123456789ABCDEF][0123456789ABCDEF]"],
    secret: String.raw`(?<![\w*])\*[0-9A-F]{40}(?![A-Za-z0-9])`,
  }),
  shaped({ anchors: ["aad3"], secret: "(?<![0-9a-f])aad3b435b51404eeaad3b435b51404ee:[0-9a-f]{32}", flags: "i" }),
];
