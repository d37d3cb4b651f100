import { describe, expect, it } from "vitest";

import { silentLogs } from "../../../src/base/log.js";
import { createDispatcher } from "../../../src/discord/dispatch/dispatcher.js";
import { catalogueFor } from "../../../src/locale/index.js";
import { toDiscord } from "../../../src/message/to-discord.js";
import { TEST_COMMANDS } from "../../support/discord/commands.js";
import type { TestServices } from "../../support/discord/commands.js";
import { fakeRest } from "../../support/discord/fake-rest.js";
import { GUILD, interaction } from "../../support/discord/payload.js";
import type { Raw } from "../../support/discord/payload.js";
import { FakeClock } from "../../support/fake-clock.js";
import { fc } from "../../support/fast-check.js";

const junk = fc.oneof(
  fc.constant(undefined),
  fc.constant(null),
  fc.boolean(),
  fc.integer(),
  fc.double(),
  fc.string(),
  fc.string({ unit: "binary", maxLength: 4_000 }),
  fc.constant("x".repeat(4_000)),
  fc.constant("‮\u0000@everyone `"),
  fc.array(fc.jsonValue(), { maxLength: 3 }),
  fc.jsonValue(),
);
const names = fc.constantFrom(
  ...TEST_COMMANDS.map((command) => command.name.split(" ")[0] ?? "").filter((name) => !name.startsWith("slow")),
  "gone",
  "constructor",
  "__proto__",
);
const optionNames = fc.constantFrom("target", "lines", "focused", "__proto__", "constructor");
const option = fc.record(
  {
    name: fc.oneof(optionNames, junk),
    type: fc.oneof(fc.integer({ min: 0, max: 12 }), junk),
    value: junk,
    focused: fc.oneof(fc.boolean(), junk),
    options: junk,
  },
  { requiredKeys: [] },
);
const data = fc.oneof(
  { weight: 1, arbitrary: junk },
  {
    weight: 5,
    arbitrary: fc.record(
      {
        name: fc.oneof({ weight: 5, arbitrary: names }, { weight: 1, arbitrary: junk }),
        type: fc.oneof({ weight: 5, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: junk }),
        options: fc.oneof(fc.array(option, { maxLength: 4 }), junk),
        custom_id: fc.oneof(
          fc.constantFrom(
            "v1:refresh:web",
            "v1:aged:x",
            "v1::",
            "v1:constructor:x",
            "v2:refresh:web",
            "v1:__proto__:1",
          ),
          junk,
        ),
        component_type: fc.oneof(fc.integer({ min: 0, max: 25 }), junk),
        values: junk,
        components: junk,
      },
      { requiredKeys: [] },
    ),
  },
);
const changes = fc.record(
  {
    type: fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 1, max: 6 }) }, { weight: 1, arbitrary: junk }),
    data,
    member: fc.oneof({ weight: 3, arbitrary: fc.constant(interaction()["member"]) }, { weight: 1, arbitrary: junk }),
    user: junk,
    guild_id: fc.oneof({ weight: 4, arbitrary: fc.constant(GUILD) }, { weight: 1, arbitrary: junk }),
    channel_id: junk,
    locale: junk,
    message: junk,
    application_id: junk,
    authorizing_integration_owners: junk,
    id: fc.oneof({ weight: 8, arbitrary: fc.constant("1400000000000000001") }, { weight: 1, arbitrary: junk }),
    token: fc.oneof({ weight: 8, arbitrary: fc.constant("token") }, { weight: 1, arbitrary: junk }),
  },
  { requiredKeys: [] },
);

/** By Discord's documentation: a snowflake, and a token that is one segment of a path. */
function isAnswerable({ id, token }: Raw): boolean {
  const hasId = typeof id === "string" && /^\d{15,20}$/.test(id);
  return hasId && typeof token === "string" && /^[\w~+=-][\w.~+=-]{0,511}$/.test(token);
}

describe("an interaction that is malformed in any way", () => {
  it("never throws, is answered exactly once if it can be, and executes nothing it should not", async () => {
    await fc.assert(
      fc.asyncProperty(changes, async (change) => {
        const clock = new FakeClock();
        const rest = fakeRest();
        const services: TestServices = { executed: [], targets: ["web"], gate: () => Promise.resolve() };
        const dispatcher = createDispatcher<TestServices>({
          rest,
          clock,
          log: silentLogs.for("dispatch"),
          commands: TEST_COMMANDS,
          services,
          policy: () => ({ guild: GUILD, grants: [] }),
          catalogue: catalogueFor,
          locale: () => "en",
          lower: (message, reduced) => toDiscord(message, { form: "answer", reduced }),
          roleName: () => undefined,
          postToChannel: () => Promise.reject(new Error("nothing is late here")),
        });
        const raw = interaction(change);
        expect(() => dispatcher.take(raw)).not.toThrow();
        await dispatcher.idle();
        const callbacks = rest.requests.filter((request) => request.path.endsWith("/callback"));
        expect(callbacks.length).toBe(isAnswerable(raw) ? 1 : 0);
        // Nobody is granted anything that changes something.
        expect(services.executed.filter((done) => !done.startsWith("refresh"))).toEqual([]);
        expect(clock.pending).toBe(0);
        const { data: answer } = (callbacks[0]?.body ?? {}) as { data?: { choices?: unknown } };
        const needsChoices = raw["type"] === 4 && answer !== undefined;
        expect(!needsChoices || Array.isArray(answer.choices)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});
