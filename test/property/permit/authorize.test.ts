import { describe, expect, it } from "vitest";

import { matchesGlob } from "../../../src/base/glob.js";
import { VERBS } from "../../../src/model/principal.js";
import type { Grant, Principal } from "../../../src/model/principal.js";
import { authorize } from "../../../src/permit/authorize.js";
import { fc } from "../../support/fast-check.js";

const GUILD = "1100000000000000001";
const ids: fc.Arbitrary<string> = fc.constantFrom(
  "1200000000000000001",
  "1200000000000000002",
  "1200000000000000003",
  GUILD,
);
const names = fc.stringMatching(/^[ab-]{1,6}$/);
const grants: fc.Arbitrary<Grant> = fc
  .record({
    who: fc.oneof(fc.record({ role: ids }), fc.record({ user: ids })),
    may: fc.uniqueArray(fc.constantFrom(...VERBS), { minLength: 1 }),
    on: fc.option(fc.array(fc.stringMatching(/^[ab*-]{1,6}$/), { minLength: 1, maxLength: 3 }), { nil: undefined }),
  })
  .map(({ who, may, on }) => ({ ...who, may, ...(on ? { on } : {}) }));
const members = fc.record({
  kind: fc.constant("member" as const),
  id: ids,
  name: fc.constant("someone"),
  guild: fc.constantFrom(GUILD, "1100000000000000002", undefined),
  roles: fc.uniqueArray(ids),
  permissions: fc.bigInt({ min: 0n, max: (1n << 53n) - 1n }),
});

describe("authorize", () => {
  it("never allows a member outside the guild, and every allowance has a grant that says it", () => {
    fc.assert(
      fc.property(members, fc.constantFrom(...VERBS), fc.option(names), fc.array(grants), (who, verb, name, list) => {
        const target = name ?? undefined;
        const principal: Principal = who;
        const { allowed } = authorize(principal, verb, target, { guild: GUILD, grants: list });
        if (!allowed) return;
        expect(who.guild).toBe(GUILD);
        if (verb === "view-summary") return;
        const reason = list.find(
          (grant) =>
            grant.may.includes(verb) &&
            (grant.user === who.id || grant.role === GUILD || who.roles.includes(grant.role ?? "")) &&
            (!grant.on || (target !== undefined && grant.on.some((pattern) => matchesGlob(pattern, target)))),
        );
        expect(reason).toBeDefined();
      }),
    );
  });

  it("is monotonic: a further grant of something else takes nothing away", () => {
    fc.assert(
      fc.property(
        members,
        fc.constantFrom(...VERBS),
        names,
        fc.array(grants),
        grants,
        (who, verb, target, list, extra) => {
          fc.pre(!extra.may.includes("view-summary"));
          const before = authorize(who, verb, target, { guild: GUILD, grants: list }).allowed;
          const after = authorize(who, verb, target, { guild: GUILD, grants: [...list, extra] }).allowed;
          expect(!before || after).toBe(true);
        },
      ),
    );
  });
});

describe("matchesGlob", () => {
  it("agrees with the regular expression that the pattern means", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ab*.]{0,8}$/), fc.stringMatching(/^[ab.]{0,10}$/), (pattern, name) => {
        const meant = new RegExp(`^${pattern.replaceAll(".", "\\.").replaceAll("*", ".*")}$`);
        expect(matchesGlob(pattern, name)).toBe(meant.test(name));
      }),
    );
  });

  it("does not take long over a pattern made to take long", () => {
    expect(matchesGlob(`${"a*".repeat(50)}b`, "a".repeat(10_000))).toBe(false);
  });
});
