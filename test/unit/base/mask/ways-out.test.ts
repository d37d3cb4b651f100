import { describe, expect, it } from "vitest";

import { maskLines } from "../../../../src/action/log/mask-lines.js";
import { detailOf } from "../../../../src/action/systemd/failure.js";
import { createLogs, silentLogs } from "../../../../src/base/log.js";
import { shown } from "../../../../src/config/problem.js";
import { en } from "../../../../src/locale/en/index.js";
import { logFile, renderLogs } from "../../../../src/message/logs.js";
import { toDiscord } from "../../../../src/message/to-discord.js";
import { toPlain } from "../../../../src/message/to-plain.js";
import type { LogView } from "../../../../src/model/log.js";
import { newRecord } from "../../../../src/operate/plan.js";
import { runProbe } from "../../../../src/probe/run.js";
import { FakeClock } from "../../../support/fake-clock.js";
import { UNSEEN, seenIn } from "../../../support/hidden.js";
import { targetOf } from "../../../support/probe.js";

const VALUE = "planted-value-4711";
/** The password with something unseen within its name, before its separator and within itself. */
const PLANTED = Object.entries(UNSEEN).flatMap(([name, what]) => [
  [`${name} in the name`, `pass${what}word=${VALUE}`],
  [`${name} before the separator`, `{\n  "password"${what}: "${VALUE}"\n}`],
  [`${name} in the value`, `password=planted${what}-value-4711`],
]);

function leaksOf(text: string): readonly string[] {
  return [VALUE, "value-4711"].filter((part) => seenIn(text).includes(part));
}

async function viewOf(text: string): Promise<LogView> {
  const { lines, count } = await maskLines(new FakeClock(), text.split("\n"));
  return {
    source: "shop",
    from: { kind: "file", path: "/var/log/shop.log" },
    query: { lines: 20 },
    page: { lines: lines.map((raw) => ({ text: raw, raw })), secrets: count, events: [], searchedBytes: 0 },
    turned: false,
    timezone: "UTC",
  };
}

describe.each(PLANTED)("%s", (_, planted) => {
  it("is not in a page of a log, as a block, as a file or in a terminal", async () => {
    const view = await viewOf(planted);
    expect(view.page.secrets).toBeGreaterThanOrEqual(1);
    const message = renderLogs(view, {}, en);
    expect(leaksOf(JSON.stringify(toDiscord(message, { form: "answer" })))).toEqual([]);
    expect(leaksOf(toDiscord(message, { form: "answer" }).content ?? "")).toEqual([]);
    expect(leaksOf(JSON.stringify(message))).toEqual([]);
    expect(leaksOf(toPlain(message, { width: 80 }))).toEqual([]);
    expect(leaksOf(String(logFile(view, en).content))).toEqual([]);
  });

  it("is not in the facts or the failure of a run", async () => {
    const deps = { clock: new FakeClock(), log: silentLogs.for("probe") };
    const mismatch = { what: "body", expected: "ok", found: planted } as const;
    const facts = { kind: "http", url: "http://a.example.test/", status: 500, mismatch } as const;
    for (const result of [
      { status: "ok", samples: [], facts },
      { status: "failed", failure: "not_permitted", detail: planted },
    ] as const) {
      const run = await runProbe(
        { run: async () => result },
        targetOf("web"),
        "web-1",
        deps,
        new AbortController().signal,
      );
      const told = run.result.status === "failed" ? run.result.detail : JSON.stringify(run.result.facts);
      expect(leaksOf(told)).toEqual([]);
    }
  });

  it("is not in our own log", () => {
    const lines: string[] = [];
    const logs = createLogs({ level: "trace", destination: { write: (line) => void lines.push(line) } });
    logs.for("probe").error({ err: new Error(planted), detail: planted }, "failed");
    const [line = ""] = lines;
    expect(leaksOf(line)).toEqual([]);
    expect(leaksOf((JSON.parse(line) as { detail: string }).detail)).toEqual([]);
  });

  it("is not in a complaint about the configuration, the words of a program, or a plan's reason", () => {
    expect(leaksOf(shown(planted))).toEqual([]);
    expect(leaksOf(detailOf(planted))).toEqual([]);
    const principal = { kind: "cli", uid: 0, name: "ann" } as unknown as Parameters<typeof newRecord>[0]["principal"];
    const request = { principal, target: "web", action: "restart", reason: planted } as const;
    expect(leaksOf(newRecord(request, { kind: "unit", unit: "web.service" } as never, new FakeClock()).reason)).toEqual(
      [],
    );
  });
});
