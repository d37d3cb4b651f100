import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { commands } from "../../../commands/index.js";
import type { Services } from "../../../commands/services.js";
import { systemClock } from "../../../src/base/clock.js";
import { createLogs } from "../../../src/base/log.js";
import { createDispatcher } from "../../../src/discord/dispatch/dispatcher.js";
import type { Dispatcher } from "../../../src/discord/dispatch/dispatcher.js";
import { catalogueFor } from "../../../src/locale/index.js";
import { toDiscord } from "../../../src/message/to-discord.js";
import { DISCORD_LIMITS } from "../../../src/model/limits.js";
import type { Store } from "../../../src/store/contract.js";
import { fakeRest } from "../../support/discord/fake-rest.js";
import { GUILD, OPERATOR, PERSON, interaction } from "../../support/discord/payload.js";
import { OUTSIDE, wholeServices } from "../../support/discord/whole-services.js";
import { openTestStore, temporaryDirectory } from "../../support/store.js";
import { fc } from "../../support/fast-check.js";

const RUNS = 10_000;
const AT_ONCE = 25;

/** What people try: shells, options, paths, characters that hide, turn round or look like others, and too much of anything. */
const HOSTILE = [
  "; touch /tmp/pwned",
  "$(id)",
  "`id`",
  "web && reboot",
  "| cat /etc/passwd",
  "--help",
  "-H host",
  "--root=/",
  "-",
  "web\nweb",
  "web\0",
  "../secret.txt",
  "web/../../secret.txt",
  "web/other.log",
  "/etc/passwd",
  "web/app/../other.log",
  "shop\\x2dbot.service",
  "web.service web-2.service",
  "*",
  "we?",
  "\u202Ebew",
  "w\u0435b",
  "web\u200B",
  "\uD800",
  "%s%n%x",
  "{{constructor.constructor('return 1')()}}",
  "__proto__",
  "constructor",
  "@everyone <@&1> `**x**`",
  "' OR 1=1 --",
  "1e999",
  "99999999999999999999",
  "(a+)+$",
  "x".repeat(4_000),
  "\u0301".repeat(4_000),
  "🏴".repeat(1_000),
] as const;

const hostile = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...HOSTILE) },
  { weight: 2, arbitrary: fc.constantFrom("web", "web/app", "restart", "2h", "error", PERSON) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 200 }) },
);
const value = fc.oneof(
  { weight: 8, arbitrary: hostile },
  { weight: 2, arbitrary: fc.oneof(fc.integer(), fc.boolean(), fc.constantFrom(5, 20, 2 ** 53, -1, 0.5)) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 6 }) },
);

const command = fc.constantFrom(...commands).chain((declared) => {
  const [name = "", sub] = declared.name.split(" ");
  const names = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...declared.options.map((option) => option.name), "target") },
    { weight: 1, arbitrary: hostile },
  );
  const options = fc.array(
    fc.record({ name: names, type: fc.integer({ min: 0, max: 12 }), value, focused: fc.boolean() }),
    { maxLength: 6 },
  );
  const resolved = fc.oneof(
    fc.constant({
      users: { [PERSON]: { id: PERSON, username: "x" } },
      members: { [PERSON]: { roles: [], permissions: "0" } },
    }),
    fc.jsonValue({ maxDepth: 4 }),
  );
  return fc.record({
    type: fc.constantFrom(2, 2, 2, 4),
    data: fc.record({ options, resolved }).map((data) => ({
      ...data,
      name,
      type: 1,
      options: sub === undefined ? data.options : [{ name: sub, type: 1, options: data.options }],
    })),
  });
});

const presses = commands.flatMap((declared) => Object.keys(declared.presses ?? {}));
const press = fc.record({
  type: fc.constantFrom(3, 5),
  message: fc.constantFrom(undefined, {}),
  data: fc.record({
    custom_id: fc
      .tuple(fc.constantFrom(...presses, "constructor", "__proto__"), hostile)
      .map(([name, id]) => `v1:${name}:${id}`.slice(0, DISCORD_LIMITS.customId)),
    component_type: fc.integer({ min: 0, max: 25 }),
    values: fc.oneof(fc.array(hostile, { maxLength: 3 }), fc.jsonValue()),
    components: fc.array(fc.record({ components: fc.array(fc.record({ value: hostile })) }), { maxLength: 2 }),
  }),
});

let folder: ReturnType<typeof temporaryDirectory>;
let store: Store;
let dispatcher: Dispatcher;
let whole: Awaited<ReturnType<typeof wholeServices>>;
const rest = fakeRest();
/** What the log has of bugs. */
const failures: string[] = [];

beforeAll(async () => {
  folder = temporaryDirectory();
  store = await openTestStore({ clock: systemClock });
  whole = await wholeServices(folder.path, GUILD, OPERATOR, systemClock, store);
  dispatcher = createDispatcher<Services>({
    rest,
    clock: systemClock,
    log: createLogs({ level: "error", destination: { write: (line) => void failures.push(line) } }).for("dispatch"),
    commands,
    services: whole.services,
    policy: () => whole.settings.config.permissions,
    catalogue: catalogueFor,
    locale: () => "en",
    lower: (message, reduced) => toDiscord(message, { form: "answer", reduced }),
    roleName: () => undefined,
    postToChannel: () => Promise.resolve(),
  });
});
afterAll(async () => {
  await dispatcher.stop();
  await whole.services.operate.stop();
  await store.close();
  folder[Symbol.dispose]();
});

const isDeferral = (body: unknown): boolean => [5, 6].includes((body as { readonly type?: number }).type ?? 0);

/** By one callback; what that has promised is given by an edit, or where others are to see it by a message of its own. */
function isAnsweredOnce({ id, token }: { readonly id: string; readonly token: string }): boolean {
  const callbacks = rest.requests.filter(({ path }) => path.startsWith(`/interactions/${id}/`));
  const kept = rest.requests.filter(
    ({ path, method }) => method !== "DELETE" && path.startsWith("/webhooks/") && path.includes(`/${token}`),
  );
  return callbacks.length === 1 && kept.length === (isDeferral(callbacks[0]?.body) ? 1 : 0);
}

describe(`${RUNS} interactions of somebody who may do everything, with whatever can be typed`, () => {
  it("are each answered exactly once; nothing is done, and nothing read that is not to be read", async () => {
    let asked = 0;
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof({ weight: 4, arbitrary: command }, { weight: 1, arbitrary: press }), {
          minLength: AT_ONCE,
          maxLength: AT_ONCE,
        }),
        async (batch) => {
          rest.requests.length = 0;
          const ids = batch.map((change) => {
            asked += 1;
            const id = String(1_400_000_000_000_000_000n + BigInt(asked));
            const token = `token-${asked}-`;
            // What it throws ends the test.
            dispatcher.take(interaction({ ...change, id, token }));
            return { id, token };
          });
          await dispatcher.idle();
          // One assertion for all of them: ten thousand would take longer than what they look at.
          expect(ids.filter((each) => !isAnsweredOnce(each))).toEqual([]);
          const said = JSON.stringify(rest.requests.map((request) => [request.body, request.files]));
          expect(said).not.toContain(OUTSIDE);
          expect(said).not.toContain("root:x:0");
          expect(failures).toEqual([]);
          for (const [, first = ""] of said.matchAll(/"content":"([^"\\]{1,24})/g)) seen.add(first);
        },
      ),
      { numRuns: RUNS / AT_ONCE },
    );
    expect(asked).toBeGreaterThanOrEqual(RUNS);
    expect(whole.acts).toEqual([]);
    // The commands were reached, and not only refused.
    expect(seen.size).toBeGreaterThan(20);
  }, 180_000);
});
