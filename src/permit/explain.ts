import type { Explanation, GrantedBy, Needed } from "../model/permission.js";
import type { Grant, PermissionPolicy, Principal, Verb } from "../model/principal.js";
import { authorize, covers, gives, isFor } from "./authorize.js";
import type { Needs } from "./decision.js";

/**
 * Why {@link authorize} decides as it does: by which grant, or what would help. Without a target, a right on some targets is told as
 * such. It never says more than the gate: whether it is allowed is asked there.
 */
export function explain(
  principal: Principal,
  verb: Verb,
  target: string | undefined,
  policy: PermissionPolicy,
): Explanation {
  const decision = authorize(principal, verb, target, policy);
  if (decision.allowed) return { may: "yes", by: grantedBy(principal, verb, target, policy) };
  if (target === undefined && principal.kind === "member" && principal.guild === policy.guild) {
    const limited = held(principal, verb, policy).filter((grant) => grant.on !== undefined);
    const [first] = limited;
    if (first)
      return { may: "some", by: byOf(first, principal), on: unique(limited.flatMap((grant) => grant.on ?? [])) };
  }
  return { may: "no", needs: neededOf(decision.needs) };
}

type Member = Extract<Principal, { kind: "member" }>;

/** The grants of this verb that a member has, whatever they are limited to. */
function held(member: Member, verb: Verb, policy: PermissionPolicy): readonly Grant[] {
  return (policy.grants ?? []).filter((grant) => gives(grant, verb) && isFor(grant, member, policy.guild));
}

function grantedBy(principal: Principal, verb: Verb, target: string | undefined, policy: PermissionPolicy): GrantedBy {
  if (principal.kind !== "member") return principal.kind === "local" ? { kind: "local" } : { kind: "everybody" };
  const grant = held(principal, verb, policy).find((each) => covers(each, target));
  if (grant) return byOf(grant, principal);
  return policy.grants === undefined && verb !== "view-summary" ? { kind: "manage_server" } : { kind: "everybody" };
}

function byOf(grant: Grant, member: Member): GrantedBy {
  return grant.role === undefined || grant.user === member.id ? { kind: "person" } : { kind: "role", role: grant.role };
}

function neededOf(needs: Needs): Needed {
  switch (needs.kind) {
    case "nothing_helps":
      return { kind: "nothing" };
    case "manage_server":
      return { kind: "manage_server" };
    case "grant":
      return { kind: "grant", roles: needs.roles, people: needs.users.length > 0 };
    default:
      return needs satisfies never;
  }
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
