import { describe, expect, it } from "vitest";

import { warnIfSlow } from "../../../src/base/slow.js";
import { createLogs } from "../../../src/base/log.js";

describe("slow calls", () => {
  it("are warned of from one second on, with what they were and how long they took", () => {
    const lines: string[] = [];
    const log = createLogs({ level: "info", destination: { write: (line) => void lines.push(line) } }).for("store");
    warnIfSlow(log, "store read", 1_000);
    warnIfSlow(log, "store read", 1_000.6, { transaction: "alive" });
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      expect.objectContaining({
        level: "warn",
        msg: "slow call",
        what: "store read",
        duration_ms: 1_001,
        transaction: "alive",
      }),
    ]);
  });
});
