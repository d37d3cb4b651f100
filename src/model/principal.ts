/** Everything that may be permitted. Deny by default. */
export const VERBS = [
  "view-summary",
  "view",
  "logs",
  "acknowledge",
  "silence",
  "restart",
  "start",
  "stop",
  "deploy",
  "backup",
  "diagnose",
  "run",
  "admin",
] as const;
export type Verb = (typeof VERBS)[number];

/** Who asks. */
export type Principal =
  | {
      readonly kind: "member";
      readonly id: string;
      readonly name: string;
      readonly guild: string | undefined;
      readonly roles: readonly string[];
      /** Discord's permission bits in the channel of the interaction. */
      readonly permissions: bigint;
    }
  | { readonly kind: "local"; readonly uid: number; readonly name: string }
  | { readonly kind: "rule"; readonly rule: string }
  | { readonly kind: "schedule"; readonly schedule: string };

/** One entry of `permissions:`: who may do what to which targets. Absent `on`: everything. */
export interface Grant {
  readonly role?: string;
  readonly user?: string;
  readonly may: readonly Verb[];
  readonly on?: readonly string[];
}

export interface PermissionPolicy {
  readonly guild: string;
  /** Absent: no `permissions` section, members with Manage Server have every verb. */
  readonly grants?: readonly Grant[];
}

/** Who asked, as the log of actions keeps it and filters by: `member:<id>`, `local:<uid>`, `rule:<name>`, `schedule:<name>`. */
export function principalKey(principal: Principal): string {
  switch (principal.kind) {
    case "member":
      return `member:${principal.id}`;
    case "local":
      return `local:${principal.uid}`;
    case "rule":
      return `rule:${principal.rule}`;
    case "schedule":
      return `schedule:${principal.schedule}`;
    default:
      return principal satisfies never;
  }
}

/** The key, and for people the name they had then: what is written into the log of actions. */
export function principalText(principal: Principal): string {
  const key = principalKey(principal);
  return "name" in principal && principal.name !== "" ? `${key} ${principal.name}` : key;
}

/** What {@link principalText} wrote, taken apart for showing. */
export function principalParts(text: string): { readonly key: string; readonly name: string } {
  const at = text.indexOf(" ");
  if (at >= 0) return { key: text.slice(0, at), name: text.slice(at + 1) };
  return { key: text, name: text.slice(text.indexOf(":") + 1) };
}
