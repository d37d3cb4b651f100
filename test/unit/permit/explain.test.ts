import { describe, expect, it } from "vitest";

import { VERBS } from "../../../src/model/principal.js";
import type { Grant, PermissionPolicy, Principal } from "../../../src/model/principal.js";
import { authorize } from "../../../src/permit/authorize.js";
import { explain } from "../../../src/permit/explain.js";
import { fc } from "../../support/fast-check.js";

const GUILD = "100000000000000001";
const member = (changes: Partial<Extract<Principal, { kind: "member" }>> = {}): Principal => ({
  kind: "member",
  id: "7",
  name: "ann",
  guild: GUILD,
  roles: ["op"],
  permissions: 0n,
  ...changes,
});
const policy = (...grants: readonly Grant[]): PermissionPolicy => ({ guild: GUILD, grants });

describe("why somebody may or may not", () => {
  it.each([
    ["by a role", policy({ role: "op", may: ["restart"] }), "web", { may: "yes", by: { kind: "role", role: "op" } }],
    ["in person", policy({ user: "7", may: ["restart"] }), "web", { may: "yes", by: { kind: "person" } }],
    [
      "by the grant that covers the target, not by another",
      policy({ user: "7", may: ["restart"], on: ["db"] }, { role: "op", may: ["restart"], on: ["w*"] }),
      "web",
      { may: "yes", by: { kind: "role", role: "op" } },
    ],
    [
      "on some targets, when none is asked about",
      policy({ role: "op", may: ["restart"], on: ["w*"] }, { role: "op", may: ["restart"], on: ["w*", "db"] }),
      undefined,
      { may: "some", by: { kind: "role", role: "op" }, on: ["w*", "db"] },
    ],
    [
      "not on this one",
      policy(
        { role: "op", may: ["restart"], on: ["w*"] },
        { role: "lead", may: ["restart"] },
        { user: "8", may: ["restart"] },
      ),
      "db",
      { may: "no", needs: { kind: "grant", roles: ["lead"], people: true } },
    ],
    ["nobody may", policy({ role: "op", may: ["view"] }), "web", { may: "no", needs: { kind: "nothing" } }],
    ["no section: Manage Server is needed", { guild: GUILD }, "web", { may: "no", needs: { kind: "manage_server" } }],
  ] as const)("%s", (_what, given, target, expected) => {
    expect(explain(member(), "restart", target, given)).toEqual(expected);
  });

  it("knows Manage Server, everybody's summary, and those on the machine itself", () => {
    const manager = member({ permissions: 1n << 5n });
    expect(explain(manager, "restart", "web", { guild: GUILD })).toEqual({ may: "yes", by: { kind: "manage_server" } });
    expect(explain(member(), "view-summary", undefined, { guild: GUILD })).toEqual({
      may: "yes",
      by: { kind: "everybody" },
    });
    expect(explain(member({ roles: [] }), "view-summary", undefined, policy())).toEqual({
      may: "yes",
      by: { kind: "everybody" },
    });
    const local = { kind: "local", uid: 0, name: "root" } as const;
    expect(explain(local, "stop", "web", policy())).toEqual({ may: "yes", by: { kind: "local" } });
  });

  it("promises nobody of another server anything", () => {
    const given = policy({ role: "op", may: [...VERBS], on: ["w*"] });
    for (const guild of [undefined, "100000000000000002"]) {
      expect(explain(member({ guild }), "restart", undefined, given)).toEqual({
        may: "no",
        needs: { kind: "nothing" },
      });
    }
  });

  it("never says another thing than the gate", () => {
    const names = fc.constantFrom("web", "db", "w*", "*");
    const grants = fc.record(
      {
        role: fc.constantFrom("op", "lead", GUILD),
        user: fc.constantFrom("7", "8"),
        may: fc.subarray([...VERBS]),
        on: fc.array(names, { maxLength: 2 }),
      },
      { requiredKeys: ["may"] },
    );
    const people = fc.record({
      id: fc.constantFrom("7", "8"),
      roles: fc.subarray(["op", "lead"]),
      permissions: fc.constantFrom(0n, 8n, 1n << 5n),
      guild: fc.constantFrom(GUILD, "100000000000000002", undefined),
    });
    fc.assert(
      fc.property(
        people,
        fc.option(fc.array(grants, { maxLength: 4 }), { nil: undefined }),
        fc.constantFrom(...VERBS),
        fc.constantFrom("web", "db", undefined),
        (person, given, verb, target) => {
          const rules: PermissionPolicy = {
            guild: GUILD,
            ...(given === undefined ? {} : { grants: given }),
          };
          const found = explain(member(person), verb, target, rules);
          expect(found.may === "yes").toBe(authorize(member(person), verb, target, rules).allowed);
          // On some targets: then there is one.
          const fitting = found.may === "some" ? found.on.map((pattern) => pattern.replaceAll("*", "x")) : [];
          for (const name of fitting) expect(authorize(member(person), verb, name, rules).allowed).toBe(true);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
