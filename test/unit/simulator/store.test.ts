import { describe, expect, it } from "vitest";

import { MessageStore } from "../../../simulator/messages/store.js";
import type { Message } from "../../../simulator/model.js";
import { fc } from "../../support/fast-check.js";

const message = (id: string, ephemeralFor: string | undefined): Message => ({
  id,
  channelId: "c",
  guildId: null,
  type: 0,
  author: { id: "u", username: "u", globalName: null, bot: true },
  webhookId: undefined,
  applicationId: undefined,
  content: id,
  embeds: [],
  components: [],
  attachments: [],
  poll: undefined,
  flags: 0,
  nonce: undefined,
  createdAt: 0,
  editedAt: null,
  pinnedAt: null,
  mentioned: { users: [], roles: [], everyone: false, repliedUser: null },
  reference: undefined,
  threadId: undefined,
  ephemeralFor,
  interaction: undefined,
  reactions: new Map(),
  deletedAt: undefined,
  history: [],
});

describe("a channel's history", () => {
  it("pages as a plain filter over all public messages would", () => {
    const cursor = fc.option(fc.integer({ min: 1, max: 130 }).map(String), { nil: undefined });
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 120 }), { maxLength: 60 }),
        fc.array(fc.boolean(), { minLength: 60, maxLength: 60 }),
        fc.integer({ min: 1, max: 20 }),
        fc.constantFrom("before", "after"),
        cursor,
        (numbers, hidden, limit, direction, at) => {
          const ids = numbers.toSorted((a, b) => a - b);
          const store = new MessageStore(1000);
          for (const [index, id] of ids.entries()) {
            store.add(message(String(id), hidden[index] === true ? "someone" : undefined));
          }
          const shown = ids.filter((_, index) => hidden[index] !== true);
          const kept = shown.filter(
            (id) => at === undefined || (direction === "before" ? id < Number(at) : id > Number(at)),
          );
          const page = direction === "before" || at === undefined ? kept.slice(-limit) : kept.slice(0, limit);
          const found = store.history("c", { limit, [direction]: at });
          expect(found.map((each) => Number(each.id))).toEqual(page.toReversed());
        },
      ),
    );
  });

  it("forgets the oldest beyond its capacity", () => {
    const store = new MessageStore(100);
    for (let n = 0; n < 1000; n += 1) store.add(message(String(1000 + n), undefined));
    expect(store.all("c").length).toBeLessThanOrEqual(100);
    expect(store.all("c").at(-1)?.id).toBe("1999");
    expect(store.find("1000")).toBeUndefined();
  });
});
