import type { Clock } from "../../base/clock.js";
import type { Catalogue } from "../../locale/index.js";
import type { Finding, FindingState } from "../../model/finding.js";
import type { Settings } from "../settings.js";
import type { DiscordLook } from "./discord-look.js";

/** What every check is given. */
export interface Look {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly discord: DiscordLook;
  readonly words: Catalogue["doctor"];
  readonly signal: AbortSignal;
  /** Where `.env` is looked for. */
  readonly directory: string;
}

/** One thing that can be wrong with a set-up. Goes as far as it can and never rejects for what it finds. */
export interface Check {
  readonly name: string;
  run(look: Look): Promise<readonly Finding[]>;
}

/** Findings of one check, with fewer words. */
export function findingsOf(check: string): {
  readonly well: (found: string) => Finding;
  readonly skipped: (found: string) => Finding;
  readonly wrong: (state: Extract<FindingState, "warning" | "failed">, said: Said) => Finding;
} {
  return {
    well: (found) => ({ check, state: "well", found }),
    skipped: (found) => ({ check, state: "skipped", found }),
    wrong: (state, { found, remedy }) => ({ check, state, found, remedy }),
  };
}

/** A fault in words: what was found, and the one thing to do. */
export interface Said {
  readonly found: string;
  readonly remedy: string;
}
