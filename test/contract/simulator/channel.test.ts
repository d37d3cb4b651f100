import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { autoArchiveMinutes, limits } from "../../../simulator/limits.js";
import { at, startUnhurried } from "./support.js";
import type { Answer, Bench } from "./support.js";

const status = (answer: Answer): readonly [number, number] => [answer.status, answer.code];

describe("a channel", () => {
  let bench: Bench;
  let ops: string;

  beforeEach(async () => {
    bench = await startUnhurried();
    ops = bench.discord.opsChannelId;
  });

  afterEach(() => bench.discord.stop());

  const deny = (...names: string[]) => bench.discord.control.setPermissions(ops, [{ who: "bot", deny: names }]);
  const manage = (...names: string[]) => bench.discord.control.setPermissions(ops, [{ who: "bot", allow: names }]);

  describe("nonce", () => {
    it("with enforce_nonce gives the same message again within the window", async () => {
      bench.pause = 0;
      const body = { content: "x", nonce: "a".repeat(25), enforce_nonce: true };
      const first = await bench.post(body);
      const second = await bench.post({ ...body, content: "other" });
      expect(second.status).toBe(200);
      expect(second.body).toEqual(first.body);
      expect(await bench.discord.control.messages(ops)).toHaveLength(1);
    });

    it("is shown by the answer to the creation and by no history", async () => {
      const made = await bench.post({ content: "x", nonce: "n1", enforce_nonce: true });
      expect(made.body["nonce"]).toBe("n1");
      const [listed] = (await bench.call("GET", bench.messages)).list;
      expect(listed).not.toHaveProperty("nonce");
      expect((await bench.call("GET", `${bench.messages}/${String(made.body["id"])}`)).body).not.toHaveProperty(
        "nonce",
      );
    });

    it("without enforce_nonce makes duplicates", async () => {
      const ids = [await bench.post({ content: "x", nonce: 7 }), await bench.post({ content: "x", nonce: 7 })];
      expect(ids[0]?.body["id"]).not.toBe(ids[1]?.body["id"]);
    });

    it("is forgotten after the window, which is between one and two minutes unless set", async () => {
      const { nonceWindowMs } = await bench.discord.control.switches();
      expect(nonceWindowMs).toBeGreaterThanOrEqual(60_000);
      expect(nonceWindowMs).toBeLessThanOrEqual(120_000);
      bench.pause = 0;
      const body = { content: "x", nonce: "n", enforce_nonce: true };
      const first = await bench.post(body);
      await bench.discord.control.clock.advance(nonceWindowMs + 1);
      expect((await bench.post(body)).body["id"]).not.toBe(first.body["id"]);
    });

    it("of a message that was deleted answers 404 10008", async () => {
      const body = { content: "x", nonce: "n", enforce_nonce: true };
      const made = await bench.post(body);
      await bench.discord.control.deleteMessage(String(made.body["id"]));
      expect(status(await bench.post(body))).toEqual([404, 10008]);
      await bench.discord.control.switches({ deletedNonce: "new-message" });
      expect((await bench.post(body)).status).toBe(200);
    });
  });

  describe("history", () => {
    it("limit: messagesPerPage, newest first, with before, after and around", async () => {
      const ids: string[] = [];
      for (let n = 0; n < 7; n += 1) ids.push(await bench.say(`m${n}`));
      const texts = async (query: string): Promise<unknown[]> =>
        (await bench.call("GET", `${bench.messages}${query}`)).list.map((message) => message["content"]);
      expect(await texts("?limit=3")).toEqual(["m6", "m5", "m4"]);
      expect(await texts(`?limit=2&before=${ids[3]}`)).toEqual(["m2", "m1"]);
      expect(await texts(`?limit=2&after=${ids[3]}`)).toEqual(["m5", "m4"]);
      expect(await texts(`?limit=3&around=${ids[3]}`)).toEqual(["m4", "m3", "m2"]);
      expect(status(await bench.call("GET", `${bench.messages}?limit=${limits.messagesPerPage + 1}`))).toEqual([
        400, 50035,
      ]);
      expect(status(await bench.call("GET", `${bench.messages}?limit=0`))).toEqual([400, 50035]);
      expect(status(await bench.call("GET", `${bench.messages}?before=abc`))).toEqual([400, 50035]);
    });

    it("is empty without READ_MESSAGE_HISTORY, and a single message is refused", async () => {
      const id = await bench.say("x");
      await deny("READ_MESSAGE_HISTORY");
      expect((await bench.call("GET", bench.messages)).list).toEqual([]);
      expect(status(await bench.call("GET", `${bench.messages}/${id}`))).toEqual([403, 50013]);
    });
  });

  describe("permissions", () => {
    it.each([
      [["VIEW_CHANNEL"], { content: "x" }, 50001],
      [["SEND_MESSAGES"], { content: "x" }, 50013],
      [["EMBED_LINKS"], { embeds: [{ title: "t" }] }, 50013],
    ])("denied %j refuses %j with 403 %i", async (names, body, code) => {
      await deny(...names);
      expect(status(await bench.post(body))).toEqual([403, code]);
    });

    it("denied ATTACH_FILES refuses a file", async () => {
      await deny("ATTACH_FILES");
      const form = new FormData();
      form.set("payload_json", JSON.stringify({ content: "x" }));
      form.set("files[0]", new Blob(["a"]), "a.txt");
      expect(status(await bench.call("POST", bench.messages, undefined, { form }))).toEqual([403, 50013]);
    });

    it("role overwrites yield to the member's own, and Administrator to nothing", async () => {
      const { control } = bench.discord;
      await control.setPermissions(ops, [{ who: "@everyone", deny: ["SEND_MESSAGES"] }]);
      expect((await bench.post({ content: "x" })).code).toBe(50013);
      await control.setPermissions(ops, [
        { who: "@everyone", deny: ["SEND_MESSAGES"] },
        { who: "bot", allow: ["SEND_MESSAGES"] },
      ]);
      expect((await bench.post({ content: "x" })).status).toBe(200);
      await control.setRole("toban", { permissions: ["ADMINISTRATOR"] });
      await deny("VIEW_CHANNEL", "SEND_MESSAGES");
      expect((await bench.post({ content: "x" })).status).toBe(200);
    });

    it("an unknown channel is 404 10003, a foreign one 403 50001, a removed bot 50001", async () => {
      expect(status(await bench.call("POST", "/channels/1111111111111111111/messages", { content: "x" }))).toEqual([
        404, 10003,
      ]);
      await bench.discord.control.removeBot();
      expect(status(await bench.post({ content: "x" }))).toEqual([403, 50001]);
    });

    it("a wrong or revoked token is 401 until it is given back", async () => {
      expect((await bench.call("GET", "/users/@me", undefined, { token: "nothing" })).status).toBe(401);
      await bench.discord.control.revokeToken();
      expect((await bench.post({ content: "x" })).status).toBe(401);
      await bench.discord.control.restoreToken();
      expect((await bench.post({ content: "x" })).status).toBe(200);
    });
  });

  describe("edit and delete", () => {
    it("keeps what the edit does not name, marks it as edited and remembers the past", async () => {
      const made = await bench.post({ content: "a", embeds: [{ title: "t" }] });
      const id = String(made.body["id"]);
      const edited = await bench.call("PATCH", `${bench.messages}/${id}`, { content: "b" });
      expect(edited.body).toMatchObject({ content: "b", embeds: [{ title: "t" }] });
      expect(edited.body["edited_timestamp"]).not.toBeNull();
      const [shown] = await bench.discord.control.messages(ops);
      expect(shown?.history.map((version) => version.content)).toEqual(["a"]);
    });

    it("refuses to leave nothing, another's message with 50005 and a deleted one with 10008", async () => {
      const id = await bench.say("a");
      expect((await bench.call("PATCH", `${bench.messages}/${id}`, { content: "" })).code).toBe(50006);
      const other = await bench.discord.control.as("viewer").say(ops, "mine");
      expect(status(await bench.call("PATCH", `${bench.messages}/${other.id}`, { content: "x" }))).toEqual([
        403, 50005,
      ]);
      expect(status(await bench.call("DELETE", `${bench.messages}/${other.id}`))).toEqual([403, 50013]);
      expect((await bench.call("DELETE", `${bench.messages}/${id}`)).status).toBe(204);
      expect(status(await bench.call("PATCH", `${bench.messages}/${id}`, { content: "x" }))).toEqual([404, 10008]);
      const all = await bench.discord.control.messages(ops, { deleted: true });
      expect(all.find((message) => message.id === id)?.deletedAt).not.toBeNull();
    });

    it("limit: oldMessageEditMs — beyond it only so many edits, then 30046", async () => {
      const id = await bench.say("a");
      const edit = (n: number) => bench.call("PATCH", `${bench.messages}/${id}`, { content: `e${n}` });
      for (let n = 0; n < 5; n += 1) expect((await edit(n)).status).toBe(200);
      await bench.discord.control.clock.advance(limits.oldMessageEditMs);
      const { oldMessageEdits } = await bench.discord.control.switches();
      for (let n = 0; n < oldMessageEdits.limit; n += 1) expect((await edit(n)).status).toBe(200);
      expect(status(await edit(9))).toEqual([400, 30046]);
    });

    it("becomes V2 only without content and embeds, and never goes back", async () => {
      const id = await bench.say("a");
      const path = `${bench.messages}/${id}`;
      const components = [{ type: 10, content: "t" }];
      expect((await bench.call("PATCH", path, { flags: 1 << 15, components })).code).toBe(50035);
      const changed = await bench.call("PATCH", path, { flags: 1 << 15, content: null, embeds: [], components });
      expect(changed.body["flags"]).toBe(1 << 15);
      expect((await bench.call("PATCH", path, { content: "x" })).code).toBe(50035);
      const kept = await bench.call("PATCH", path, { flags: 0, components });
      expect(Number(kept.body["flags"]) & (1 << 15)).not.toBe(0);
    });

    it("limit: bulkDeleteMin, bulkDeleteMax and bulkDeleteMaxAgeMs", async () => {
      await manage("MANAGE_MESSAGES");
      const ids = [await bench.say("a"), await bench.say("b")];
      const bulk = (messages: readonly string[]) => bench.call("POST", `${bench.messages}/bulk-delete`, { messages });
      expect((await bulk(ids.slice(0, limits.bulkDeleteMin - 1))).code).toBe(50035);
      expect((await bulk(Array.from({ length: limits.bulkDeleteMax + 1 }, (_, n) => `${n + 1}`))).code).toBe(50035);
      expect((await bulk([ids[0] ?? "", ids[0] ?? ""])).code).toBe(50035);
      await bench.discord.control.clock.advance(limits.bulkDeleteMaxAgeMs);
      expect((await bulk(ids)).code).toBe(50034);
      const young = [await bench.say("c"), await bench.say("d")];
      expect((await bulk(young)).status).toBe(204);
      expect((await bench.discord.control.messages(ops)).map((message) => message.content)).toEqual(["a", "b"]);
    });
  });

  describe("files", () => {
    const upload = (sizes: readonly number[], payload: unknown = { content: "x" }) => {
      const form = new FormData();
      form.set("payload_json", JSON.stringify(payload));
      for (const [index, size] of sizes.entries())
        form.set(`files[${index}]`, new Blob([Buffer.alloc(size, 97)]), `f ${index}.txt`);
      return bench.call("POST", bench.messages, undefined, { form });
    };

    it("limit: filesPerMessage", async () => {
      expect((await upload(Array.from({ length: limits.filesPerMessage }, () => 1))).status).toBe(200);
      expect((await upload(Array.from({ length: limits.filesPerMessage + 1 }, () => 1))).code).toBe(30015);
    });

    it("limit: fileBytes", async () => {
      expect((await upload([limits.fileBytes])).status).toBe(200);
      expect(status(await upload([limits.fileBytes + 1]))).toEqual([413, 40005]);
    });

    it("limit: requestBytes", async () => {
      expect(status(await upload([9e6, 9e6, limits.requestBytes - 18e6]))).toEqual([413, 40005]);
    });

    it("serves what was uploaded, links attachment:// and retains what an edit lists", async () => {
      const made = await upload([3], {
        embeds: [{ title: "t", image: { url: "attachment://f_0.txt" } }],
        attachments: [{ id: 0, description: "alt", filename: "f_0.txt" }],
      });
      const [file] = [at(made.body, "attachments", 0)];
      expect(file).toMatchObject({ filename: "f_0.txt", size: 3, description: "alt" });
      const url = String(at(file, "url"));
      expect(await (await fetch(url)).text()).toBe("aaa");
      expect(at(made.body, "embeds", 0, "image", "url")).toBe(url);
      const path = `${bench.messages}/${String(made.body["id"])}`;
      const kept = await bench.call("PATCH", path, { content: "y" });
      expect(kept.body["attachments"]).toHaveLength(1);
      const dropped = await bench.call("PATCH", path, { attachments: [] });
      expect(dropped.body["attachments"]).toHaveLength(0);
    });

    it("limit: altTextLength", async () => {
      const described = (length: number) => upload([1], { attachments: [{ id: 0, description: "x".repeat(length) }] });
      expect((await described(limits.altTextLength)).status).toBe(200);
      expect((await described(limits.altTextLength + 1)).code).toBe(50035);
    });
  });

  describe("mentions", () => {
    const mentioned = async (body: unknown): Promise<unknown> => {
      const made = await bench.post(body);
      const all = await bench.discord.control.messages(ops);
      return all.find((message) => message.id === made.body["id"])?.mentioned;
    };

    it("follow allowed_mentions, mentionable roles and MENTION_EVERYONE, in the content alone", async () => {
      const { control } = bench.discord;
      const { people } = await control.identity();
      const admin = people["admin"] ?? "";
      const quiet = await control.addRole("quiet");
      const loud = await control.addRole("loud", { mentionable: true });
      const content = `<@${admin}> <@&${quiet}> <@&${loud}> @everyone`;
      const nobody = { users: [], roles: [], everyone: false, repliedUser: null };
      expect(await mentioned({ content })).toEqual({ ...nobody, users: [admin], roles: [loud] });
      expect(await mentioned({ content, allowed_mentions: { parse: [] } })).toEqual(nobody);
      expect(await mentioned({ content, allowed_mentions: { roles: [loud, quiet] } })).toEqual({
        ...nobody,
        roles: [loud],
      });
      expect(await mentioned({ content: "-", embeds: [{ title: content }] })).toEqual(nobody);
      expect(await mentioned({ content: `\`<@${admin}>\`` })).toEqual(nobody);
      await manage("MENTION_EVERYONE");
      expect(await mentioned({ content })).toEqual({ ...nobody, users: [admin], roles: [quiet, loud], everyone: true });
      expect(await mentioned({ content, allowed_mentions: { parse: ["users"] } })).toEqual({
        ...nobody,
        users: [admin],
      });
    });

    it("of a reply name the author only if asked to", async () => {
      const { control } = bench.discord;
      const said = await control.as("viewer").say(ops, "hello");
      const reply = { content: "x", message_reference: { message_id: said.id } };
      expect(await mentioned({ ...reply, allowed_mentions: { parse: [] } })).toMatchObject({ repliedUser: null });
      expect(await mentioned({ ...reply, allowed_mentions: { replied_user: true } })).toMatchObject({
        repliedUser: said.author.id,
      });
      expect(
        await mentioned({ content: "x", message_reference: { message_id: "1", fail_if_not_exists: false } }),
      ).toBeDefined();
    });

    it("of an edit notify nobody", async () => {
      const { people } = await bench.discord.control.identity();
      const id = await bench.say("x");
      await bench.call("PATCH", `${bench.messages}/${id}`, { content: `<@${people["admin"] ?? ""}>` });
      const [shown] = await bench.discord.control.messages(ops);
      expect(shown?.mentioned.users).toEqual([]);
    });
  });

  describe("pins and reactions", () => {
    it("limit: pinsPerChannel and pinsPerPage; needs PIN_MESSAGES", async () => {
      const ids: string[] = [];
      for (let n = 0; n <= limits.pinsPerChannel; n += 1) {
        ids.push((await bench.discord.control.as("viewer").say(ops, `m${n}`)).id);
      }
      const pin = (id: string | undefined) => bench.call("PUT", `${bench.messages}/pins/${id ?? ""}`);
      for (let n = 0; n < limits.pinsPerChannel; n += 5) {
        const pinned = await Promise.all(ids.slice(n, n + 5).map(pin));
        expect(pinned.map((answer) => answer.status)).toEqual([204, 204, 204, 204, 204]);
      }
      expect(status(await pin(ids.at(-1)))).toEqual([400, 30003]);
      const page = await bench.call("GET", `${bench.messages}/pins?limit=${limits.pinsPerPage}`);
      expect(page.body["has_more"]).toBe(true);
      expect(at(page.body, "items", limits.pinsPerPage - 1, "message", "pinned")).toBe(true);
      expect((await bench.call("GET", `${bench.messages}/pins?limit=${limits.pinsPerPage + 1}`)).code).toBe(50035);
      await deny("PIN_MESSAGES");
      await bench.discord.control.setRole("toban", { permissions: ["MANAGE_MESSAGES"] });
      expect(status(await bench.call("DELETE", `${bench.messages}/pins/${ids[0] ?? ""}`))).toEqual([403, 50013]);
    });

    it("limit: reactionsPerMessage", async () => {
      const id = await bench.say("x");
      const react = (emoji: string) =>
        bench.call("PUT", `${bench.messages}/${id}/reactions/${encodeURIComponent(emoji)}/@me`);
      const emoji = Array.from({ length: limits.reactionsPerMessage + 1 }, (_, n) => String.fromCodePoint(0x1f600 + n));
      for (const each of emoji.slice(0, -1)) expect((await react(each)).status).toBe(204);
      expect(status(await react(emoji.at(-1) ?? ""))).toEqual([400, 30010]);
      expect(status(await react("nothing"))).toEqual([400, 10014]);
    });
  });

  describe("threads", () => {
    it("from a message: its id, once, and in the message", async () => {
      const id = await bench.say("x");
      const path = `${bench.messages}/${id}/threads`;
      const made = await bench.call("POST", path, { name: "why" });
      expect(made.body).toMatchObject({ id, type: 11, parent_id: ops, owner_id: bench.discord.botUserId });
      expect(status(await bench.call("POST", path, { name: "again" }))).toEqual([400, 160004]);
      const message = await bench.call("GET", `${bench.messages}/${id}`);
      expect(message.body).toMatchObject({ flags: 1 << 5, thread: { id } });
    });

    it("limit: threadNameLength, and the archive durations", async () => {
      const make = (body: unknown) => bench.call("POST", `/channels/${ops}/threads`, body);
      expect((await make({ name: "x".repeat(limits.threadNameLength), type: 11 })).status).toBe(201);
      expect((await make({ name: "x".repeat(limits.threadNameLength + 1), type: 11 })).code).toBe(50035);
      expect((await make({ name: "x", type: 11, auto_archive_duration: 61 })).code).toBe(50035);
      for (const minutes of autoArchiveMinutes) {
        expect((await make({ name: "x", type: 11, auto_archive_duration: minutes })).status).toBe(201);
      }
      expect(status(await make({ name: "private by default" }))).toEqual([403, 50013]);
    });

    it("sending unarchives; edits and reactions in an archived one meet 50083; the right to send is another", async () => {
      const { control } = bench.discord;
      const thread = String((await bench.call("POST", `/channels/${ops}/threads`, { name: "t", type: 11 })).body["id"]);
      const first = await bench.call("POST", `/channels/${thread}/messages`, { content: "x" });
      await control.setThread(thread, { archived: true });
      const id = String(first.body["id"]);
      expect((await bench.call("PATCH", `/channels/${thread}/messages/${id}`, { content: "y" })).code).toBe(50083);
      expect((await bench.call("POST", `/channels/${thread}/messages`, { content: "y" })).status).toBe(200);
      expect((await control.channels()).find((channel) => channel.id === thread)?.archived).toBe(false);
      await control.setThread(thread, { archived: true, locked: true });
      expect((await bench.call("POST", `/channels/${thread}/messages`, { content: "z" })).status).toBe(403);
      await control.setThread(thread, { archived: false, locked: false });
      await deny("SEND_MESSAGES");
      expect((await bench.call("POST", `/channels/${thread}/messages`, { content: "z" })).status).toBe(200);
      await deny("SEND_MESSAGES_IN_THREADS");
      expect((await bench.call("POST", `/channels/${thread}/messages`, { content: "z" })).code).toBe(50013);
    });

    it("limit: forumTagsPerPost; a forum takes posts, not messages", async () => {
      const { control } = bench.discord;
      const names = Array.from({ length: limits.forumTagsPerPost + 1 }, (_, n) => `tag${n}`);
      const forum = await control.createChannel("help", { type: 15, tags: names });
      const view = await bench.call("GET", `/channels/${forum}`);
      const tags = names.map((_, n) => String(at(view.body, "available_tags", n, "id")));
      const post = (applied: readonly string[]) =>
        bench.call("POST", `/channels/${forum}/threads`, {
          name: "p",
          message: { content: "x" },
          applied_tags: applied,
        });
      expect((await post(tags.slice(0, limits.forumTagsPerPost))).body).toMatchObject({
        parent_id: forum,
        message: { content: "x" },
      });
      expect((await post(tags)).code).toBe(50035);
      expect((await bench.call("POST", `/channels/${forum}/messages`, { content: "x" })).code).toBe(40058);
    });

    it("limit: forumTagsPerChannel and forumTagNameLength", async () => {
      const { control } = bench.discord;
      await control.setRole("toban", { permissions: ["VIEW_CHANNEL", "MANAGE_CHANNELS"] });
      const forum = await control.createChannel("help", { type: 15 });
      const set = (count: number, length: number) =>
        bench.call("PATCH", `/channels/${forum}`, {
          available_tags: Array.from({ length: count }, (_, n) => ({ name: `${n}`.padEnd(length, "x") })),
        });
      expect((await set(limits.forumTagsPerChannel, limits.forumTagNameLength)).status).toBe(200);
      expect((await set(limits.forumTagsPerChannel + 1, 5)).code).toBe(50035);
      expect((await set(1, limits.forumTagNameLength + 1)).code).toBe(50035);
    });
  });

  describe("webhooks", () => {
    it("limit: webhooksPerChannel and webhookNameLength; some names are not allowed", async () => {
      await manage("MANAGE_WEBHOOKS");
      const make = (name: string) => bench.call("POST", `/channels/${ops}/webhooks`, { name });
      expect((await make("x".repeat(limits.webhookNameLength + 1))).code).toBe(50035);
      expect((await make("My Discord hook")).code).toBe(50035);
      expect((await make("clyde2")).code).toBe(50035);
      for (let n = 0; n < limits.webhooksPerChannel; n += 1)
        expect((await make("x".repeat(limits.webhookNameLength))).status).toBe(200);
      expect(status(await make("one more"))).toEqual([400, 30007]);
    });

    it("limit: webhooksPerGuild", async () => {
      const { control } = bench.discord;
      await control.setRole("toban", { permissions: ["VIEW_CHANNEL", "MANAGE_WEBHOOKS"] });
      let channel = ops;
      for (let n = 0; n < limits.webhooksPerGuild; n += 1) {
        if (n % limits.webhooksPerChannel === 0) channel = await control.createChannel(`c${n}`);
        await control.addWebhook(channel, `h${n}`);
      }
      expect(status(await bench.call("POST", `/channels/${ops}/webhooks`, { name: "x" }))).toEqual([400, 30058]);
    });

    it("executes without a bot's token; wait gives the message, otherwise 204; gone is 10015, a wrong token 50027", async () => {
      const hook = await bench.discord.control.addWebhook(ops, "alerts");
      const path = `/webhooks/${hook.id}/${hook.token}`;
      const send = (query: string, body: unknown) => bench.call("POST", path + query, body, { token: null });
      expect((await send("", { content: "x" })).status).toBe(204);
      const made = await send("?wait=true", { content: "y", username: "other" });
      expect(made.body).toMatchObject({ webhook_id: hook.id, author: { username: "other", bot: true } });
      const id = String(made.body["id"]);
      expect(
        (await bench.call("PATCH", `${path}/messages/${id}`, { content: "z" }, { token: null })).body["content"],
      ).toBe("z");
      expect((await bench.call("DELETE", `${path}/messages/${id}`, undefined, { token: null })).status).toBe(204);
      const wrong = await bench.call("POST", `/webhooks/${hook.id}/nothing`, { content: "x" }, { token: null });
      expect(status(wrong)).toEqual([401, 50027]);
      await bench.discord.control.deleteWebhook(hook.id);
      expect(status(await send("", { content: "x" }))).toEqual([404, 10015]);
    });

    it("of a person carry link buttons only, and only when asked to", async () => {
      const hook = await bench.discord.control.addWebhook(ops, "alerts");
      const path = `/webhooks/${hook.id}/${hook.token}`;
      const row = (button: unknown): unknown => ({ content: "x", components: [{ type: 1, components: [button] }] });
      const link = row({ type: 2, style: 5, label: "l", url: "https://example.org" });
      const press = row({ type: 2, style: 1, label: "l", custom_id: "a" });
      const send = (query: string, body: unknown) => bench.call("POST", path + query, body, { token: null });
      expect((await send("?wait=true", press)).body["components"]).toEqual([]);
      expect((await send("?wait=true&with_components=true", link)).body["components"]).toHaveLength(1);
      expect((await send("?wait=true&with_components=true", press)).code).toBe(50035);
    });
  });

  it("a channel deleted and made again with the same id is empty", async () => {
    const { control } = bench.discord;
    await bench.say("x");
    await control.deleteChannel(ops);
    expect(status(await bench.post({ content: "x" }))).toEqual([404, 10003]);
    await control.createChannel("ops", { id: ops });
    expect(await control.messages(ops)).toEqual([]);
    expect((await bench.post({ content: "x" })).status).toBe(200);
  });

  it("limit: channelNameLength and channelTopicLength", async () => {
    await bench.discord.control.setRole("toban", { permissions: ["VIEW_CHANNEL", "MANAGE_CHANNELS"] });
    const change = async (body: unknown): Promise<readonly [number, number]> => {
      await bench.discord.control.clock.advance(limits.channelRenameWindowMs);
      return status(await bench.call("PATCH", `/channels/${ops}`, body));
    };
    expect(await change({ name: "x".repeat(limits.channelNameLength) })).toEqual([200, 0]);
    expect(await change({ name: "x".repeat(limits.channelNameLength + 1) })).toEqual([400, 50035]);
    expect(await change({ topic: "x".repeat(limits.channelTopicLength) })).toEqual([200, 0]);
    expect(await change({ topic: "x".repeat(limits.channelTopicLength + 1) })).toEqual([400, 50035]);
  });

  it("limit: auditReasonLength, counted decoded", async () => {
    const send = async (length: number): Promise<number> => {
      const headers = { "x-audit-log-reason": encodeURIComponent("当".repeat(length)) };
      return (await bench.call("POST", bench.messages, { content: "x" }, { headers })).status;
    };
    expect(await send(limits.auditReasonLength)).toBe(200);
    expect(await send(limits.auditReasonLength + 1)).toBe(400);
  });

  it("limit: oldMessageDeleteMs — older ones count in a bucket of their own", async () => {
    const ids = [await bench.say("a"), await bench.say("b")];
    const young = await bench.call("DELETE", `${bench.messages}/${ids[0] ?? ""}`);
    await bench.discord.control.clock.advance(limits.oldMessageDeleteMs);
    const old = await bench.call("DELETE", `${bench.messages}/${ids[1] ?? ""}`);
    expect([young.status, old.status]).toEqual([204, 204]);
    expect(old.headers.get("x-ratelimit-bucket")).not.toBe(young.headers.get("x-ratelimit-bucket"));
  });
});
