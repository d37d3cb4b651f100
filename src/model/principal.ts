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
