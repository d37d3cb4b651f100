import { createInterface } from "node:readline/promises";
import { userInfo } from "node:os";

import { systemClock } from "../../base/clock.js";
import { silentLogs } from "../../base/log.js";
import { plain } from "../../base/text.js";
import type { ActCall } from "../../cli/commands/acting.js";
import { EXIT } from "../../cli/exit-code.js";
import type { CliOutput, OutputFormat, Printed } from "../../cli/printed.js";
import { renderPlan, renderProgress, renderResult } from "../../message/action.js";
import type { ActionRecord } from "../../model/action-record.js";
import type { OwnNumbers } from "../../model/contract/probe.js";
import type { Principal } from "../../model/principal.js";
import type { Run } from "../../model/run.js";
import { probeKinds } from "../../probe/index.js";
import { createRunner } from "../../probe/runner.js";
import { lastOwnNumbers } from "../housekeeping.js";
import { createOperating } from "../operating.js";
import { withGuest } from "./guest.js";
import type { Guest } from "./guest.js";
import { inTerminal } from "./terminal.js";

const LOGS = silentLogs;

/**
 * An action from a terminal, beside the running bot: the same store, the same plan, claim, record and verification. The result stands here and goes
 * through the outbox, so that the bot tells everybody. Ends with 2 for what is refused, and with 3 for what did not come off.
 */
export function act(output: CliOutput, call: ActCall, format: OutputFormat): Promise<Printed> {
  return withGuest(async (guest) => {
    const { catalogue, settings, store } = guest;
    const { host } = settings.config;
    const words = catalogue.action.cli;
    const principal = localPrincipal();
    const operate = createOperating(
      { clock: systemClock, logs: LOGS, store, settings: () => settings },
      { measure: (target, signal) => measureOnce(guest, target, signal), onCommitted: () => undefined },
    );
    try {
      const { action, target, reason } = call;
      const view = await operate.plan({ principal, action, target, ...(reason === undefined ? {} : { reason }) });
      const { id } = view.record;
      output.err(inTerminal(renderPlan(view, undefined, catalogue)));
      if (!call.yes && !isTerminal()) {
        await operate.cancel(id, principal);
        return { code: EXIT.usage, complaint: words.sayYes(action, target) };
      }
      if (!call.yes && !(await confirmed(words.question))) {
        return printed(await operate.cancel(id, principal), undefined, plain(words.nothingDone), format);
      }
      const underway = await operate.approve(id, principal);
      const { record, watchMs } = await operate.progress(underway);
      if (record.state === "started") output.err(inTerminal(renderProgress(record, watchMs, catalogue)));
      const ended = await underway.ended;
      return printed(ended, guest.running, inTerminal(renderResult({ record: ended, host }, catalogue)), format);
    } finally {
      await operate.stop();
    }
  });
}

function printed(record: ActionRecord, running: boolean | undefined, text: string, format: OutputFormat): Printed {
  const { means: _means, holder: _holder, ...facts } = record;
  const well = record.state === "done" || record.state === "cancelled";
  return {
    code: well ? EXIT.well : EXIT.failed,
    output: format === "json" ? JSON.stringify({ ...facts, told: running ?? false }, undefined, 2) : text,
  };
}

function localPrincipal(): Principal {
  const uid = process.getuid?.() ?? -1;
  try {
    return { kind: "local", uid, name: userInfo().username };
  } catch {
    // A user id without an entry in the password file.
    return { kind: "local", uid, name: "" };
  }
}

function isTerminal(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

async function confirmed(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(?:es)?$/iu.test((await terminal.question(question)).trim());
  } finally {
    terminal.close();
  }
}

/** One run of a target's own probe, made for this and closed again. */
async function measureOnce(guest: Guest, name: string, signal: AbortSignal): Promise<Run | undefined> {
  const { config } = guest.settings;
  const target = config.targets.find((each) => each.name === name);
  const kind = target && probeKinds.get(target.kind);
  if (!target || !kind) return undefined;
  const log = LOGS.for("probe");
  const probe = kind.create(target, {
    clock: systemClock,
    log,
    own: () => ownNumbers(guest),
    procRoot: config.procRoot,
    sysRoot: "/sys",
    systemBusAddress: config.systemBusAddress,
  });
  try {
    const runner = createRunner({ clock: systemClock, log, host: config.host, lagSince: () => 0 });
    return await runner.run(probe, target, signal);
  } finally {
    await probe.close?.();
  }
}

function ownNumbers({ store }: Guest): OwnNumbers {
  const own = lastOwnNumbers(store);
  if (!own) throw new Error("the bot has left no numbers");
  return own;
}
