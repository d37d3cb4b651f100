import { newId } from "../base/id.js";
import type { Clock, Timer } from "../base/clock.js";
import type { Logger } from "../base/log.js";
import { messageOf } from "../base/errors.js";
import type { NoticeKey } from "../locale/en/notice.js";
import type { OutboxRow } from "../model/incident.js";
import type { Message } from "../model/message.js";
import type { Severity } from "../model/rule.js";
import type { Store, StoreStatus } from "../store/contract.js";

export interface Notices {
  /** Puts what Toban has to say of itself into the outbox, for the ops channel. */
  say(key: NoticeKey, severity: Severity, values: Readonly<Record<string, string | number>>): void;
  /** Puts an answer that missed its place into the outbox, for the channel it was asked in. Resolves when it is kept. */
  answer(channel: string, message: Message): Promise<void>;
}

type Said = Pick<OutboxRow, "channel" | "kind" | "severity" | "notice" | "answer">;

function freshRow(clock: Pick<Clock, "now">, said: Said): OutboxRow {
  const now = clock.now();
  return {
    id: newId(clock),
    episodes: [],
    createdAt: now,
    state: "pending",
    attempts: 0,
    dueAt: now,
    reduced: 0,
    ...said,
  };
}

/** A notice as a row of the outbox, for those who write it in a transaction of their own. */
export function noticeRow(
  clock: Pick<Clock, "now">,
  channel: string,
  severity: Severity,
  notice: { readonly key: NoticeKey; readonly values: Readonly<Record<string, string | number>> },
): OutboxRow {
  return freshRow(clock, { channel, kind: "notice", severity, notice });
}

export function createNotices(deps: {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly opsChannel: () => string;
  readonly onCommitted: () => void;
}): Notices {
  const { store, clock, log, opsChannel, onCommitted } = deps;
  const keep = async (said: Said): Promise<void> => {
    const row = freshRow(clock, said);
    await store.write(said.kind, (tables) => tables.outbox.add(row));
    onCommitted();
  };
  return {
    say(key, severity, values) {
      keep({ channel: opsChannel(), kind: "notice", severity, notice: { key, values } }).catch((thrown: unknown) =>
        log.error({ key, detail: messageOf(thrown) }, "a notice could not be kept"),
      );
    },
    answer: (channel, answer) => keep({ channel, kind: "answer", severity: "info", answer }),
  };
}

/** A damaged file is replaced within moments: then one notice tells it all. */
const REPLACED_WITHIN_MS = 10_000;

/** Says that the store left its file, that it came back, and that a damaged file was set aside: also when all of that was over before it was watched. */
export function watchStore(store: Pick<Store, "status" | "onStatus">, clock: Clock, notices: Notices): () => void {
  let since: number | undefined;
  let aside: string | undefined;
  let waiting: Timer | undefined;
  const sayTrouble = ({ trouble, path }: StoreStatus): void => {
    waiting = undefined;
    if (trouble === undefined) return;
    since = store.status().since ?? clock.now();
    notices.say("store_trouble", "critical", { trouble, ...(path === undefined ? {} : { path }) });
  };
  const look = (): void => {
    const status = store.status();
    if (status.trouble === undefined) {
      waiting?.cancel();
      waiting = undefined;
    }
    if (status.trouble === undefined && status.path !== undefined && status.path !== aside) {
      aside = status.path;
      since = undefined;
      notices.say("store_replaced", "critical", { path: aside });
      return;
    }
    if (status.trouble === "corrupt" && since === undefined) {
      waiting ??= clock.setTimeout(() => sayTrouble(store.status()), REPLACED_WITHIN_MS);
    } else if (status.trouble !== undefined && since === undefined) {
      waiting?.cancel();
      sayTrouble(status);
    } else if (status.trouble === undefined && since !== undefined) {
      notices.say("store_back", "info", { seconds: Math.round((clock.now() - since) / 1_000) });
      since = undefined;
    }
  };
  look();
  const stop = store.onStatus(look);
  return () => {
    stop();
    waiting?.cancel();
  };
}
