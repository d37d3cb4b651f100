import { newId } from "../base/id.js";
import type { Clock } from "../base/clock.js";
import type { Logger } from "../base/log.js";
import { messageOf } from "../base/errors.js";
import type { NoticeKey } from "../locale/en/notice.js";
import type { OutboxRow } from "../model/incident.js";
import type { Severity } from "../model/rule.js";
import type { Store } from "../store/contract.js";

export interface Notices {
  /** Puts what Toban has to say of itself into the outbox, for the ops channel. */
  say(key: NoticeKey, severity: Severity, values: Readonly<Record<string, string | number>>): void;
}

export function createNotices(deps: {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly opsChannel: () => string;
  readonly onCommitted: () => void;
}): Notices {
  const { store, clock, log, opsChannel, onCommitted } = deps;
  return {
    say(key, severity, values) {
      const now = clock.now();
      const row: OutboxRow = {
        id: newId(clock),
        channel: opsChannel(),
        kind: "notice",
        severity,
        episodes: [],
        notice: { key, values },
        createdAt: now,
        state: "pending",
        attempts: 0,
        dueAt: now,
        reduced: 0,
      };
      store
        .write("notice", (tables) => tables.outbox.add(row))
        .then(onCommitted, (thrown: unknown) =>
          log.error({ key, detail: messageOf(thrown) }, "a notice could not be kept"),
        );
    },
  };
}

/** Says that the store left its file, and that it came back. */
export function watchStore(store: Store, clock: Clock, notices: Notices): () => void {
  let since: number | undefined;
  const look = (): void => {
    const status = store.status();
    if (status.trouble !== undefined && since === undefined) {
      since = status.since ?? clock.now();
      notices.say("store_trouble", "critical", {
        trouble: status.trouble,
        ...(status.path === undefined ? {} : { path: status.path }),
      });
    } else if (status.trouble === undefined && since !== undefined) {
      notices.say("store_back", "info", { seconds: Math.round((clock.now() - since) / 1_000) });
      since = undefined;
    }
  };
  look();
  return store.onStatus(look);
}
