import { appendFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";

import { afterEach, beforeEach, expect, it } from "vitest";

import { logs } from "../../../commands/logs.js";
import { Simulator } from "../../../simulator/index.js";
import { createLogReading } from "../../../src/action/log/reading.js";
import type { Incidents } from "../../../src/answer/incidents.js";
import { createLogs } from "../../../src/answer/logs.js";
import type { Logs } from "../../../src/answer/logs.js";
import { createPanels } from "../../../src/answer/panels.js";
import type { Panels } from "../../../src/answer/panels.js";
import { systemClock } from "../../../src/base/clock.js";
import { silentLogs } from "../../../src/base/log.js";
import { Secret } from "../../../src/base/secret.js";
import type { Catalogue } from "../../../src/locale/index.js";
import { catalogueFor } from "../../../src/locale/index.js";
import { CODE_COLUMNS } from "../../../src/message/block.js";
import { columns } from "../../../src/message/clip.js";
import { toDiscord } from "../../../src/message/to-discord.js";
import type { LogSource } from "../../../src/model/log.js";
import type { PermissionPolicy, Principal, Verb } from "../../../src/model/principal.js";
import { authorize } from "../../../src/permit/authorize.js";
import type { Store } from "../../../src/store/contract.js";
import { openStore } from "../../../src/store/open.js";
import { memoryLedger } from "../../support/discord/bot.js";
import { createDiscord } from "../../support/discord/wired.js";
import type { Discord } from "../../support/discord/wired.js";
import { LogFolder } from "../../support/log/files.js";
import { until } from "../../support/until.js";

interface LogServices {
  readonly incidents: Incidents;
  readonly logs: Logs;
  readonly panels: Panels;
  readonly publicCatalogue: () => Catalogue;
  readonly may: (principal: Principal, verb: Verb, target: string | undefined) => boolean;
}

let discord: Simulator;
let bot: Discord;
let store: Store;
let folder: LogFolder;

/** 40 numbered lines, two of them bad, one with a secret, one that would like to be something else. */
const line = (second: number, text: string): string => `2026-01-05T02:10:${String(second).padStart(2, "0")}Z ${text}\n`;
const CONTENT = [
  ...Array.from({ length: 40 }, (_, index) =>
    line(index, `INFO request ${index} served in a time that makes the line long`),
  ),
  line(41, "ERROR upstream refused"),
  "  at shop.js:3\n",
  line(42, "WARN password=correct-horse-battery"),
  line(43, "INFO ```\u{202E}@everyone \u001b[31mred\u001b[0m <@123456789012345678>"),
].join("");

async function start(policy?: Partial<PermissionPolicy>): Promise<void> {
  const sources: readonly LogSource[] = [
    { name: "shop/error", target: "shop", from: { kind: "file", path: folder.write("error.log", CONTENT) } },
    { name: "shop/empty", target: "shop", from: { kind: "file", path: folder.write("empty.log", "") } },
    { name: "shop/linked", target: "shop", from: { kind: "file", path: join(folder.path, "linked.log") } },
    { name: "bank/error", target: "bank", from: { kind: "file", path: folder.write("bank.log", "money\n") } },
  ];
  symlinkSync("/etc/passwd", join(folder.path, "linked.log"));
  const timezone = (): string => "UTC";
  const current: PermissionPolicy = { guild: discord.guildId, ...policy };
  bot = createDiscord<LogServices>({
    token: new Secret(discord.token),
    apiUrl: discord.apiUrl,
    clock: systemClock,
    log: silentLogs.for("discord"),
    dispatchLog: silentLogs.for("dispatch"),
    random: () => 0.5,
    ledger: memoryLedger(),
    commands: [logs],
    services: {
      incidents: { targetOf: () => undefined },
      logs: createLogs({
        reading: createLogReading({ clock: systemClock, timezone }),
        clock: systemClock,
        sources: () => sources,
        timezone,
      }),
      panels: createPanels(store, systemClock),
      publicCatalogue: () => catalogueFor("en"),
      may: (principal, verb, target) => authorize(principal, verb, target, current).allowed,
    },
    policy: () => current,
    catalogue: catalogueFor,
    locale: () => "en",
    lower: (message, reduced) => toDiscord(message, { form: "answer", reduced }),
    postToChannel: () => Promise.resolve(),
  });
  bot.start();
  await until("the commands to be registered", () => bot.registration().kind === "registered");
}

beforeEach(async () => {
  discord = await Simulator.start({ seed: 3 });
  store = await openStore({ dataDir: undefined, clock: systemClock, log: silentLogs.for("store") });
  folder = new LogFolder();
});
afterEach(async () => {
  await bot.stop();
  await discord.stop();
  await store.close();
  folder[Symbol.dispose]();
});

type Options = Record<string, string | number | boolean>;

async function ask(
  who: string,
  options: Options,
  force = false,
): Promise<NonNullable<Awaited<ReturnType<typeof answerOf>>>> {
  return answerOf(await discord.control.as(who).command("logs", options, { force }));
}

async function answerOf(asked: {
  response(): Promise<{ error: string | null; message: MessageLike | null }>;
}): Promise<MessageLike> {
  const answer = await asked.response();
  if (answer.error !== null || answer.message === null) throw new Error(`no answer: ${answer.error ?? "none"}`);
  return answer.message;
}

interface MessageLike {
  readonly id: string;
  readonly text: string;
  readonly ephemeralFor: string | null;
  readonly components: readonly unknown[];
  readonly attachments?: readonly { readonly filename: string; readonly url: string }[];
}

const buttonOf = (message: MessageLike, label: string): string => {
  const text = JSON.stringify(message.components);
  const found = new RegExp(`"label":"${label}","custom_id":"([^"]+)"`).exec(text);
  if (found?.[1] === undefined) throw new Error(`no button ${label} in ${text}`);
  return found[1];
};
const press = async (who: string, message: MessageLike, label: string): Promise<MessageLike> =>
  answerOf(await discord.control.as(who).press(message.id, buttonOf(message, label)));
const blockOf = (message: MessageLike): readonly string[] =>
  (/```\n([\s\S]*)\n```/.exec(message.text)?.[1] ?? "").split("\n");

it("shows the newest lines to the asker alone, narrow enough for a phone, secrets masked and counted", async () => {
  await start();
  const message = await ask("owner", { source: "shop/error" });
  expect(message.ephemeralFor).not.toBeNull();
  expect(message.text).toMatch(/`shop\/error` · error\.log · last 20 of 02:10 · 1 secret masked/);
  expect(message.text).not.toContain("horse");
  for (const row of blockOf(message)) expect(columns(row)).toBeLessThanOrEqual(CODE_COLUMNS);
  expect(blockOf(message)).toContain("02:10:41 E upstream refused");
  for (const hidden of ["\u{202E}", "\u001b", "@everyone"]) expect(message.text).not.toContain(hidden);
});

it("turns pages both ways, in place, and shows what is written meanwhile", async () => {
  await start();
  const first = await ask("owner", { source: "shop/error", lines: 5 });
  const older = await press("owner", first, "Older");
  expect(older.id).toBe(first.id);
  expect(older.text).toContain("request 38");
  expect(older.text).not.toContain("upstream");
  expect((await press("owner", older, "Newer")).text).toContain("upstream refused");
  appendFileSync(join(folder.path, "error.log"), line(50, "INFO just now"));
  const again = await ask("owner", { source: "shop/error", lines: 1 });
  appendFileSync(join(folder.path, "error.log"), line(51, "INFO even newer"));
  expect((await press("owner", again, "Newer")).text).toContain("even newer");
});

it("shows errors only with what belongs to them, and everything again", async () => {
  await start();
  const first = await ask("owner", { source: "shop/error" });
  const errors = await press("owner", first, "Errors only");
  expect(blockOf(errors).map((row) => row.trim())).toEqual(["02:10:41 E upstream refused", "at shop.js:3"]);
  expect((await press("owner", errors, "All levels")).text).toContain("request 39");
});

it("attaches everything up to the page as a file, masked", async () => {
  await start();
  const first = await ask("owner", { source: "shop/error", lines: 3 });
  const file = await press("owner", first, "As file");
  expect(file.id).not.toBe(first.id);
  expect(file.ephemeralFor).not.toBeNull();
  const url = file.attachments?.[0]?.url ?? "";
  const text = await (await fetch(url)).text();
  expect(text).toContain("2026-01-05T02:10:00Z INFO request 0 served");
  expect(text).toContain("password=<secret>");
  expect(text).not.toContain("horse");
});

it("says what was looked for where when there is nothing, and what to do", async () => {
  await start();
  const message = await ask("owner", { source: "shop/error", contains: "no such thing", since: "2026-01-05" });
  expect(message.text).toMatch(/nothing found/);
  expect(message.text).toMatch(/no such thing/);
  expect(message.text).toMatch(/since 2026-01-05 00:00:00/);
  expect(message.text).toMatch(/The file has .*, from 2026-01-05/);
  expect(message.text).toMatch(/To find more, ask with a shorter text/);
  expect((await ask("owner", { source: "shop/empty" })).text).toMatch(/There is no line in/);
});

it("posts for everybody when asked to, and the buttons stay the asker's", async () => {
  const { people } = await discord.control.identity();
  await start({
    grants: [
      { user: people["owner"] ?? "", may: ["logs"] },
      { user: people["operator"] ?? "", may: ["logs"] },
    ],
  });
  const shared = await ask("owner", { source: "shop/error", lines: 5, share: true });
  expect(shared.ephemeralFor).toBeNull();
  const refused = await press("operator", shared, "Older");
  expect(refused.text).toMatch(/asked by `?owner`?, and only they/);
  expect(refused.ephemeralFor).not.toBeNull();
});

it("lists and reads only what one may", async () => {
  const { people } = await discord.control.identity();
  await start({ grants: [{ user: people["viewer"] ?? "", may: ["logs"], on: ["shop"] }] });
  const offered = await (await discord.control.as("viewer").autocomplete("logs", "source", "error")).first();
  expect(offered.choices?.map((choice) => choice["value"])).toEqual(["shop/error"]);
  expect((await ask("viewer", { source: "shop/error", lines: 1 })).text).toContain("last 1");
  const refused = await ask("viewer", { source: "bank/error" });
  expect(refused.text).toMatch(/You may not read logs of `bank`/);
  expect(refused.text).not.toContain("money");
  expect((await ask("operator", { source: "shop/error" })).text).toMatch(/You may not/);
});

it.each([
  "../../etc/passwd",
  "/etc/passwd",
  "--help",
  "-H host",
  "shop/../bank/error",
  "shop/error/../../etc/passwd",
  "sh\u{202E}op/error",
  "shop/error\u0000.txt",
  "shop/еrror",
  "shop$(id)/error",
  "__proto__",
])("reads nothing for the source %j", async (source) => {
  await start();
  const message = await ask("owner", { source }, true);
  expect(message.text).toMatch(/There is no log called/);
  expect(message.text).not.toMatch(/root:|\u{202E}/u);
});

it("does not follow a link out of the directory, and says so", async () => {
  await start();
  const message = await ask("owner", { source: "shop/linked" });
  expect(message.text).toMatch(/leads out of the configured directory/);
  expect(message.text).not.toContain("root:");
});

it.each([
  [{ since: "soon" }, /since.*does not fit.*a time such as/],
  [{ since: "5m", until: "10m" }, /before “until”/],
  [{ lines: 201 }, /at most 200/],
])("explains what does not fit: %j", async (options, expected) => {
  await start();
  const message = await ask("owner", { source: "shop/error", ...options }, true);
  expect(message.text).toMatch(expected);
});
