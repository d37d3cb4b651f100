import { expect, it } from "vitest";

import type { Logs } from "../../../src/answer/logs.js";
import { UserError } from "../../../src/base/errors.js";
import type { LogLine, LogPage } from "../../../src/model/log.js";
import { countNewErrors } from "../../../src/operate/new-errors.js";

const SINCE = 1_000;
const NEVER = new AbortController().signal;
const line = (at: number, level: LogLine["level"] & string = "error"): LogLine => ({ at, level, text: "x", raw: "x" });

function logs(pages: Readonly<Record<string, LogPage | UserError>>): Pick<Logs, "sources" | "read"> {
  return {
    sources: () =>
      Object.keys(pages).map((name) => ({
        name,
        target: name.split("/")[0] ?? "",
        from: { kind: "file", path: "/log" },
      })),
    read: async ({ source, query }) => {
      const page = pages[source];
      if (!page || page instanceof UserError) throw page ?? new Error("no such page");
      return { source, from: { kind: "file", path: "/log" }, query, page, turned: false, timezone: "UTC" };
    },
  };
}

const page = (lines: readonly LogLine[], events: LogPage["events"] = []): LogPage => ({
  lines,
  secrets: 0,
  events,
  searchedBytes: 0,
});

it("counts error lines of the target's own logs from the moment on", async () => {
  const given = logs({
    "shop/a": page([line(999), line(1_000), line(2_000), line(2_000, "info")]),
    "shop/b": page([line(3_000)]),
    "web/a": page([line(3_000)]),
  });
  expect(await countNewErrors(given, "shop", SINCE, NEVER)).toBe(3);
});

it("says nothing where no log can be believed", async () => {
  const given = logs({
    "shop/a": page([line(2_000)], ["unstamped"]),
    "shop/b": new UserError("log_unreadable"),
    "web/a": page([]),
  });
  expect(await countNewErrors(given, "shop", SINCE, NEVER)).toBeUndefined();
  expect(await countNewErrors(given, "web", SINCE, NEVER)).toBe(0);
  expect(await countNewErrors(given, "nothing", SINCE, NEVER)).toBeUndefined();
});

it("counts what was written since while the clock went back", async () => {
  const given = logs({ "shop/a": page([line(2_000), line(500)], ["stepped_back"]) });
  expect(await countNewErrors(given, "shop", SINCE, NEVER)).toBe(2);
});
