import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { createAnswers } from "../../../src/answer/answers.js";
import type { Answers } from "../../../src/answer/answers.js";
import { createPanels } from "../../../src/answer/panels.js";
import { silentLogs } from "../../../src/base/log.js";
import { en } from "../../../src/locale/en/index.js";
import { renderHealth } from "../../../src/message/health.js";
import { renderPing } from "../../../src/message/ping.js";
import { renderTarget } from "../../../src/message/target.js";
import { toPlain } from "../../../src/message/to-plain.js";
import type { OwnNumbers } from "../../../src/model/contract/probe.js";
import type { HostFacts } from "../../../src/model/facts.js";
import type { Run } from "../../../src/model/run.js";
import type { Target } from "../../../src/model/target.js";
import type { Store } from "../../../src/store/contract.js";
import { openStore } from "../../../src/store/open.js";
import { MINUTE, NOON, anAlert } from "../../support/alerts.js";
import { FakeClock } from "../../support/fake-clock.js";
import { aFailedRun, aRun, aTarget, samplesOf } from "../../support/runs.js";

const DAY = 24 * 60 * MINUTE;
const GIB = 1024 ** 3;

const own: OwnNumbers = {
  version: "0.3.0",
  startedAt: NOON - 12 * DAY,
  storeMode: "file",
  outboxPending: 0,
  outboxOldestSeconds: 0,
  outboxDead: 0,
  scrapeOverruns: 0,
  commandsPerMinute: 1,
  gateway: "ready",
  requestsPerMinute: 3,
  rateLimitedTotal: 0,
  invalidTotal: 0,
};

const host = aTarget("host", "host");
const self = aTarget("toban", "self");
const discord = aTarget("discord", "discord");
const bot = aTarget("shop-bot", "unit");
const web = aTarget("web", "http");
const backup = aTarget("backup", "unit");
const targets = [host, bot, web, backup, self, discord];

const hostFacts: HostFacts = {
  kind: "host",
  top: [
    { pid: 10, name: "postgres", cpuRatio: 0.11, residentBytes: GIB },
    { pid: 11, name: "node", cpuRatio: 0.06, residentBytes: GIB },
    { pid: 12, name: "idle", cpuRatio: 0, residentBytes: GIB },
  ],
  cores: 2,
  memoryBytes: 4 * GIB,
  bootedAt: NOON - DAY,
  mounts: [],
  notPermitted: [
    { what: "open files of other users", needs: "CAP_SYS_PTRACE" },
    { what: "/srv", needs: "nfs4 nas:/srv to answer", because: "silent" },
  ],
};

const unitFacts = {
  kind: "unit",
  unit: "shop-bot.service",
  load: "loaded",
  active: "active",
  sub: "running",
  since: NOON - 12 * DAY,
} as const;

const hostRun = aRun(
  host,
  {
    host_cpu_used_ratio: 0.12,
    host_load_1m: 0.4,
    host_memory_used_ratio: 0.41,
    "host_disk_used_ratio{mount=/}": 0.63,
    "host_disk_used_ratio{mount=/boot}": 0.2,
  },
  hostFacts,
);
const botRun = aRun(bot, { unit_active: 1, unit_memory_bytes: 118 * 1024 ** 2 }, unitFacts);
const webRun = aRun(web, {
  http_status_code: 200,
  http_duration_seconds: 0.014,
  http_certificate_not_after_seconds: NOON / 1_000 + 61 * 86_400,
});
const selfRun = aRun(self, {
  toban_loop_lag_seconds: 0.0012,
  toban_store_read_seconds: 0.0004,
  toban_store_success_ratio: 1,
  toban_cpu_ratio: 0.004,
  toban_resident_bytes: 96 * 1024 ** 2,
  toban_commands_p50_seconds: 0.012,
  toban_commands_p95_seconds: 0.04,
});
const discordRun = aRun(discord, { discord_gateway_seconds: 0.042, discord_rest_seconds: 0.088 });
const runs = [hostRun, botRun, webRun, selfRun, discordRun, aFailedRun(backup, "not_permitted", "Access denied")];

let store: Store;
let clock: FakeClock;

beforeEach(async () => {
  clock = new FakeClock(NOON);
  store = await openStore({ dataDir: undefined, clock, log: silentLogs.for("store") });
});

afterEach(() => store.close());

function answersFor(
  given: readonly Run[],
  over: { own?: OwnNumbers; targets?: readonly Target[]; store?: Store } = {},
): Answers {
  const answers = createAnswers({
    store: over.store ?? store,
    clock,
    host: "web-1",
    targets: () => over.targets ?? targets,
    rules: () => [],
    kinds: [],
    own: () => over.own ?? own,
  });
  for (const run of given) answers.observe(run);
  return answers;
}

function health(answers: Answers, request: Parameters<Answers["health"]>[0] = {}): string {
  const answer = answers.health(request);
  const message = answer.of === "host" ? renderHealth(answer.view, {}, en) : renderTarget(answer.view, {}, en);
  return toPlain(message, { width: 300, now: clock.now() });
}

const ping = (answers: Answers): string => toPlain(renderPing(answers.ping(), en), { width: 120, now: NOON });

describe("/health", () => {
  it("shows the whole on one screen, bad news first, then the configuration's order", () => {
    expect(health(answersFor(runs))).toBe(
      [
        "⚪ unknown · web-1 · 4 targets · 1 unknown",
        "┃ CPU 12 % · load 0.4 · memory 41 % · disk / 63 %",
        "┃ ⚪ backup  not permitted to measure (Access denied)",
        "┃ 🟢 shop-bot  active 12 d · 118 MiB",
        "┃ 🟢 web  200 in 14 ms · certificate 61 d",
        "┃ busy: postgres 11 % · node 6 % · as of 4 s ago",
      ].join("\n"),
    );
  });

  it("puts what burns at the top, with value and limit", async () => {
    const slow = anAlert({
      rule: "HttpSlow",
      target: "web",
      severity: "warning",
      value: 1.2,
      limit: { op: ">", value: 1 },
      labels: {},
    });
    await store.write("test", (tables) => {
      tables.alerts.put(slow);
      tables.alerts.put(anAlert({ target: "shop-bot", rule: "UnitFailed", labels: {}, state: "resolved" }));
    });
    const lines = health(answersFor(runs)).split("\n");
    expect(lines[0]).toBe("🟡 warning · web-1 · 4 targets · 1 warning, 1 unknown");
    expect(lines[2]).toBe("┃ 🟡 web  answers in 1.2 s (limit 1 s) · 200 in 14 ms · certificate 61 d");
  });

  it("shows a bad answer at once, before an alert has come of it", () => {
    const bad = samplesOf({ probe_success: 0 }).map((sample) => ({ ...sample, reason: "refused" as const }));
    const run = { ...webRun, samples: bad, result: { status: "ok" as const, samples: bad } };
    expect(health(answersFor([run]))).toContain("🟡 web  refused the connection");
  });

  it("gives the age of what is older than two intervals, and no numbers as if they were fresh", async () => {
    const answers = answersFor(runs);
    await clock.advance(3 * MINUTE);
    const text = health(answers);
    expect(text).toContain("⚪ shop-bot  not measured for 3 min");
    expect(text).toContain("CPU 12 % · load 0.4 · memory 41 % · disk / 63 % (3 min old)");
    expect(text).not.toContain("busy");
    expect(text).not.toContain("as of");
  });

  it("says that nothing has been measured yet", () => {
    const text = health(answersFor([]));
    expect(text).toContain("⚪ unknown · web-1 · 4 targets · nothing measured yet");
    expect(text).toContain("⚪ web  not measured yet");
  });

  it("leaves well targets out when only problems are asked for", () => {
    const text = health(answersFor(runs), { onlyProblems: true });
    expect(text).toContain("backup");
    expect(text).not.toContain("shop-bot");
    const well = [hostRun, botRun, webRun, selfRun, discordRun];
    expect(health(answersFor(well, { targets: [host, bot, web, self, discord] }), { onlyProblems: true })).toContain(
      "No problems.",
    );
  });

  it("shows who may not see details only verdict, counts and titles: no process, no path, no number", () => {
    const text = health(answersFor(runs), { maySee: () => false });
    expect(text).toBe(["⚪ unknown · web-1 · 4 targets · 1 unknown", "┃ ⚪ backup", "┃ as of 4 s ago"].join("\n"));
  });

  it("stays within ten lines for many targets, and names what it counts", () => {
    const many = Array.from({ length: 40 }, (_unused, index) => aTarget(`unit-${index}`, "unit"));
    const text = health(
      answersFor([hostRun, ...many.map((target) => aRun(target, { unit_active: 1 }, unitFacts))], {
        targets: [host, ...many],
      }),
    );
    expect(text.split("\n").length).toBeLessThanOrEqual(10);
    expect(text).toContain("34 more well: unit-6, unit-7");
    expect(text).toMatch(/and \d+ more/u);
  });

  it("tells how the fullest disk grows, from the samples of the last day", async () => {
    for (let hour = 24; hour > 0; hour -= 1) {
      const at = NOON - hour * 60 * MINUTE;
      const run = aRun(host, { "host_disk_available_bytes{mount=/}": 18 * GIB + (hour / 24) * 0.2 * GIB }, undefined, {
        at,
      });
      await store.write("test", (tables) => tables.samples.append(run));
    }
    while (await store.upkeep());
    const text = health(answersFor(runs));
    expect(text).toMatch(/disk \/ 63 % \(\+0\.2 GiB\/d\)|disk \/ 63 % \(\+20\d MiB\/d\)/u);
  });

  it("answers from the store after a restart, before anything new has been measured", async () => {
    await store.write("test", (tables) => tables.runs.put(webRun));
    expect(health(answersFor([]))).toContain("🟢 web  200 in 14 ms");
  });

  it("takes no run of another kind for a target whose name was given anew", () => {
    expect(health(answersFor([{ ...webRun, kind: "unit" }]))).toContain("⚪ web  not measured yet");
  });
});

describe("/health <target>", () => {
  it("gives everything about one, the numbers with their units", async () => {
    await store.write("test", (tables) => {
      tables.alerts.put(
        anAlert({ rule: "UnitRestarted", target: "shop-bot", severity: "warning", value: 1, labels: {} }),
      );
    });
    const text = health(answersFor(runs), { target: "shop-bot" });
    expect(text).toContain("🟡 warning · web-1 · shop-bot · restarted 1 × in 10 min");
    expect(text).toContain("systemd unit, measured every 15 s · last 4 s ago in 3 ms · last change 7 min ago");
    expect(text).toContain("shop-bot.service");
    expect(text).toContain("memory 118 MiB");
  });

  it("says what may not be measured and what it would take", () => {
    expect(health(answersFor(runs), { target: "host" })).toContain(
      "open files of other users: not permitted (needs CAP_SYS_PTRACE)",
    );
    expect(health(answersFor(runs), { target: "host" })).toContain("/srv: no answer (needs nfs4 nas:/srv to answer)");
  });

  it("attaches what has no room, counted", () => {
    const values = Object.fromEntries(Array.from({ length: 30 }, (_unused, index) => [`unit_number_${index}`, index]));
    const answer = answersFor([aRun(bot, values, unitFacts)]).health({ target: "shop-bot" });
    if (answer.of !== "target") throw new Error("expected one target");
    const message = renderTarget(answer.view, {}, en);
    expect(message.lines.length).toBeLessThanOrEqual(10);
    expect(toPlain(message, { width: 200 })).toContain("21 more numbers, attached");
    expect(String(message.files[0]?.content)).toContain("unit_number_29  29");
  });

  it("refuses a name that nothing has", () => {
    expect(() => answersFor(runs).health({ target: "nope" })).toThrow(
      expect.objectContaining({ code: "unknown_target" }),
    );
  });
});

describe("/ping", () => {
  it("says it in five lines when all is within target", () => {
    expect(ping(answersFor(runs))).toBe(
      [
        "🟢 well · 42 ms gateway · 88 ms API · database 0.4 ms · loop 1.2 ms",
        "┃ light load (3 requests/min of 3,000): all within target",
        "┃ commands 12 ms, p95 40 ms · 100 % of transactions succeeded",
        "┃ bot 0.4 % CPU · 96 MiB · up 12 d · outbox empty · toban 0.3.0",
        "┃ host 12 % CPU · 41 % memory · 63 % disk",
      ].join("\n"),
    );
  });

  it("names what is outside its band, the worst first, with target and tolerance", () => {
    const slow = aRun(discord, { discord_gateway_seconds: 0.042, discord_rest_seconds: 0.6 });
    const text = ping(answersFor([...runs, slow, aRun(host, { host_memory_used_ratio: 0.75 })]));
    expect(text).toContain(
      "🔴 critical · API 600 ms (tolerated 200 ms) · host memory 75 % (target 70 %) · 42 ms gateway · database",
    );
    // The first line names the number once: as what is out of bounds, not again among the usual ones.
    expect(text.slice(0, text.indexOf("┃")).match(/API/g)).toHaveLength(1);
    expect(text).toContain(": 2 outside target");
    const lines = text.split("\n");
    const listed = lines.findIndex((line) => line.includes(": 2 outside target"));
    expect(lines[listed + 1]).toBe("┃ 🔴 API 600 ms (target 100 ms, tolerated 200 ms)");
    expect(lines[listed + 2]).toBe("┃ 🟡 host memory 75 % (target 70 %, tolerated 80 %)");
  });

  it("tolerates more under load", () => {
    const busy = { ...own, requestsPerMinute: 60 };
    const slower = aRun(discord, { discord_gateway_seconds: 0.042, discord_rest_seconds: 0.25 });
    expect(ping(answersFor([...runs, slower], { own: busy }))).toContain(
      "heavy load (60 requests/min of 3,000): all within target",
    );
    expect(ping(answersFor([...runs, slower]))).toContain("API 250 ms (target 100 ms, tolerated 200 ms)");
  });

  it("gives the age of a reading that is old", async () => {
    const answers = answersFor(runs);
    await clock.advance(3 * MINUTE);
    expect(ping(answers)).toContain("88 ms API (3 min old)");
  });

  it("says what is known before anything has been measured", () => {
    const text = ping(answersFor([], { own: { ...own, gateway: "connecting" } }));
    expect(text).toContain("🟡 warning · gateway connecting");
    expect(text).not.toMatch(/undefined|NaN/u);
  });

  it("tells a store that cannot be written, and messages that were given up", () => {
    const text = ping(
      answersFor(runs, {
        own: {
          ...own,
          storeMode: "memory",
          storeTrouble: "full",
          outboxDead: 2,
          outboxPending: 3,
          outboxOldestSeconds: 5,
        },
      }),
    );
    expect(text).toContain("store not writable (full), working from memory");
    expect(text).toContain("2 messages given up");
    expect(text).toContain("outbox 3, oldest 5 s");
  });

  it("does not touch the store", () => {
    const answers = answersFor(runs);
    const sealed = { ...own };
    const untouchable = createAnswers({
      store: { read: (work) => store.read(work) },
      clock,
      host: "web-1",
      targets: () => targets,
      rules: () => [],
      kinds: [],
      own: () => sealed,
    });
    void store.close();
    for (const run of runs) untouchable.observe(run);
    expect(ping(untouchable)).toBe(ping(answers));
  });
});

describe("the state behind buttons", () => {
  it("lives fifteen minutes, over a restart too", async () => {
    const panels = createPanels(store, clock);
    const id = panels.open("view", { onlyProblems: true });
    expect(panels.read(id)).toEqual({ onlyProblems: true });
    await clock.advance(14 * MINUTE);
    expect(createPanels(store, clock).read(id)).toEqual({ onlyProblems: true });
    await clock.advance(2 * MINUTE);
    expect(panels.read(id)).toBeUndefined();
    expect(createPanels(store, clock).read(id)).toBeUndefined();
    expect(panels.read("never-was")).toBeUndefined();
  });
});
