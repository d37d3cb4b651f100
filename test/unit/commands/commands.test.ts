import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { health } from "../../../commands/health.js";
import { commands } from "../../../commands/index.js";
import { createAnswers } from "../../../src/answer/answers.js";
import { createPanels } from "../../../src/answer/panels.js";
import { silentLogs } from "../../../src/base/log.js";
import { en } from "../../../src/locale/en/index.js";
import { toPlain } from "../../../src/message/to-plain.js";
import type { CommandReply } from "../../../src/model/contract/command.js";
import { DISCORD_LIMITS } from "../../../src/model/limits.js";
import type { PermissionPolicy, Principal } from "../../../src/model/principal.js";
import { authorize } from "../../../src/permit/authorize.js";
import type { Store } from "../../../src/store/contract.js";
import { openStore } from "../../../src/store/open.js";
import { MINUTE, NOON } from "../../support/alerts.js";
import { FakeClock } from "../../support/fake-clock.js";
import { aFailedRun, aRun, aTarget } from "../../support/runs.js";

const policy: PermissionPolicy = {
  guild: "1",
  grants: [
    { role: "everything", may: ["view"] },
    { role: "shop", may: ["view"], on: ["shop-*"] },
  ],
};
const member = (...roles: string[]): Principal => ({
  kind: "member",
  id: "2",
  name: "someone",
  guild: "1",
  roles,
  permissions: 0n,
});
const viewer = member("everything");
const shopViewer = member("shop");
const outsider = member();

const targets = [aTarget("host", "host"), aTarget("shop-bot", "unit"), aTarget("web", "http")];
const [host, bot, web] = targets as [(typeof targets)[0], (typeof targets)[0], (typeof targets)[0]];

let clock: FakeClock;
let store: Store;
let services: Parameters<typeof health.execute>[1];

beforeEach(async () => {
  clock = new FakeClock(NOON);
  store = await openStore({ dataDir: undefined, clock, log: silentLogs.for("store") });
  const answers = createAnswers({
    store,
    clock,
    host: "web-1",
    targets: () => targets,
    rules: () => [],
    kinds: [],
    own: () => {
      throw new Error("not asked here");
    },
  });
  answers.observe(aRun(host, { host_cpu_used_ratio: 0.12, "host_disk_used_ratio{mount=/secret}": 0.5 }));
  answers.observe(aRun(bot, { unit_active: 1 }));
  answers.observe(aFailedRun(web, "deadline", ""));
  services = {
    answers,
    panels: createPanels(store, clock),
    publicCatalogue: () => en,
    may: (principal, verb, target) => authorize(principal, verb, target, policy).allowed,
  };
});

afterEach(() => store.close());

const request = (principal: Principal, options: Readonly<Record<string, string>> = {}) => ({
  principal,
  options,
  locale: "en-US",
  signal: new AbortController().signal,
});

const shown = (reply: CommandReply): string => toPlain(reply.message, { width: 200, now: NOON });
const idOf = (reply: CommandReply, press: string): string =>
  reply.message.actions.find((action) => action.id.startsWith(`v1:${press}:`))?.id.split(":")[2] ?? "";
const pressing = async (name: string, id: string, principal: Principal): Promise<CommandReply> => {
  const press = health.presses?.[name];
  if (press === undefined) throw new Error(`no press ${name}`);
  return press.execute({ principal, id, locale: "en-US", signal: new AbortController().signal }, services);
};

describe("every command", () => {
  it.each(commands.map((command) => [command.name, command] as const))("%s keeps Discord's limits", (name, command) => {
    for (const word of name.split(" ")) expect(word).toMatch(/^[a-z][a-z0-9-]{0,31}$/u);
    expect(command.description.length).toBeLessThanOrEqual(DISCORD_LIMITS.commandDescription);
    for (const option of command.options)
      expect(option.description.length).toBeLessThanOrEqual(DISCORD_LIMITS.commandDescription);
  });

  it("has a name of its own, and so has every button", () => {
    const names = commands.map((command) => command.name);
    const presses = commands.flatMap((command) => Object.keys(command.presses ?? {}));
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(presses).size).toBe(presses.length);
  });
});

describe("/health", () => {
  it("is for everybody without a target, and for viewers with one", () => {
    expect(health.verb({})).toBe("view-summary");
    expect(health.verb({ target: "web" })).toBe("view");
    expect(health.targetOf({ target: "web" })).toBe("web");
  });

  it("gives viewers details and buttons, publicly", async () => {
    const reply = await health.execute(request(viewer), services);
    expect(reply.ephemeral).toBe(false);
    expect(shown(reply)).toContain("CPU 12 %");
    expect(reply.message.actions.map((action) => action.label)).toEqual(["Refresh", "Only problems"]);
  });

  it("gives others verdict and titles alone: no path, no number, no buttons", async () => {
    const reply = await health.execute(request(outsider), services);
    expect(shown(reply)).not.toMatch(/secret|CPU|shop-bot/u);
    expect(shown(reply)).toContain("3 targets · 1 unknown");
    expect(reply.message.actions).toEqual([]);
  });

  it("gives those who may see some targets the details of these alone", async () => {
    const text = shown(await health.execute(request(shopViewer), services));
    expect(text).toContain("⚪ web\n");
    expect(text).not.toContain("could not be measured");
    expect(text).not.toContain("secret");
  });

  it("changes what stands there when a button is pressed, and back", async () => {
    const first = await health.execute(request(viewer), services);
    const problems = await pressing("health-toggle", idOf(first, "health-toggle"), viewer);
    expect(shown(problems)).not.toContain("shop-bot");
    expect(problems.message.actions.map((action) => action.label)).toEqual(["Refresh", "Show all"]);
    const refreshed = await pressing("health-refresh", idOf(problems, "health-refresh"), viewer);
    expect(shown(refreshed)).not.toContain("shop-bot");
    const all = await pressing("health-toggle", idOf(refreshed, "health-toggle"), viewer);
    expect(shown(all)).toContain("shop-bot");
  });

  it("keeps to the target it was asked about", async () => {
    const first = await health.execute(request(shopViewer, { target: "shop-bot" }), services);
    const id = idOf(first, "health-refresh");
    expect(health.presses?.["health-refresh"]?.targetOf(id, services)).toBe("shop-bot");
    expect(shown(await pressing("health-refresh", id, shopViewer))).toContain("web-1 · shop-bot");
  });

  it("tells kindly that a button has expired", async () => {
    const reply = await health.execute(request(viewer), services);
    const id = idOf(reply, "health-refresh");
    await clock.advance(16 * MINUTE);
    const expired = expect.objectContaining({ code: "expired" });
    await expect(pressing("health-refresh", id, viewer)).rejects.toEqual(expired);
    expect(() => health.presses?.["health-refresh"]?.targetOf(id, services)).toThrow(expired);
    await expect(pressing("health-toggle", "never-was", viewer)).rejects.toEqual(expired);
  });

  it("completes only what one may see, what begins so first", () => {
    const complete = (partial: string, principal: Principal) =>
      health.complete?.("target", partial, request(principal), services).map((choice) => choice.value);
    expect(complete("", viewer)).toEqual(["host", "shop-bot", "web"]);
    expect(complete("B", viewer)).toEqual(["shop-bot", "web"]);
    expect(complete("ho", viewer)).toEqual(["host", "shop-bot"]);
    expect(complete("", shopViewer)).toEqual(["shop-bot"]);
    expect(complete("", outsider)).toEqual([]);
  });
});
