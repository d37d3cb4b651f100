/** Why something is refused, as a closed set. */
export const DENIALS = [
  /** Asked in a private conversation, where nobody's roles are known. */
  "direct_message",
  /** Asked in a guild that is not the configured one, whoever owns it. */
  "foreign_guild",
  /** No `permissions` section, and the member has not got Manage Server. */
  "no_manage_server",
  /** The `permissions` section gives this to others. */
  "not_granted",
  /** The `permissions` section gives this to nobody. */
  "granted_to_nobody",
  /** Rules and schedules look; they do nothing that nobody has ordered. */
  "unattended",
] as const;
export type Denial = (typeof DENIALS)[number];

/** What would have been needed: enough for a sentence that says how to get it. */
export type Needs =
  | { readonly kind: "nothing_helps" }
  | { readonly kind: "manage_server" }
  /** One of these, by Discord's ids; at least one in all. */
  | { readonly kind: "grant"; readonly roles: readonly string[]; readonly users: readonly string[] };

export type Decision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly denial: Denial; readonly needs: Needs };
