import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { Simulator } from "../../../simulator/index.js";
import type { Text } from "../../../src/base/text.js";
import { en } from "../../../src/locale/en/index.js";
import { renderAnnouncement } from "../../../src/message/announcement.js";
import { renderIncident } from "../../../src/message/incident.js";
import { findId, toDiscord } from "../../../src/message/to-discord.js";
import type { DiscordBody } from "../../../src/message/to-discord.js";
import { ANNOUNCEMENT_KINDS } from "../../../src/model/incident.js";
import { TONES } from "../../../src/model/message.js";
import type { Message } from "../../../src/model/message.js";
import { MINUTE, NOON, aRow, anAlert, anEntry, anIncident } from "../../support/alerts.js";
import { fc } from "../../support/fast-check.js";

const id = "0123456789abcdefghijklmno";

let discord: Simulator;

beforeAll(async () => {
  discord = await Simulator.start({ seed: 11 });
  await discord.control.clock.freeze();
});

afterAll(() => discord.stop());

interface Posted {
  readonly status: number;
  readonly detail: string;
  readonly message: { readonly id: string; readonly content: string; readonly embeds: readonly object[] };
}

/** As Discord wants it: JSON alone, or multipart with the files beside it. */
function wire(body: DiscordBody): { readonly body: string | FormData; readonly headers: Record<string, string> } {
  const { files, ...json } = body;
  if (files.length === 0) return { body: JSON.stringify(json), headers: { "content-type": "application/json" } };
  const form = new FormData();
  form.set("payload_json", JSON.stringify(json));
  for (const [index, file] of files.entries()) {
    const bytes = typeof file.content === "string" ? new TextEncoder().encode(file.content) : file.content;
    form.set(`files[${index}]`, new Blob([new Uint8Array(bytes)]), file.name);
  }
  return { body: form, headers: {} };
}

async function send(method: "POST" | "PATCH", path: string, lowered: DiscordBody): Promise<Posted> {
  // Its rate limits are another test's matter: by the time of the next request every bucket is full again.
  await discord.control.clock.advance(60_000);
  const { body, headers } = wire(lowered);
  const answer = await fetch(`${discord.apiUrl}/v10/channels/${discord.opsChannelId}/messages${path}`, {
    method,
    body,
    headers: {
      ...headers,
      authorization: `Bot ${discord.token}`,
      "user-agent": "DiscordBot (https://example.org, 1.0)",
    },
  });
  const detail = await answer.text();
  return { status: answer.status, detail, message: JSON.parse(detail) as Posted["message"] };
}

const post = (message: Message, options: Parameters<typeof toDiscord>[1]): Promise<Posted> =>
  send("POST", "", toDiscord(message, options));

const storm = Array.from({ length: 500 }, (_unused, index) =>
  anEntry(anAlert({ rule: "TargetDown", target: `target-${index}`, reason: "refused", labels: {} })),
);
const view = {
  incident: anIncident(),
  entries: storm,
  host: "web-1",
  globalLabels: { environment: "production" },
  now: NOON,
};

describe("the local Discord, as strict as the real one, takes", () => {
  it.each(ANNOUNCEMENT_KINDS)("an announcement of the kind %s about 500 alerts", async (kind) => {
    const notice = { key: "posts_dead", values: { count: 3, detail: "x".repeat(4_000) } };
    const row = aRow({ kind, ...(kind === "notice" ? { notice } : {}) });
    const message = renderAnnouncement({ ...view, announcement: row, lateMs: 14 * MINUTE }, en);
    for (const reduced of [0, 1, 2]) {
      const posted = await post(message, { form: "alert", id, reduced });
      expect(posted).toMatchObject({ status: 200 });
      expect(findId(posted.message)).toBe(id);
    }
  });

  it("an edit that takes away what the newest state no longer has", async () => {
    const first = await post(renderIncident(view, en), { form: "alert", id });
    const over = storm.slice(0, 1).map((entry) => anEntry({ ...entry.alert, state: "resolved", endedAt: NOON }));
    const edited = await send(
      "PATCH",
      `/${first.message.id}`,
      toDiscord(renderIncident({ ...view, entries: over }, en), { form: "alert", id }),
    );
    expect(edited.status).toBe(200);
    expect(findId(edited.message)).toBe(id);
    const [shown] = (await discord.control.messages(discord.opsChannelId)).filter(
      (each) => each.id === first.message.id,
    );
    expect(shown?.text).toContain("answers again");
    expect(shown?.text).not.toContain("incident-42.txt");
  });

  it("names from outside that look like mentions, and notifies nobody by them", async () => {
    const text = "@everyone <@&1>";
    const mean = [anEntry(anAlert({ rule: text, target: text, labels: { mount: text } }))];
    const first = await post(renderIncident({ ...view, entries: mean, host: text }, en), { form: "alert", id });
    const [shown] = (await discord.control.messages(discord.opsChannelId)).filter(
      (each) => each.id === first.message.id,
    );
    expect(JSON.stringify(shown?.mentioned)).not.toContain('everyone":true');
    expect(shown?.text).not.toMatch(/@everyone|<@&1>/u);
  });

  it("whatever text it is made of", async () => {
    const words = fc.oneof(
      fc.string({ unit: "binary", maxLength: 400 }),
      fc.constantFrom("", " ", "x".repeat(7_000), "`".repeat(2_000), "語".repeat(4_000), "\n\n", "<@1>"),
    );
    const line: fc.Arbitrary<Text> = fc.array(
      fc.oneof(words, fc.record({ code: words }), fc.record({ strong: words })),
      { maxLength: 4 },
    );
    const message = fc.record({
      tone: fc.constantFrom(...TONES),
      summary: line,
      mentions: fc.constant([]),
      lines: fc.array(line, { maxLength: 12 }),
      block: words,
      footer: line,
      actions: fc.array(fc.record({ id: words, label: words, style: fc.constant("secondary" as const) }), {
        maxLength: 8,
      }),
      files: fc.array(fc.record({ name: words, content: words }), { maxLength: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(message, fc.constantFrom("alert" as const, "answer" as const), async (given, form) => {
        const posted = await post(given, form === "alert" ? { form, id } : { form });
        expect(posted).toMatchObject({ status: 200 });
      }),
      { numRuns: 20 },
    );
  });
});
