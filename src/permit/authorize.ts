import { assertNever } from "../base/errors.js";
import { matchesGlob } from "../base/glob.js";
import type { Grant, PermissionPolicy, Principal, Verb } from "../model/principal.js";

import type { Decision, Denial, Needs } from "./decision.js";

/** Discord's permission bit MANAGE_GUILD ("Manage Server"). */
export const MANAGE_SERVER = 1n << 5n;

const ALLOWED: Decision = { allowed: true };
const NOTHING_HELPS: Needs = { kind: "nothing_helps" };

/** What a rule or a schedule may do of itself: look. */
const UNATTENDED_VERBS: readonly Verb[] = ["view-summary", "view"];

type Member = Extract<Principal, { kind: "member" }>;

/**
 * Whether `principal` may do `verb` to `target` (absent: to no target in particular, which a grant limited by `on` does
 * not cover). Pure; everything that is not plainly allowed is denied.
 *
 * Members count only in the policy's guild. Without grants, Manage Server has every verb and everybody the summary.
 * With grants, only what they say: no permission bit of Discord's has a right of its own, not even Administrator's.
 * The summary is everybody's until a grant names it; then it is theirs alone, and of those who may view.
 */
export function authorize(
  principal: Principal,
  verb: Verb,
  target: string | undefined,
  policy: PermissionPolicy,
): Decision {
  switch (principal.kind) {
    case "local":
      // Whoever can run the program on the data directory has, by the file system, all that it could be refused.
      return ALLOWED;
    case "rule":
    case "schedule":
      return UNATTENDED_VERBS.includes(verb) ? ALLOWED : denied("unattended", NOTHING_HELPS);
    case "member":
      return authorizeMember(principal, verb, (grant) => covers(grant, target), policy);
    default:
      return assertNever(principal);
  }
}

/** Whether there is any target at all to which `principal` may do `verb`: what autocomplete asks before it lists. */
export function mayAnything(principal: Principal, verb: Verb, policy: PermissionPolicy): boolean {
  if (principal.kind !== "member") return authorize(principal, verb, undefined, policy).allowed;
  return authorizeMember(principal, verb, () => true, policy).allowed;
}

/** The targets of the list that `principal` may do `verb` to, in their order. */
export function mayTouch(
  principal: Principal,
  verb: Verb,
  targets: readonly string[],
  policy: PermissionPolicy,
): readonly string[] {
  return targets.filter((target) => authorize(principal, verb, target, policy).allowed);
}

function authorizeMember(
  member: Member,
  verb: Verb,
  inScope: (grant: Grant) => boolean,
  policy: PermissionPolicy,
): Decision {
  if (member.guild === undefined) return denied("direct_message", NOTHING_HELPS);
  if (member.guild !== policy.guild) return denied("foreign_guild", NOTHING_HELPS);
  if (!policy.grants) return authorizeByManageServer(member, verb);

  if (verb === "view-summary" && !policy.grants.some((grant) => grant.may.includes("view-summary"))) return ALLOWED;
  const fitting = policy.grants.filter((grant) => gives(grant, verb) && inScope(grant));
  if (fitting.some((grant) => isFor(grant, member, policy.guild))) return ALLOWED;
  const roles = unique(fitting.map((grant) => grant.role));
  const users = unique(fitting.map((grant) => grant.user));
  if (roles.length + users.length === 0) return denied("granted_to_nobody", NOTHING_HELPS);
  return denied("not_granted", { kind: "grant", roles, users });
}

function authorizeByManageServer(member: Member, verb: Verb): Decision {
  if (verb === "view-summary") return ALLOWED;
  const managesServer = (member.permissions & MANAGE_SERVER) !== 0n;
  return managesServer ? ALLOWED : denied("no_manage_server", { kind: "manage_server" });
}

/** Who may view may see the summary; nothing else follows from anything else. */
export function gives(grant: Grant, verb: Verb): boolean {
  return grant.may.includes(verb) || (verb === "view-summary" && grant.may.includes("view"));
}

export function covers(grant: Grant, target: string | undefined): boolean {
  if (!grant.on) return true;
  return target !== undefined && grant.on.some((pattern) => matchesGlob(pattern, target));
}

/** The role whose id is the guild's is Discord's `@everyone`: no member lists it, every member has it. */
export function isFor(grant: Grant, member: Member, guild: string): boolean {
  if (grant.user !== undefined && grant.user === member.id) return true;
  return grant.role !== undefined && (grant.role === guild || member.roles.includes(grant.role));
}

function unique(values: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(values.filter((value) => value !== undefined))];
}

function denied(denial: Denial, needs: Needs): Decision {
  return { allowed: false, denial, needs };
}
