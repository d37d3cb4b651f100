import type { OutboxRow } from "../model/incident.js";
import { newNotice } from "./settle.js";
import type { Trouble } from "./troubles.js";

export interface TroubleNews {
  readonly trouble: Trouble;
  readonly change: "began" | "over";
  /** Where Toban speaks of itself. */
  readonly opsChannel: string;
  /** Rows that wait. */
  readonly held: number;
  readonly id: string;
  readonly now: number;
}

/** What is said of a trouble in the channel that people watch, if anything can be said there. */
export function noticeOf({ trouble, change, opsChannel, held, id, now }: TroubleNews): OutboxRow | undefined {
  const base = { id, channel: opsChannel, now };
  const { channel, detail } = trouble;
  switch (trouble.kind) {
    case "receiver_broken": {
      if (channel === undefined) return undefined;
      if (change === "over") {
        return newNotice({ ...base, severity: "info", key: "receiver_back", values: { channel, held } });
      }
      // A channel that cannot be written to cannot be told so.
      if (channel === opsChannel) return undefined;
      return newNotice({ ...base, severity: "critical", key: "receiver_broken", values: { channel, detail, held } });
    }
    case "edge_block": {
      if (change === "began") return undefined;
      const seconds = Math.round((now - trouble.since) / 1_000);
      return newNotice({ ...base, severity: "warning", key: "edge_block", values: { seconds } });
    }
    // The process says these by its exit code, its fallback and its log.
    case "refused":
    case "history_unreadable":
    default:
      return undefined;
  }
}
