import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { Simulator } from "../../../simulator/index.js";
import type { Check } from "../../../src/app/doctor/check.js";
import { actions as actionsCheck } from "../../../src/app/doctor/checks/actions.js";
import { grants as grantsCheck } from "../../../src/app/doctor/checks/grants.js";
import { polkitIsNewEnough } from "../../../src/app/doctor/checks/polkit.js";
import { isNewEnough } from "../../../src/app/doctor/checks/node.js";
import { unsafeFileSystem } from "../../../src/app/doctor/checks/data-directory.js";
import { examine } from "../../../src/app/doctor/doctor.js";
import { readSettings } from "../../../src/app/settings.js";
import { catalogueFor } from "../../../src/locale/index.js";
import { BOT_PERMISSIONS } from "../../../src/model/bot-permissions.js";
import type { Finding } from "../../../src/model/finding.js";
import { OffsetClock } from "../../support/notify/offset-clock.js";
import { temporaryDirectory } from "../../support/store.js";

let discord: Simulator;
let home: ReturnType<typeof temporaryDirectory>;
let clock: OffsetClock;

beforeEach(async () => {
  discord = await Simulator.start();
  home = temporaryDirectory();
  mkdirSync(path.join(home.path, "data"), { mode: 0o750 });
  clock = new OffsetClock();
});
afterEach(async () => {
  await discord.stop();
  home[Symbol.dispose]();
});

interface Setup {
  /** Default: all. Each asks Discord what it needs, and a local Discord has limits, too. */
  readonly checks?: readonly Check[];
  readonly yaml?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** What is found, by check: everything that is not well or skipped. */
async function faults(setup: Setup = {}): Promise<readonly Finding[]> {
  return (await findings(setup)).filter(({ state }) => state === "warning" || state === "failed");
}

async function findings({ yaml, env = {}, checks }: Setup): Promise<readonly Finding[]> {
  if (yaml !== undefined) writeFileSync(path.join(home.path, "toban.yaml"), yaml);
  const read = readSettings({
    cwd: home.path,
    envFile: path.join(home.path, ".env"),
    env: {
      DISCORD_TOKEN: discord.token,
      DISCORD_GUILD_ID: discord.guildId,
      OPS_CHANNEL_ID: discord.opsChannelId,
      DISCORD_API_URL: discord.apiUrl,
      TOBAN_DATA_DIR: path.join(home.path, "data"),
      // Nobody's bus, so that what this machine has does not matter.
      DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${path.join(home.path, "no-bus")}`,
      ...env,
    },
  });
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return examine(read.settings, clock, catalogueFor("en"), { directory: home.path, ...(checks && { checks }) });
}

/** Only of what Discord tells: where the test lies on the disk is another matter. */
const ofDiscord = (all: readonly Finding[]): readonly Finding[] =>
  all.filter(({ check }) => check !== "data-directory");

describe("a set-up that is well", () => {
  it("has nothing wrong with it, and every check says something", async () => {
    const all = await findings({});
    expect(ofDiscord(all).filter(({ state }) => state !== "well" && state !== "skipped")).toEqual([]);
    expect([...new Set(all.map(({ check }) => check))]).toEqual([
      "token",
      "guild",
      "channels",
      "mentions",
      "gateway",
      "clock",
      "node",
      "data-directory",
      "secret-files",
      "systemd",
      "polkit",
      "grants",
      "actions",
      "logs",
    ]);
  });
});

describe("what is wrong with Discord's side is found, with the one thing to do", () => {
  it("a wrong token: refused for good, and nothing else is guessed at", async () => {
    await discord.control.revokeToken();
    const all = ofDiscord(await findings({}));
    expect(all.filter(({ state }) => state === "failed")).toMatchObject([{ check: "token", refused: true }]);
    expect(all.filter(({ check }) => ["guild", "channels", "gateway"].includes(check))).toMatchObject([
      { state: "skipped" },
      { state: "skipped" },
      { state: "skipped" },
    ]);
  });

  it("Discord away: not taken for a refusal", async () => {
    const all = ofDiscord(await faults({ env: { DISCORD_API_URL: "http://127.0.0.1:9/api" } }));
    expect(all).toMatchObject([{ check: "token", state: "failed", found: expect.stringContaining("did not answer") }]);
    expect(all[0]).not.toHaveProperty("refused");
  });

  it("a server that the bot is not in: the link that invites it", async () => {
    const all = ofDiscord(await faults({ env: { DISCORD_GUILD_ID: "999999999999999999" } }));
    expect(all).toMatchObject([{ check: "guild", remedy: expect.stringContaining("https://discord.com/oauth2/") }]);
  });

  it("a channel that was deleted", async () => {
    await discord.control.deleteChannel(discord.opsChannelId);
    expect(ofDiscord(await faults())).toMatchObject([
      { check: "channels", state: "failed", remedy: expect.stringContaining("OPS_CHANNEL_ID") },
    ]);
  });

  it("a channel of another kind", async () => {
    const voice = await discord.control.createChannel("voice", { type: 2 });
    expect(ofDiscord(await faults({ env: { OPS_CHANNEL_ID: voice } }))).toMatchObject([
      { check: "channels", found: "#voice is no text channel" },
    ]);
  });

  it.each(Object.keys(BOT_PERMISSIONS))("%s taken away from the bot in the channel", async (permission) => {
    await discord.control.setPermissions(discord.opsChannelId, [{ who: "bot", deny: [permission] }]);
    const [first, ...others] = ofDiscord(await faults());
    expect(others).toEqual([]);
    expect(first).toMatchObject({ check: "channels", state: "failed" });
    const named = permission === "VIEW_CHANNEL" ? "may not see" : permission;
    expect(first?.found).toContain(named);
  });

  it("a role that a route mentions: not there, or one that may not be pinged", async () => {
    const mute = await discord.control.addRole("quiet", { mentionable: false });
    const loud = await discord.control.addRole("loud", { mentionable: true });
    const route = (role: string): string =>
      `routes:\n  - { match: { severity: critical }, channel: "${discord.opsChannelId}", mention: ["role:${role}"] }\n`;
    expect(ofDiscord(await faults({ yaml: route(mute) }))).toMatchObject([
      { check: "mentions", found: expect.stringContaining("may not ping"), remedy: expect.stringContaining("@quiet") },
    ]);
    expect(ofDiscord(await faults({ yaml: route("999999999999999999") }))).toMatchObject([
      { check: "mentions", found: expect.stringContaining("not in the server") },
    ]);
    expect(ofDiscord(await faults({ yaml: route(loud) }))).toEqual([]);
    await discord.control.setPermissions(discord.opsChannelId, [{ who: "bot", allow: ["MENTION_EVERYONE"] }]);
    expect(ofDiscord(await faults({ yaml: route(mute) }))).toEqual([]);
  });

  it("a limit of Discord's that comes again and again: waited for, and nothing is said of it", async () => {
    const match = { route: /users\/@me/, times: 4 } as const;
    await discord.control.fault({ match, kind: "rate-limit", retryAfterMs: 50, scope: "shared" });
    expect(ofDiscord(await faults())).toEqual([]);
    expect((await discord.control.requests({ status: 429 })).length).toBe(4);
  });

  it("few connections left", async () => {
    await discord.control.gateway.setSessionStartLimit({ remaining: 12, total: 1_000, resetAfterMs: 120_000 });
    expect(ofDiscord(await faults())).toMatchObject([
      { check: "gateway", state: "warning", found: "only 12 of 1000 connections left; new ones in 2 min" },
    ]);
  });

  it.each([
    [20_000, "warning", /2\d s ahead of/],
    [300_000, "failed", /300|30\d s ahead of/],
    [-300_000, "failed", /(300|29\d) s behind/],
  ])("a clock that is %d ms wrong", async (ms, state, found) => {
    clock.forward(ms);
    expect(ofDiscord(await faults())).toMatchObject([
      { check: "clock", state, found: expect.stringMatching(found), remedy: expect.stringContaining("timedatectl") },
    ]);
  });
});

describe("what is wrong on this machine is found, with the one thing to do", () => {
  it("a data directory that is not there, and one that is a file", async () => {
    const absent = path.join(home.path, "nowhere");
    expect(await faults({ env: { TOBAN_DATA_DIR: absent } })).toMatchObject([
      { check: "data-directory", state: "failed", remedy: expect.stringContaining("mkdir") },
    ]);
    writeFileSync(absent, "");
    expect(await faults({ env: { TOBAN_DATA_DIR: absent } })).toMatchObject([
      { check: "data-directory", state: "failed", found: expect.stringContaining("no directory") },
    ]);
  });

  it("a file with secrets that everybody may read", async () => {
    chmodSync(home.path, 0o755);
    const file = path.join(home.path, ".env");
    writeFileSync(file, `DISCORD_TOKEN=${discord.token}\n`);
    chmodSync(file, 0o644);
    expect(ofDiscord(await faults())).toMatchObject([{ check: "secret-files", remedy: `chmod o-rwx ${file}` }]);
    chmodSync(file, 0o640);
    expect(ofDiscord(await faults())).toEqual([]);
  });

  it("no bus where units are watched and actions wait, a program that is not there, a log that is a folder", async () => {
    const yaml = [
      "targets:",
      `  - { name: web, kind: unit, unit: web.service, actions: [restart], logs: [ { name: dir, file: ${home.path} } ] }`,
      `  - { name: api, kind: http, url: "http://127.0.0.1:1/", actions: [ { name: restart, run: ["/no/such/program"] } ] }`,
      "",
    ].join("\n");
    const all = ofDiscord(await faults({ yaml })).filter(({ found }) => !found.startsWith("the journal"));
    expect(all.map(({ check, state }) => `${check} ${state}`)).toEqual([
      "systemd failed",
      "polkit failed",
      "actions failed",
      "actions failed",
      "logs failed",
    ]);
    expect(all[3]?.found).toContain("/no/such/program");
    expect(all.every(({ remedy }) => remedy !== undefined && remedy !== "")).toBe(true);
  });

  it("a program that runs as root, as it did before root had to be named, until somebody is named", async () => {
    const unit = "toban-action-api-restart.service";
    const granted = (more: object): void =>
      writeFileSync(
        path.join(home.path, "granted.json"),
        JSON.stringify({ version: 1, user: "toban", grants: { [unit]: ["start"] }, units: { [unit]: "0" }, ...more }),
      );
    const actions = async (user: string): Promise<Finding | undefined> => {
      const action = `{ name: restart, run: ["/bin/true"]${user} }`;
      const yaml = `targets: [ { name: api, kind: http, url: "http://127.0.0.1:1/", actions: [ ${action} ] } ]\n`;
      return (await findings({ yaml, checks: [actionsCheck] }))[0];
    };
    for (const more of [{}, { keptAsRoot: [unit] }]) {
      granted(more);
      expect(await actions("")).toMatchObject({ state: "warning", found: expect.stringContaining("as root") });
      expect((await actions(""))?.remedy).toContain("“user: root”");
      expect(await actions(", user: toban")).toMatchObject({ state: "well" });
    }
    granted({ keptAsRoot: [] });
    expect(await actions("")).toMatchObject({ state: "well", found: expect.stringContaining("Toban's own user") });
    expect(await actions(", user: nobody")).toMatchObject({
      state: "failed",
      found: expect.stringContaining("as nobody"),
    });
  });

  it("actions that the installer was not told of, and permissions that nobody needs any more", async () => {
    const granted = (grants: unknown): void =>
      writeFileSync(
        path.join(home.path, "granted.json"),
        JSON.stringify({ version: 1, user: "toban", grants, units: {} }),
      );
    const yaml = "targets: [ { name: web, kind: unit, unit: web.service, actions: [restart] } ]\n";
    const grants = async (): Promise<Finding | undefined> => (await findings({ yaml, checks: [grantsCheck] }))[0];
    granted({});
    expect(await grants()).toMatchObject({ state: "failed", found: "not permitted yet: restart web.service" });
    expect((await grants())?.remedy).toContain("install.sh --refresh");
    granted({ "web.service": ["restart", "stop"] });
    expect(await grants()).toMatchObject({ state: "warning", found: expect.stringContaining("stop web.service") });
    granted({ "web.service": ["restart"] });
    expect(await grants()).toMatchObject({ state: "well" });
  });

  it.each([
    ["0.105", false],
    ["0.106", true],
    ["0.120", true],
    ["121", true],
    ["126.1", true],
    ["", false],
  ])("polkit %s", (version, expected) => {
    expect(polkitIsNewEnough(version)).toBe(expected);
  });

  it("versions of Node.js and file systems", () => {
    expect(["v20.18.3", "v20.19.0", "v22.0.0", "v18.20.0"].map(isNewEnough)).toEqual([false, true, true, false]);
    expect([0x6969, 0x01021994, 0xef53, -11317950].map((type) => unsafeFileSystem(type)?.name)).toEqual([
      "NFS",
      "tmpfs",
      undefined,
      "CIFS",
    ]);
  });
});
