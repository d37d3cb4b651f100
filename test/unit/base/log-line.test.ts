import { describe, expect, it } from "vitest";

import { readableLine } from "../../../src/base/log-line.js";
import { createLogs } from "../../../src/base/log.js";
import type { LogOptions } from "../../../src/base/log.js";
import { fc } from "../../support/fast-check.js";

const ESC = String.fromCodePoint(0x1b);
const TIME = "2026-03-01T14:02:11.000Z";

function line(fields: Readonly<Record<string, unknown>>, colour: boolean = false): string {
  return readableLine(JSON.stringify({ level: "warn", time: TIME, room: "discord", msg: "out of reach", ...fields }), {
    colour,
  });
}

/** What a logger writes, as it comes out. */
function written(options: Partial<LogOptions>, log: (logs: ReturnType<typeof createLogs>) => void): string {
  let out = "";
  const destination = { write: (text: string) => void (out += text) };
  log(createLogs({ level: "info", destination, ...options }));
  return out;
}

describe("a line of the log for people", () => {
  it("has the host's time, the level in words, the room, the message, and the fields by name", () => {
    expect(line({ detail: "ECONNREFUSED", attempt: 2, pause: { ms: 5 } })).toMatch(
      /^\d\d:02:11 WARN  discord {3}out of reach · detail ECONNREFUSED · attempt 2 · pause \{"ms":5\}\n$/u,
    );
  });

  it("colours the level alone, and only where colours are shown", () => {
    expect(line({})).not.toContain(ESC);
    expect(line({}, true)).toContain(`${ESC}[33mWARN ${ESC}[0m`);
  });

  it("shows where an error came from", () => {
    const [head, ...more] = line({ err: { message: "no", stack: "Error: no\n    at there (file.js:1:2)" } }).split(
      "\n",
    );
    expect(head).not.toContain("file.js");
    expect(more).toEqual(["  Error: no", "      at there (file.js:1:2)", ""]);
  });

  it("lets nothing through that moves the cursor, hides, or turns the writing round", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const shown = line({ msg: text, detail: text, list: [text], err: { message: text } });
        expect(shown.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  it.each(["", "no JSON", "7", '"text"', "null"])("is left as it is when it is none: %j", (text) => {
    expect(readableLine(text, { colour: false })).toBe(text);
  });
});

describe("the format", () => {
  it("is JSON unless it is said otherwise; secrets are masked in both", () => {
    const log = (logs: ReturnType<typeof createLogs>): void =>
      logs.for("app").info({ detail: "password=hunter2secret" }, "began");
    expect(JSON.parse(written({}, log))).toMatchObject({ level: "info", room: "app", msg: "began" });
    const pretty = written({ format: "pretty" }, log);
    expect(pretty).toMatch(/^\d\d:\d\d:\d\d INFO  app {7}began · detail password=<secret>\n$/u);
  });
});
