import { describe, expect, it } from "vitest";

import { permissionsCheck } from "../../../commands/permissions-check.js";
import { createPermissionsReading } from "../../../src/answer/permissions.js";
import { toPlain } from "../../../src/message/to-plain.js";
import type { Person } from "../../../src/model/contract/command.js";
import type { PermissionPolicy } from "../../../src/model/principal.js";
import { authorize } from "../../../src/permit/authorize.js";

const GUILD = "100000000000000001";
const person = (id: string, name: string, roles: readonly string[], guild: string | undefined = GUILD): Person => ({
  kind: "member",
  id,
  name,
  guild,
  roles,
  permissions: 0n,
});
const ann = person("1300000000000000001", "Ann", ["op"]);
const bo = person("1300000000000000002", "Bo", []);
const gone: Person = { ...person("1300000000000000003", "Cy", []), guild: undefined };

let policy: PermissionPolicy = { guild: GUILD };
const services: Parameters<typeof permissionsCheck.execute>[1] = {
  answers: { observe: () => undefined, ping: never, health: never, targetNames: () => ["web", "web-2", "db"] },
  permissions: createPermissionsReading({
    policy: () => policy,
    roleName: (guild, role) => (guild === GUILD && role === "op" ? "operator" : undefined),
  }),
  may: (principal, verb, target) => authorize(principal, verb, target, policy).allowed,
};

function never(): never {
  throw new Error("not asked here");
}

async function asked(principal: Person, options: Readonly<Record<string, string>> = {}): Promise<string> {
  const reply = await permissionsCheck.execute(
    {
      principal,
      options,
      people: new Map([ann, bo, gone].map((each) => [each.id, each])),
      locale: "en-US",
      signal: new AbortController().signal,
    },
    services,
  );
  expect(reply.ephemeral).toBe(true);
  return toPlain(reply.message, { width: 200 });
}

describe("/permissions check", () => {
  it("lets everybody ask about themselves, and admins about others", () => {
    expect(permissionsCheck.verb({ verb: "restart" })).toBe("view-summary");
    expect(permissionsCheck.verb({ user: ann.id })).toBe("admin");
  });

  it("tells one verb in a sentence, with the reason", async () => {
    policy = { guild: GUILD, grants: [{ role: "op", may: ["restart"], on: ["web*"] }] };
    expect(await asked(ann, { verb: "restart", target: "web" })).toBe(
      "🟢 well · you may restart web (restart)\n┃ by the role “operator”",
    );
    expect(await asked(ann, { verb: "restart", target: "db" })).toContain("you may not restart db");
    expect(await asked(ann, { verb: "restart" })).toContain("by the role “operator” on web*");
    expect(await asked(ann, { verb: "restart", target: "web", user: bo.id })).toBe(
      "⚪ unknown · @Bo may not restart web (restart)\n┃ needs the role “operator”",
    );
  });

  it("lists all verbs when none is named", async () => {
    policy = {
      guild: GUILD,
      grants: [
        { role: "op", may: ["view", "logs"] },
        { user: ann.id, may: ["stop"] },
        { role: GUILD, may: ["acknowledge"] },
      ],
    };
    const lines = (await asked(ann)).split("\n");
    expect(lines).toHaveLength(14);
    expect(lines.slice(0, 4)).toEqual([
      "🔵 info · what you may do",
      "┃ 🟢 view-summary · by the role “operator”",
      "┃ 🟢 view · by the role “operator”",
      "┃ 🟢 logs · by the role “operator”",
    ]);
    expect(lines).toContain("┃ 🟢 stop · named in the configuration");
    expect(lines).toContain("┃ 🟢 acknowledge · by the role “@everyone”");
    expect(lines).toContain("┃ ⚪ restart · no: no entry under permissions in the configuration gives it to anybody");
  });

  it("says of somebody who is not in the server that they may nothing", async () => {
    policy = { guild: GUILD };
    expect(await asked(ann, { user: gone.id })).toBe(
      "⚪ unknown · @Cy is not in the server that this bot serves, and may nothing",
    );
  });

  it("refuses somebody of whom Discord says nothing", async () => {
    await expect(asked(ann, { user: "1300000000000000009" })).rejects.toMatchObject({ code: "invalid_option" });
  });

  it("offers no names that one may not see", () => {
    policy = { guild: GUILD, grants: [{ role: "op", may: ["view"], on: ["web*"] }] };
    const offer = (principal: Person): readonly string[] =>
      (
        permissionsCheck.complete?.(
          "target",
          "",
          { principal, options: {}, locale: "en-US", signal: new AbortController().signal },
          services,
        ) ?? []
      ).map(({ value }) => value);
    expect(offer(ann)).toEqual(["web", "web-2"]);
    expect(offer(bo)).toEqual([]);
  });
});
