import { describe, expect, it } from "vitest";

import { logs } from "../../../commands/logs.js";
import { UserError } from "../../../src/base/errors.js";
import { en } from "../../../src/locale/en/index.js";
import { renderLogs } from "../../../src/message/logs.js";
import { toDiscord } from "../../../src/message/to-discord.js";
import type { LogLine, LogSource, LogView } from "../../../src/model/log.js";
import type { Principal } from "../../../src/model/principal.js";

const principal: Principal = { kind: "local", uid: 1, name: "operator" };
const source = (name: string): LogSource => ({
  name,
  target: name.split("/")[0] ?? "",
  from: { kind: "file", path: `/var/log/${name}.log` },
});

const services = (mayRead: readonly string[], panel?: unknown): Parameters<typeof logs.execute>[1] => ({
  logs: {
    sources: () => ["shop", "shop/error", "bank/error", "web/shop"].map(source),
    moment: () => undefined,
    read: () => Promise.reject(new Error("not read here")),
  },
  panels: { open: () => "id", read: () => panel },
  publicCatalogue: () => en,
  incidents: { targetOf: () => undefined },
  may: (_principal, verb, target) => verb === "logs" && mayRead.includes(target ?? ""),
});

const request = { principal, options: {}, locale: "en", signal: new AbortController().signal };

describe("what is offered while one types", () => {
  it("is only what one may read, what begins so first", () => {
    const offered = logs.complete?.("source", " SHOP", request, services(["shop", "web"])) ?? [];
    expect(offered.map(({ value }) => value)).toEqual(["shop", "shop/error", "web/shop"]);
    expect(logs.complete?.("source", "error", request, services(["bank"]))).toEqual([
      { name: "bank/error", value: "bank/error" },
    ]);
  });
});

describe("a button", () => {
  it.each(["logs-older", "logs-newer", "logs-errors", "logs-file"])("%s says kindly when it has expired", (name) => {
    const press = logs.presses?.[name];
    expect(press?.verb).toBe("logs");
    const act = (): unknown => press?.targetOf("id", services([]));
    expect(act).toThrow(new UserError("expired", { command: "logs" }));
  });

  it("is about the target of its log", () => {
    const panel = { source: "shop/error", query: {}, share: false, owner: "1", ownerName: "operator" };
    expect(logs.presses?.["logs-older"]?.targetOf("id", services([], panel))).toBe("shop");
  });
});

describe("a page too long for a message", () => {
  const lines = Array.from({ length: 200 }, (_, index): LogLine => {
    const text = `request ${index} ${"x".repeat(60)}`;
    return { at: Date.UTC(2026, 0, 5, 2, 10) + index * 1_000, level: "info", text, raw: text };
  });
  const view: LogView = {
    source: "shop/error",
    from: { kind: "file", path: "/var/log/shop/error.log" },
    query: { lines: 200 },
    page: { lines, secrets: 0, events: [], searchedBytes: 0 },
    turned: false,
    timezone: "UTC",
  };

  it("shows the newest lines, and attaches all of them", () => {
    const body = toDiscord(renderLogs(view, { file: "v1:logs-file:1" }, en), { form: "answer" });
    const description = body.embeds[0]?.description ?? "";
    expect(description.length).toBeLessThanOrEqual(4_096);
    expect(description).toContain("request 199 ");
    expect(description.split("\n").length).toBeLessThanOrEqual(34);
    expect(description).toContain("Here the newest 10 lines; all 200 are in the attached file.");
    expect(body.files[0]?.content).toContain("request 0 ");
  });

  it("tells days apart when there are several", () => {
    const late = lines.map((line, index) => ({ ...line, at: (line.at ?? 0) + (index > 197 ? 86_400_000 : 0) }));
    const { block = "", summary } = renderLogs({ ...view, page: { ...view.page, lines: late } }, {}, en);
    expect(block).toContain("— 2026-01-06 —");
    expect(JSON.stringify(summary)).toContain("2026-01-05 02:10–2026-01-06 02:13");
  });
});
