import type { Core } from "../core.js";
import { invalidForm, refuse } from "../errors.js";
import { intent } from "../gateway/intents.js";
import { integer, isObject, stringsIn, text } from "../json.js";
import type { JsonObject } from "../json.js";
import { channelType, messageFlag, messageType } from "../model.js";
import type { Channel, ThreadState } from "../model.js";
import { NO_CONTENT, ok, param } from "../rest/route.js";
import type { Reply, RequestContext, Route } from "../rest/route.js";
import { issue } from "../rules/issue.js";
import { checkMessage, requireForm } from "../rules/message.js";
import { channelView, threadMemberView } from "../views.js";

const REQUIRE_TAG = 1 << 4;
const DEFAULT_ARCHIVE_MINUTES = 4320;

interface NewThread {
  readonly id?: string;
  readonly parent: Channel;
  readonly type: number;
  readonly body: JsonObject;
  readonly tags?: readonly string[];
}

function addThread(core: Core, input: NewThread): Channel {
  const { world, clock } = core;
  const now = clock.now();
  const thread: ThreadState = {
    ownerId: world.bot.id,
    createdAt: now,
    archived: false,
    locked: false,
    autoArchiveMinutes: integer(input.body["auto_archive_duration"]) ?? DEFAULT_ARCHIVE_MINUTES,
    archiveChangedAt: now,
    invitable: input.body["invitable"] !== false,
    messageCount: 0,
    totalSent: 0,
    appliedTags: [...(input.tags ?? [])],
    members: new Map([[world.bot.id, now]]),
  };
  const channel = world.addChannel({
    ...(input.id === undefined ? {} : { id: input.id }),
    guildId: input.parent.guildId,
    name: (text(input.body["name"]) ?? "").trim(),
    type: input.type,
    parentId: input.parent.id,
    thread,
  });
  const data = { ...channelView(channel, world), newly_created: true };
  world.emit({ name: "THREAD_CREATE", data, intents: intent.GUILDS });
  return channel;
}

async function fromMessage(core: Core, context: RequestContext): Promise<Reply> {
  const { world, messages } = core;
  const channel = world.channel(param(context, "channel"));
  world.requireBot(channel, "CREATE_PUBLIC_THREADS");
  if (channel.type !== channelType.text && channel.type !== channelType.announcement) throw refuse("WrongChannelType");
  const message = messages.store.get(channel, param(context, "message"));
  await requireForm("CreateTextThreadWithMessageRequest", context.body);
  if (message.threadId !== undefined || world.channels.has(message.id)) throw refuse("ThreadExists");
  const type = channel.type === channelType.announcement ? channelType.announcementThread : channelType.publicThread;
  const thread = addThread(core, { id: message.id, parent: channel, type, body: context.body });
  message.threadId = thread.id;
  message.flags |= messageFlag.HAS_THREAD;
  messages.touch(message);
  return ok(channelView(thread, world), 201);
}

async function withoutMessage(core: Core, context: RequestContext, channel: Channel): Promise<Reply> {
  const { world, messages } = core;
  const { body } = context;
  await requireForm("CreateTextThreadWithoutMessageRequest", body);
  // Without a type Discord makes a private thread, for historical reasons.
  const type = integer(body["type"]) ?? channelType.privateThread;
  const kinds: readonly number[] = [
    channelType.announcementThread,
    channelType.publicThread,
    channelType.privateThread,
  ];
  if (!kinds.includes(type))
    throw invalidForm([issue(["type"], "BASE_TYPE_CHOICES", "Value must be one of {10, 11, 12}.")]);
  world.requireBot(channel, type === channelType.privateThread ? "CREATE_PRIVATE_THREADS" : "CREATE_PUBLIC_THREADS");
  const thread = addThread(core, { parent: channel, type, body });
  if (type !== channelType.privateThread) {
    messages.create({
      channel,
      author: world.bot,
      body: { content: thread.name },
      files: [],
      mentionDefaults: "users",
      senderBits: 0n,
      type: messageType.threadCreated,
      reference: { messageId: thread.id, channelId: thread.id },
    });
  }
  return ok(channelView(thread, world), 201);
}

async function forumPost(core: Core, context: RequestContext, channel: Channel): Promise<Reply> {
  const { world, messages } = core;
  const { body, files } = context;
  const bits = world.requireBot(channel, "SEND_MESSAGES");
  await requireForm("CreateForumThreadRequest", body);
  const inner = isObject(body["message"]) ? body["message"] : {};
  await checkMessage("forum", inner, files);
  const tags = stringsIn(body["applied_tags"]);
  if (tags.some((id) => !channel.tags.some((tag) => tag.id === id))) throw refuse("UnknownTag");
  if (tags.length === 0 && (channel.flags & REQUIRE_TAG) !== 0) throw refuse("TagRequired");
  const thread = addThread(core, { parent: channel, type: channelType.publicThread, body, tags });
  const message = messages.create({
    channel: thread,
    author: world.bot,
    body: inner,
    files,
    mentionDefaults: "all",
    senderBits: bits,
  });
  return ok({ ...channelView(thread, world), message: messages.view(message) }, 201);
}

async function create(core: Core, context: RequestContext): Promise<Reply> {
  const channel = core.world.channel(param(context, "channel"));
  core.world.requireBot(channel);
  if (channel.type === channelType.forum) return forumPost(core, context, channel);
  if (channel.type !== channelType.text && channel.type !== channelType.announcement) throw refuse("WrongChannelType");
  return withoutMessage(core, context, channel);
}

function threadOf(core: Core, context: RequestContext): Channel & { readonly thread: ThreadState } {
  const channel = core.world.channel(param(context, "channel"));
  core.world.requireBot(channel);
  const { thread } = channel;
  if (thread === undefined) throw refuse("WrongChannelType");
  return { ...channel, thread };
}

function membership(core: Core, context: RequestContext, userId: string, join: boolean): Reply {
  const { world, clock } = core;
  const { thread, id } = threadOf(core, context);
  if (thread.archived) throw refuse("ArchivedThread");
  if (!world.users.has(userId)) throw refuse("UnknownUser");
  if (join) thread.members.set(userId, thread.members.get(userId) ?? clock.now());
  else if (!thread.members.delete(userId)) throw refuse("UnknownMember");
  world.emit({
    name: "THREAD_MEMBERS_UPDATE",
    data: {
      id,
      guild_id: world.channel(id).guildId,
      member_count: thread.members.size,
      ...(join ? { added_members: [threadMemberView(world.channel(id), userId)] } : { removed_member_ids: [userId] }),
    },
    intents: userId === world.bot.id ? intent.GUILDS : intent.GUILD_MEMBERS,
  });
  return NO_CONTENT;
}

/** Threads: from a message, standing alone, as a forum's post; and who is in them. */
export function threadRoutes(core: Core): Route[] {
  const { world } = core;
  const base = { class: "bot", bucket: "thread-create", major: ["channel"] } as const;
  const member = { class: "bot", bucket: "thread-member", major: ["channel"] } as const;
  const idOf = (context: RequestContext): string => param(context, "user");
  return [
    {
      ...base,
      method: "POST",
      path: "/channels/:channel/messages/:message/threads",
      handle: (context) => fromMessage(core, context),
    },
    { ...base, method: "POST", path: "/channels/:channel/threads", handle: (context) => create(core, context) },
    {
      ...member,
      method: "GET",
      path: "/channels/:channel/thread-members",
      handle: (context) => {
        const { thread, id } = threadOf(core, context);
        return ok([...thread.members.keys()].map((userId) => threadMemberView(world.channel(id), userId)));
      },
    },
    {
      ...member,
      method: "PUT",
      path: "/channels/:channel/thread-members/@me",
      handle: (context) => membership(core, context, world.bot.id, true),
    },
    {
      ...member,
      method: "DELETE",
      path: "/channels/:channel/thread-members/@me",
      handle: (context) => membership(core, context, world.bot.id, false),
    },
    {
      ...member,
      method: "PUT",
      path: "/channels/:channel/thread-members/:user",
      handle: (context) => membership(core, context, idOf(context), true),
    },
    {
      ...member,
      method: "DELETE",
      path: "/channels/:channel/thread-members/:user",
      handle: (context) => {
        world.requireBot(world.channel(param(context, "channel")), "MANAGE_THREADS");
        return membership(core, context, idOf(context), false);
      },
    },
  ];
}
