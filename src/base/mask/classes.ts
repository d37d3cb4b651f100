import type { Form } from "./form.js";
import { AUTHORIZATION, COOKIES } from "./headers.js";
import { KEYS_AND_TOKENS, PASSWORDS } from "./names.js";
import { AWS, AZURE, DISCORD, GCP, JWT, SLACK, VENDORS } from "./tokens.js";
import { COMMANDS } from "./commands.js";
import { HASHES } from "./hashes.js";
import { TOKENS_BESIDE_NAMES, VENDOR_TOKENS } from "./vendor-forms.js";
import { DATABASE_URLS, URL_PASSWORDS } from "./urls.js";

/** A kind of secret that is known by how it is written. */
export interface SecretClass {
  readonly name: string;
  /** What is masked, in words. */
  readonly what: string;
  /** The ways in which it is written; where two would apply at one place, the first one is taken. */
  readonly forms: readonly Form[];
}

/**
 * What is masked within a line; the earlier class wins where two begin at one place. Private keys, which span lines, and what is
 * hidden in base64 have their own passes.
 */
export const SECRET_CLASSES = [
  {
    name: "authorization",
    what: "`Authorization` headers of every scheme, `Bearer …`, `Basic …`",
    forms: AUTHORIZATION,
  },
  { name: "cookie", what: "`Cookie` and `Set-Cookie` headers, session cookies by name", forms: COOKIES },
  { name: "database-url", what: "the password in a database's address", forms: DATABASE_URLS },
  { name: "url-password", what: "the password, or a token as the user, in a URL", forms: URL_PASSWORDS },
  { name: "password", what: "values named as a password, also as options and in SQL", forms: PASSWORDS },
  { name: "named-key", what: "values named as a secret, a token, a key or credentials", forms: KEYS_AND_TOKENS },
  { name: "jwt", what: "JSON Web Tokens", forms: JWT },
  { name: "aws", what: "access key ids and signatures of AWS", forms: AWS },
  { name: "gcp", what: "keys, tokens and signatures of Google Cloud", forms: GCP },
  { name: "azure", what: "signatures and client secrets of Azure", forms: AZURE },
  { name: "slack", what: "tokens and webhook addresses of Slack", forms: SLACK },
  { name: "discord", what: "tokens and webhook addresses of Discord", forms: DISCORD },
  {
    name: "vendor",
    what: "tokens of the vendors named below, known by how they begin or by a mark within them",
    forms: [...VENDOR_TOKENS, ...VENDORS],
  },
  {
    name: "vendor-named",
    what: "tokens without a beginning of their own beside the name of their vendor",
    forms: TOKENS_BESIDE_NAMES,
  },
  { name: "hash", what: "hashes of passwords (crypt, bcrypt, argon2, scrypt, PBKDF2, LDAP, databases)", forms: HASHES },
  { name: "command", what: "passwords in commands and in lines of `.pgpass`", forms: COMMANDS },
] as const satisfies readonly SecretClass[];
