import { readPostedHead, writePostedHead } from "../answer/audit.js";
import type { Clock, Timer } from "../base/clock.js";
import { messageOf } from "../base/errors.js";
import type { Logger } from "../base/log.js";
import { localDay } from "../base/moment.js";
import type { Store } from "../store/contract.js";
import { noticeRow } from "./notices.js";

/** How often it is looked whether a day has ended. */
const LOOK_MS = 60_000;

interface AuditHeadDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly timezone: () => string;
  readonly opsChannel: () => string;
  /** There is something to say. */
  readonly onCommitted: () => void;
}

/**
 * Posts the end of the log of actions once a day, if there are new rows: who later cuts or rewrites the log cannot also
 * change what stands in the channel. Which end was posted is kept with the message in one transaction, so that no crash repeats
 * or loses one. A day is whatever the clock says: one that is set to and fro posts once more only where rows are new.
 */
export class AuditHead {
  readonly #deps: AuditHeadDeps;
  #timer: Timer | undefined;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(deps: AuditHeadDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#running = this.runOnce().finally(() => this.#arm());
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#running;
  }

  async runOnce(): Promise<void> {
    const { store, clock, log, timezone, opsChannel, onCommitted } = this.#deps;
    // In memory there is no log to speak of; the file's goes on when it is back.
    if (store.status().trouble !== undefined) return;
    const day = localDay(clock.now(), timezone());
    if (store.read(readPostedHead)?.day === day) return;
    try {
      const said = await store.write("audit head", (tables) => {
        const before = readPostedHead(tables);
        if (before?.day === day) return false;
        const head = tables.audit.head() ?? { seq: 0, hash: "" };
        writePostedHead(tables, { seq: head.seq, hash: head.hash, day });
        const rows = before === undefined ? 0 : tables.audit.rowsAfter(before.seq);
        if (rows === 0) return false;
        const notice = { key: "audit_head", values: { head: head.hash, rows, number: head.seq } } as const;
        tables.outbox.add(noticeRow(clock, opsChannel(), "info", notice));
        return true;
      });
      if (said) onCommitted();
    } catch (thrown) {
      log.error({ detail: messageOf(thrown) }, "the head of the log of actions could not be posted");
    }
  }

  #arm(): void {
    if (this.#stopped) return;
    this.#timer = this.#deps.clock.setTimeout(() => this.start(), LOOK_MS);
  }
}
