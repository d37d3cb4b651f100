import type { Clock, Timer } from "../base/clock.js";
import { messageOf } from "../base/errors.js";
import { newId } from "../base/id.js";
import type { Logger } from "../base/log.js";
import { mask } from "../base/mask/mask.js";
import { principalKey, principalText } from "../model/principal.js";
import type { Principal, Verb } from "../model/principal.js";
import type { Denial } from "../permit/decision.js";
import type { AuditRow, Store } from "../store/contract.js";

/** So many attempts of one person in a minute are written down one by one, and so many of all; the rest is counted. */
const EACH = 5;
const ALL = 30;
const WINDOW_MS = 60_000;
/** Names and targets are as long as whoever asks likes. */
const WORDS_LENGTH = 100;

/** What somebody wanted to have done, and was refused. */
export interface Denied {
  readonly principal: Principal;
  readonly verb: Verb;
  readonly target: string | undefined;
  readonly denial: Denial;
}

export interface Denials {
  /** Puts it into the log of actions. Returns at once. */
  note(denied: Denied): void;
  /** Writes down what was only counted. */
  stop(): Promise<void>;
}

interface Window {
  readonly written: Map<string, number>;
  all: number;
  uncounted: number;
  timer: Timer;
}

/** Refused attempts belong into the log of actions, but nobody may fill it with them. */
export function createDenials(deps: { readonly store: Store; readonly clock: Clock; readonly log: Logger }): Denials {
  const { store, clock, log } = deps;
  let window: Window | undefined;
  let writing: Promise<void> = Promise.resolve();

  const append = (row: Omit<AuditRow, "id" | "at" | "state" | "reason">): void => {
    const whole: AuditRow = { id: newId(clock), at: clock.now(), reason: "", state: "refused", ...row };
    writing = store
      .write("denial", ({ audit }) => audit.append(whole), { durable: true })
      .catch((thrown: unknown) => {
        log.warn({ detail: messageOf(thrown) }, "a refused attempt could not be written into the log of actions");
      });
  };
  const close = (): void => {
    const ended = window;
    window = undefined;
    ended?.timer.cancel();
    if (ended === undefined || ended.uncounted === 0) return;
    const count = ended.uncounted;
    append({ principal: "toban", verb: "", target: "", detail: `${count} more refused within a minute` });
  };
  const opened = (): Window => {
    window ??= { written: new Map(), all: 0, uncounted: 0, timer: clock.setTimeout(close, WINDOW_MS) };
    return window;
  };

  return {
    note({ principal, verb, target, denial }) {
      const current = opened();
      const key = principalKey(principal);
      const before = current.written.get(key) ?? 0;
      if (before >= EACH || current.all >= ALL) {
        current.uncounted += 1;
        return;
      }
      current.written.set(key, before + 1);
      current.all += 1;
      append({
        principal: mask(principalText(principal)).text.slice(0, WORDS_LENGTH),
        verb,
        target: mask(target ?? "").text.slice(0, WORDS_LENGTH),
        detail: denial,
      });
    },
    async stop() {
      close();
      await writing;
    },
  };
}
