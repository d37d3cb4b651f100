import type { PermissionView } from "../model/permission.js";
import { VERBS } from "../model/principal.js";
import type { PermissionPolicy, Principal, Verb } from "../model/principal.js";
import { explain } from "../permit/explain.js";

type Member = Extract<Principal, { kind: "member" }>;

export interface PermissionsReading {
  /** What somebody may do, and why: one verb or all. */
  check(asker: Principal, about: Member, request: { readonly verb?: Verb; readonly target?: string }): PermissionView;
}

export function createPermissionsReading(deps: {
  /** Read for each answer, so that a reload counts at once. */
  readonly policy: () => PermissionPolicy;
  readonly roleName: (guild: string, role: string) => string | undefined;
}): PermissionsReading {
  return {
    check(asker, about, { verb, target }) {
      const policy = deps.policy();
      const lines = (verb === undefined ? VERBS : [verb]).map((each) => ({
        verb: each,
        explanation: explain(about, each, target, policy),
      }));
      const roles = lines.flatMap(({ explanation }) => {
        if (explanation.may === "no") return explanation.needs.kind === "grant" ? explanation.needs.roles : [];
        return explanation.by.kind === "role" ? [explanation.by.role] : [];
      });
      return {
        name: about.name,
        self: asker.kind === "member" && asker.id === about.id,
        outside: about.guild !== policy.guild,
        ...(target === undefined ? {} : { target }),
        lines,
        roleNames: Object.fromEntries(
          roles.map((role) => [
            role,
            role === policy.guild ? "@everyone" : (deps.roleName(policy.guild, role) ?? role),
          ]),
        ),
      };
    },
  };
}
