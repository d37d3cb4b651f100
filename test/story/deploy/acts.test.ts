import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { Simulator } from "../../../simulator/index.js";
import { Operator } from "../../support/deploy/installed.js";
import { startMachine } from "../../support/deploy/machine.js";
import { startWeb } from "../../support/deploy/web.js";
import { needs } from "../../support/engine/needs.js";
import type { SystemdEngine } from "../../support/systemd/engine.js";
import { until } from "../../support/until.js";

needs("root", "systemd", "dbus", "polkit");

const WAIT = { timeoutMs: 90_000 };
const SLEEPER = "[Service]\nExecStart=/bin/sleep 10000\n";
const ON_SHOP = `[Unit]\nBindsTo=shop.service\nAfter=shop.service\n${SLEEPER}`;

let machine: SystemdEngine;
let operator: Operator;
let discord: Simulator;
let web: Awaited<ReturnType<typeof startWeb>>;

beforeAll(async () => {
  [discord, web] = await Promise.all([Simulator.start(), startWeb()]);
  machine = await startMachine({ "shop.service": SLEEPER, "basket.service": ON_SHOP });
  operator = new Operator(machine);
  await machine.systemctl("start", "shop.service", "basket.service");
  await operator.script("install");
  await operator.configure(
    discord,
    `scrape: { interval: 5s }
actions: { perHour: 10, watch: 5s }
targets:
  - { name: shop, kind: unit, unit: shop.service, actions: [restart, start, stop, kill] }
  - { name: basket, kind: unit, unit: basket.service }
  - { name: bot, kind: unit, unit: toban.service, actions: [restart] }
  - name: notes
    kind: http
    url: "${web.url}"
    actions:
      - { name: restart, run: [/usr/bin/touch, /var/lib/notes], timeout: 10s, user: root }
      - { name: start, run: [/usr/bin/touch, /var/lib/toban/notes], timeout: 10s }
`,
  );
  const installed = await operator.script("install");
  if (installed.code !== 0) throw new Error(installed.text);
  const person = discord.control.as("owner");
  await until("it answers", async () => (await (await person.command("ping")).response(WAIT)).error === null, 60_000);
}, 180_000);

afterAll(async () => {
  await machine.stop();
  await Promise.all([discord.stop(), web[Symbol.asyncDispose]()]);
});

/** Asks in Discord and gives the word. Resolves with the plan's text. */
async function tell(action: string, target: string): Promise<string> {
  const person = discord.control.as("owner");
  const plan = await (await person.command(action, { target })).response(WAIT);
  const [button] = new RegExp(`v1:${action}-confirm:[^"]+`).exec(JSON.stringify(plan.message?.components)) ?? [];
  if (!plan.message || button === undefined) throw new Error(`no plan: ${plan.message?.text ?? plan.error ?? ""}`);
  await (await person.press(plan.message.id, button)).response(WAIT);
  return plan.message.text;
}

const said = async (text: RegExp): Promise<string> =>
  (await discord.control.waitForMessage(discord.opsChannelId, { text }, WAIT)).text;
const pidOf = (unit: string): Promise<string> => machine.property(unit, "MainPID");
const stateOf = (unit: string): Promise<string> => machine.property(unit, "ActiveState");

describe("an installed Toban that acts", () => {
  it("tells before a restart what stands or falls with the target, and watches it afterwards", async () => {
    const before = await pidOf("shop.service");
    const plan = await tell("restart", "shop");
    expect(plan).toMatch(/active since/);
    expect(plan).toContain(`PID ${before}`);
    expect(plan).toMatch(/`basket` depends on it/);
    const result = await said(/🟢.*shop.* restarted in/);
    expect(result).toContain(`PID ${before} → ${await pidOf("shop.service")}`);
    expect(result).toMatch(/no new errors in/);
  }, 120_000);

  it("does a configured vector by its unit, as root where root is named, and says so before", async () => {
    const plan = await tell("restart", "notes");
    expect(plan).not.toContain("not known");
    expect(plan).toContain("runs `/usr/bin/touch` as `root`");
    expect(await said(/🟢.*notes.* restarted in/)).toContain("by its action unit");
    expect((await machine.exec("stat", "-c", "%U", "/var/lib/notes")).stdout.trim()).toBe("root");
  }, 120_000);

  it("does a configured vector as Toban's own user where nobody is named, and says so before", async () => {
    expect(await tell("start", "notes")).toContain("runs `/usr/bin/touch` as `toban`");
    await said(/🟢.*notes.* started in/);
    expect(await operator.owners("/var/lib/toban/notes")).toEqual([expect.stringMatching(/^\d+ toban:toban /)]);
    expect((await operator.toban("doctor")).stdout).toContain("toban-action-notes-start.service, as toban");
  }, 120_000);

  it("reports a restart of its own unit once it is back", async () => {
    const before = await pidOf("toban.service");
    expect(await tell("restart", "bot")).toContain("This is Toban itself");
    expect(await said(/Toban restarted by .*back after/)).toMatch(/active/);
    expect(await pidOf("toban.service")).not.toBe(before);
  }, 120_000);

  it("hushes what was stopped by hand, until it is started again", async () => {
    await tell("stop", "shop");
    await said(/🟢.*shop.* stopped in/);
    expect(await stateOf("shop.service")).toBe("inactive");
    const health = async (): Promise<string> => (await operator.toban("health", "shop")).stdout;
    await until("it is said who stopped it", async () => /stopped by/.test(await health()), 60_000);
    expect(await discord.control.messages(discord.opsChannelId)).not.toContainEqual(
      expect.objectContaining({ text: expect.stringMatching(/🔴.*`?shop\b/) as string }),
    );
    await tell("start", "shop");
    await said(/🟢.*shop.* started in/);
    await until("it runs again", async () => !/stopped by/.test(await health()), 60_000);
  }, 180_000);

  it("kills, and the log of actions of all this is whole", async () => {
    await tell("kill", "shop");
    await said(/shop.* killed/);
    const { code, stdout } = await operator.toban("audit", "verify");
    expect(stdout).toMatch(/is whole/);
    expect(code).toBe(0);
    expect((await operator.toban("audit")).stdout).toMatch(/kill.*shop/);
  }, 120_000);
});
