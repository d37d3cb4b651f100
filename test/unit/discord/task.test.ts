import { describe, expect, it } from "vitest";

import { pressTask } from "../../../src/discord/dispatch/task.js";
import type { Command } from "../../../src/model/contract/command.js";

const command: Command<undefined> = {
  name: "look",
  description: "Look.",
  options: [],
  ephemeral: false,
  verb: () => "view",
  targetOf: () => undefined,
  execute: () => Promise.reject(new Error("not asked for")),
  presses: {
    again: {
      verb: "view",
      effect: "update",
      targetOf: (id) => id,
      execute: () => Promise.reject(new Error("not asked for")),
    },
  },
};

const asker = {
  principal: { kind: "member", id: "1", name: "viewer", guild: "2", roles: [], permissions: 0n },
  locale: "en-US",
} as const;

function press(customId: string): ReturnType<typeof pressTask> {
  return pressTask([command], { kind: "press", customId, values: [], onMessage: true }, asker, undefined, undefined);
}

describe("a press", () => {
  it("is found by its name, with what its id says", () => {
    expect(press("v1:again:web")).toMatchObject({ verb: "view", target: "web", promised: "update" });
  });

  it.each(["", "again", "v2:again:web", "v1:again:", "v1:other:web", "v1:constructor:web", "v1:tostring:web"])(
    "that leads nowhere has expired: %j",
    (customId) => {
      expect(() => press(customId)).toThrow(expect.objectContaining({ code: "expired" }));
    },
  );
});
