import { existsSync } from "node:fs";
import { join } from "node:path";

import type { Clock } from "../base/clock.js";
import { EXIT } from "../cli/exit-code.js";
import type { ExitCode } from "../cli/exit-code.js";
import type { Catalogue } from "../locale/index.js";
import { oneLine } from "../message/sanitize.js";
import type { Finding } from "../model/finding.js";
import { STORE_FILE } from "../store/file.js";
import { channels } from "./doctor/checks/channels.js";
import { guild } from "./doctor/checks/guild.js";
import { token } from "./doctor/checks/token.js";
import { examine } from "./doctor/doctor.js";
import type { Settings } from "./settings.js";

/** A Discord that does not answer is no reason to wait: the bot starts, and goes on trying. */
const PATIENCE_MS = 5_000;

export interface FirstContact {
  /** What to say, in one sentence with what to do; undefined: nothing stands in the way. */
  readonly sentence?: string;
  /** With what to end; undefined: go on. */
  readonly code?: ExitCode;
}

/**
 * Before the first start on a data directory: does Discord take the token, is the bot in the server, may it write in the channels? Only what
 * Discord itself says is final. A bot that has been at work before is not kept from it by what may be given back to it.
 */
export async function firstContact(settings: Settings, clock: Clock, catalogue: Catalogue): Promise<FirstContact> {
  if (existsSync(join(settings.config.dataDir, STORE_FILE))) return {};
  const findings = await examine(settings, clock, catalogue, {
    checks: [token, guild, channels],
    deadlineMs: PATIENCE_MS,
  });
  const final = findings.filter((finding) => finding.final);
  const [first, ...more] = [...final.filter(isInTheWay), ...final.filter((finding) => !isInTheWay(finding))];
  if (first === undefined) return {};
  const sentence = oneLine(catalogue.cli.firstContact(first.found, first.remedy ?? "", more.length));
  // What Discord refuses can still be told elsewhere.
  if (first.refused) return settings.secrets.fallbackUrl ? { sentence } : { sentence, code: EXIT.refused };
  return isInTheWay(first) ? { sentence, code: EXIT.usage } : { sentence };
}

/** Without a thread its line is a reply in the channel, so that a permission for threads may be missing. */
function isInTheWay({ optional }: Finding): boolean {
  return optional !== true;
}
