import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { audit } from "../../../commands/audit.js";
import { createAuditReading } from "../../../src/answer/audit.js";
import { createPanels } from "../../../src/answer/panels.js";
import { toDiscord } from "../../../src/message/to-discord.js";
import { toPlain } from "../../../src/message/to-plain.js";
import type { CommandReply } from "../../../src/model/contract/command.js";
import type { Principal } from "../../../src/model/principal.js";
import type { AuditRow, Store } from "../../../src/store/contract.js";
import { FakeClock } from "../../support/fake-clock.js";
import { NOON, openTestStore } from "../../support/store.js";

const asker: Principal = { kind: "member", id: "9", name: "lead", guild: "1", roles: [], permissions: 0n };
const LOG: readonly Partial<AuditRow>[] = [
  ...Array.from({ length: 9 }, (_, index) => ({ id: `old${index}`, target: "web", at: NOON - 86_400_000 })),
  {
    id: "x",
    principal: "member:1300000000000000001 operator",
    verb: "stop",
    target: "db",
    reason: "token=abcdefabcdef1234567890 leaks",
  },
  { id: "y", state: "failed", target: "web", detail: "exit status 3", reason: "@everyone **now**" },
  { id: "z", state: "refused", principal: "member:1300000000000000002 guest", target: "web" },
];

let clock: FakeClock;
let store: Store;
let services: Parameters<typeof audit.execute>[1];

beforeEach(async () => {
  clock = new FakeClock(NOON);
  store = await openTestStore({ clock });
  await store.write("audit", (tables) => {
    for (const row of LOG) {
      const common = {
        at: NOON - 60_000,
        principal: "local:0 root",
        verb: "restart",
        target: "",
        reason: "",
        detail: "",
      };
      tables.audit.append({ id: "", state: "done", ...common, ...row });
    }
  });
  services = {
    answers: { observe: () => undefined, ping: never, health: never, targetNames: () => ["web", "db", "webhook"] },
    audit: createAuditReading({ store, clock, timezone: () => "UTC" }),
    panels: createPanels(store, clock),
  };
});
afterEach(() => store.close());

function never(): never {
  throw new Error("not asked here");
}

const request = (options: Readonly<Record<string, string>> = {}) => ({
  principal: asker,
  options,
  locale: "en-US",
  signal: new AbortController().signal,
});
const shown = ({ message }: CommandReply): string => toPlain(message, { width: 120, now: clock.now() });

async function press(reply: CommandReply, label: string): Promise<CommandReply> {
  const id = reply.message.actions.find((action) => action.label === label)?.id.split(":")[2];
  if (id === undefined) throw new Error(`no button “${label}”`);
  const page = audit.presses?.["audit-page"];
  if (!page) throw new Error("no such press");
  return page.execute({ principal: asker, id, locale: "en-US", signal: new AbortController().signal }, services);
}

describe("/audit", () => {
  it("asks for admin, whatever the target, and is for the asker alone", async () => {
    expect([audit.verb({ target: "web" }), audit.targetOf({ target: "web" })]).toEqual(["admin", undefined]);
    expect((await audit.execute(request(), services)).ephemeral).toBe(true);
  });

  it("shows the newest first, with who, what, how it went and why; secrets are counted", async () => {
    const text = shown(await audit.execute(request(), services));
    expect(text.split("\n").slice(0, 4)).toEqual([
      "🔵 info · 8 actions, newest first",
      "┃ 🔕 1 min ago restart web · refused · @guest",
      "┃ 🔴 1 min ago restart web · failed · @root · “@everyone **now**” · exit status 3",
      expect.stringMatching(/^┃ 🟢 1 min ago stop db · done · @operator · “token=<secret> leaks”$/),
    ]);
    expect(text).toContain("1 secret masked");
  });

  it("disarms what people wrote", async () => {
    const { message } = await audit.execute(request(), services);
    const lowered = JSON.stringify(toDiscord(message, { form: "answer", reduced: 0 }));
    expect(lowered).not.toContain("**now**");
    expect(lowered).toContain('"parse":[]');
  });

  it("filters", async () => {
    const count = async (options: Readonly<Record<string, string>>): Promise<number> =>
      (await audit.execute(request(options), services)).message.lines.length;
    expect(await count({ target: "db" })).toBe(1);
    expect(await count({ who: "1300000000000000002" })).toBe(1);
    expect(await count({ verb: "stop" })).toBe(1);
    expect(await count({ since: "2h" })).toBe(3);
    expect(await count({ target: "web", since: "12:00", verb: "restart" })).toBe(0);
    await expect(audit.execute(request({ since: "yesteryear" }), services)).rejects.toMatchObject({
      code: "invalid_option",
      details: { option: "since", found: "yesteryear" },
    });
  });

  it("turns pages, and says kindly that a button is too old", async () => {
    const first = await audit.execute(request({ target: "web" }), services);
    expect(first.message.actions.map((action) => action.label)).toEqual(["Older"]);
    const second = await press(first, "Older");
    expect(second.message.lines).toHaveLength(3);
    expect(second.message.actions.map((action) => action.label)).toEqual(["Newer"]);
    expect(shown(await press(second, "Newer"))).toBe(shown(first));
    clock.jump(16 * 60_000);
    await expect(press(first, "Older")).rejects.toMatchObject({ code: "expired", details: { command: "audit" } });
  });

  it("offers targets, those that begin with what was typed first", () => {
    const offered = audit.complete?.("target", "b", request(), services) ?? [];
    expect(offered.map((choice) => choice.value)).toEqual(["web", "db", "webhook"]);
    expect((audit.complete?.("target", "WEBH", request(), services) ?? []).map(({ name }) => name)).toEqual([
      "webhook",
    ]);
  });
});
