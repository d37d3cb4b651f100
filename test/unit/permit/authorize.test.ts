import { describe, expect, it } from "vitest";

import { VERBS } from "../../../src/model/principal.js";
import type { Grant, PermissionPolicy, Principal, Verb } from "../../../src/model/principal.js";
import { MANAGE_SERVER, authorize, mayAnything, mayTouch } from "../../../src/permit/authorize.js";

const GUILD = "1100000000000000001";
const OTHER_GUILD = "1100000000000000002";
const OPERATOR = "1200000000000000001";
const DEPLOYER = "1200000000000000002";
const PERSON = "1300000000000000001";
const ADMINISTRATOR = 1n << 3n;
const EVERY_BIT = (1n << 53n) - 1n;

interface Who {
  readonly guild?: string | undefined;
  readonly roles?: readonly string[];
  readonly permissions?: bigint;
  readonly id?: string;
}

function member(who: Who = {}): Principal {
  return {
    kind: "member",
    id: who.id ?? PERSON,
    name: "someone",
    guild: "guild" in who ? who.guild : GUILD,
    roles: who.roles ?? [],
    permissions: who.permissions ?? 0n,
  };
}

const NO_SECTION: PermissionPolicy = { guild: GUILD };
const EVERY_VERB: readonly Grant[] = [{ role: OPERATOR, may: VERBS }];

/** Verbs that members of each kind have, by policy; every verb that is not listed must be refused. */
const MEMBERS: Readonly<Record<string, Who>> = {
  "a member without anything": {},
  "a member with Manage Server": { permissions: MANAGE_SERVER },
  "an administrator by that bit alone": { permissions: ADMINISTRATOR },
  "the owner, who has every bit": { permissions: EVERY_BIT },
  "an operator by role": { roles: [OPERATOR] },
  "a deployer by role": { roles: [DEPLOYER] },
  "a foreign guild's owner with the same role ids": {
    guild: OTHER_GUILD,
    roles: [OPERATOR, DEPLOYER],
    permissions: EVERY_BIT,
  },
  "somebody in a direct message": { guild: undefined, roles: [OPERATOR, DEPLOYER], permissions: EVERY_BIT },
};

interface Case {
  readonly policy: PermissionPolicy;
  readonly may: Readonly<Record<keyof typeof MEMBERS, readonly Verb[]>>;
}

const POLICIES: Readonly<Record<string, Case>> = {
  "no section": {
    policy: NO_SECTION,
    may: {
      "a member without anything": ["view-summary"],
      "a member with Manage Server": VERBS,
      "an administrator by that bit alone": ["view-summary"],
      "the owner, who has every bit": VERBS,
      "an operator by role": ["view-summary"],
      "a deployer by role": ["view-summary"],
      "a foreign guild's owner with the same role ids": [],
      "somebody in a direct message": [],
    },
  },
  "an empty section": {
    policy: { guild: GUILD, grants: [] },
    may: {
      "a member without anything": ["view-summary"],
      "a member with Manage Server": ["view-summary"],
      "an administrator by that bit alone": ["view-summary"],
      "the owner, who has every bit": ["view-summary"],
      "an operator by role": ["view-summary"],
      "a deployer by role": ["view-summary"],
      "a foreign guild's owner with the same role ids": [],
      "somebody in a direct message": [],
    },
  },
  "every verb for the operator": {
    policy: { guild: GUILD, grants: EVERY_VERB },
    may: {
      "a member without anything": [],
      "a member with Manage Server": [],
      "an administrator by that bit alone": [],
      "the owner, who has every bit": [],
      "an operator by role": VERBS,
      "a deployer by role": [],
      "a foreign guild's owner with the same role ids": [],
      "somebody in a direct message": [],
    },
  },
  "two roles with some verbs each": {
    policy: {
      guild: GUILD,
      grants: [
        { role: OPERATOR, may: ["view", "logs"] },
        { role: DEPLOYER, may: ["deploy"] },
      ],
    },
    may: {
      "a member without anything": ["view-summary"],
      "a member with Manage Server": ["view-summary"],
      "an administrator by that bit alone": ["view-summary"],
      "the owner, who has every bit": ["view-summary"],
      "an operator by role": ["view-summary", "view", "logs"],
      "a deployer by role": ["view-summary", "deploy"],
      "a foreign guild's owner with the same role ids": [],
      "somebody in a direct message": [],
    },
  },
  "viewing for everyone, by the role whose id is the guild's": {
    policy: { guild: GUILD, grants: [{ role: GUILD, may: ["view"] }] },
    may: {
      "a member without anything": ["view-summary", "view"],
      "a member with Manage Server": ["view-summary", "view"],
      "an administrator by that bit alone": ["view-summary", "view"],
      "the owner, who has every bit": ["view-summary", "view"],
      "an operator by role": ["view-summary", "view"],
      "a deployer by role": ["view-summary", "view"],
      "a foreign guild's owner with the same role ids": [],
      "somebody in a direct message": [],
    },
  },
};

for (const [policyName, { policy, may }] of Object.entries(POLICIES)) {
  describe(`the matrix with ${policyName}`, () => {
    for (const [who, fields] of Object.entries(MEMBERS)) {
      it.each(VERBS)(`${who}: %s`, (verb) => {
        const allowed = (may[who] ?? []).includes(verb);
        for (const target of ["shop-bot", undefined]) {
          expect(authorize(member(fields), verb, target, policy).allowed).toBe(allowed);
        }
        expect(mayAnything(member(fields), verb, policy)).toBe(allowed);
        expect(mayTouch(member(fields), verb, ["shop-bot", "web"], policy)).toEqual(allowed ? ["shop-bot", "web"] : []);
      });
    }
  });
}

describe("a grant for some targets", () => {
  const policy: PermissionPolicy = {
    guild: GUILD,
    grants: [
      { role: OPERATOR, may: ["restart"], on: ["shop-*", "web"] },
      { user: PERSON, may: ["logs"], on: ["*-db"] },
    ],
  };
  const operator = member({ roles: [OPERATOR], id: "1300000000000000009" });

  it("covers the targets that fit and no other", () => {
    const targets = ["shop-bot", "shop-", "xshop-bot", "web", "web2", "shop", "*", "shop-*"];
    expect(mayTouch(operator, "restart", targets, policy)).toEqual(["shop-bot", "shop-", "web", "shop-*"]);
  });

  it("does not cover what names no target", () => {
    expect(authorize(operator, "restart", undefined, policy).allowed).toBe(false);
    expect(mayAnything(operator, "restart", policy)).toBe(true);
  });

  it("may be a person's", () => {
    expect(mayTouch(member(), "logs", ["tickets-db", "web"], policy)).toEqual(["tickets-db"]);
    expect(authorize(operator, "logs", "tickets-db", policy).allowed).toBe(false);
  });

  it("adds up with others, and one that fits is enough", () => {
    const both = member({ roles: [OPERATOR, DEPLOYER] });
    const grants: Grant[] = [
      { role: DEPLOYER, may: ["restart"], on: ["api"] },
      { role: OPERATOR, may: ["restart"], on: ["web"] },
    ];
    expect(mayTouch(both, "restart", ["api", "web", "db"], { guild: GUILD, grants })).toEqual(["api", "web"]);
  });
});

describe("the summary", () => {
  const grants: Grant[] = [
    { role: OPERATOR, may: ["view-summary"] },
    { role: DEPLOYER, may: ["view"] },
  ];

  it("is taken away from everybody else as soon as a grant names it, but not from who may view", () => {
    const policy = { guild: GUILD, grants };
    expect(authorize(member(), "view-summary", undefined, policy).allowed).toBe(false);
    expect(authorize(member({ roles: [OPERATOR] }), "view-summary", undefined, policy).allowed).toBe(true);
    expect(authorize(member({ roles: [OPERATOR] }), "view", undefined, policy).allowed).toBe(false);
    expect(authorize(member({ roles: [DEPLOYER] }), "view-summary", undefined, policy).allowed).toBe(true);
  });
});

describe("a refusal says why and what would be needed", () => {
  it("in a direct message and in a foreign guild nothing helps", () => {
    expect(authorize(member({ guild: undefined }), "view-summary", undefined, NO_SECTION)).toEqual({
      allowed: false,
      denial: "direct_message",
      needs: { kind: "nothing_helps" },
    });
    expect(authorize(member({ guild: OTHER_GUILD }), "view-summary", undefined, NO_SECTION)).toEqual({
      allowed: false,
      denial: "foreign_guild",
      needs: { kind: "nothing_helps" },
    });
  });

  it("without a section: Manage Server", () => {
    expect(authorize(member(), "restart", "web", NO_SECTION)).toEqual({
      allowed: false,
      denial: "no_manage_server",
      needs: { kind: "manage_server" },
    });
  });

  it("with one: the roles and people it names for this verb and this target, each once", () => {
    const grants: Grant[] = [
      { role: OPERATOR, may: ["restart"], on: ["shop-*"] },
      { role: OPERATOR, may: ["restart", "stop"] },
      { role: DEPLOYER, may: ["restart"], on: ["web"] },
      { user: "1300000000000000007", may: ["restart"] },
    ];
    expect(authorize(member(), "restart", "shop-bot", { guild: GUILD, grants })).toEqual({
      allowed: false,
      denial: "not_granted",
      needs: { kind: "grant", roles: [OPERATOR], users: ["1300000000000000007"] },
    });
    expect(authorize(member(), "deploy", "shop-bot", { guild: GUILD, grants })).toEqual({
      allowed: false,
      denial: "granted_to_nobody",
      needs: { kind: "nothing_helps" },
    });
  });
});

describe("those who are no members", () => {
  it("a local user has every verb, whatever the policy", () => {
    const local: Principal = { kind: "local", uid: 1000, name: "operator" };
    for (const verb of VERBS) expect(authorize(local, verb, "web", { guild: GUILD, grants: [] }).allowed).toBe(true);
  });

  it.each([
    { kind: "rule", rule: "HostMemory" },
    { kind: "schedule", schedule: "nightly" },
  ] satisfies Principal[])("a $kind looks and does nothing", (principal) => {
    const policy = { guild: GUILD, grants: EVERY_VERB };
    const allowed = VERBS.filter((verb) => authorize(principal, verb, "web", policy).allowed);
    expect(allowed).toEqual(["view-summary", "view"]);
    expect(VERBS.filter((verb) => mayAnything(principal, verb, policy))).toEqual(["view-summary", "view"]);
    expect(authorize(principal, "restart", "web", policy)).toMatchObject({ allowed: false, denial: "unattended" });
  });
});

it("Manage Server is the bit that Discord documents", () => {
  expect(MANAGE_SERVER).toBe(0x20n);
});
