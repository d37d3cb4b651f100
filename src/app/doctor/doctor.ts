import type { Clock } from "../../base/clock.js";
import { messageOf } from "../../base/errors.js";
import type { Catalogue } from "../../locale/index.js";
import type { Finding } from "../../model/finding.js";
import type { Settings } from "../settings.js";
import type { Check, Look } from "./check.js";
import { CHECKS } from "./checks/index.js";
import { createDiscordLook } from "./discord-look.js";

/** For everything together: each request has a shorter one of its own. */
const DEADLINE_MS = 60_000;

/** Looks at the whole set-up. A check that fails for a reason of its own is a finding like any other. */
export async function examine(
  settings: Settings,
  clock: Clock,
  catalogue: Catalogue,
  options: { readonly checks?: readonly Check[]; readonly directory?: string; readonly deadlineMs?: number } = {},
): Promise<readonly Finding[]> {
  using deadline = clock.deadline(options.deadlineMs ?? DEADLINE_MS);
  const { signal } = deadline;
  const look: Look = {
    settings,
    clock,
    discord: createDiscordLook(settings, clock, signal),
    words: catalogue.doctor,
    signal,
    directory: options.directory ?? process.cwd(),
  };
  const findings: Finding[] = [];
  // One after the other: what one has asked of Discord the next finds answered.
  for (const check of options.checks ?? CHECKS) findings.push(...(await run(check, look)));
  return findings;
}

async function run(check: Check, look: Look): Promise<readonly Finding[]> {
  try {
    return await check.run(look);
  } catch (thrown) {
    const { found, remedy } = look.words.broken(messageOf(thrown));
    return [{ check: check.name, state: "failed", found, remedy }];
  }
}
