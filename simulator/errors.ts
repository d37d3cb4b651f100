import type { JsonObject } from "./json.js";

interface ErrorShape {
  readonly status: number;
  readonly code: number;
  readonly message: string;
}

/** The answers of Discord's API that this simulator can give: HTTP status, JSON error code, text. */
export const discordErrors = {
  NotFound: { status: 404, code: 0, message: "404: Not Found" },
  MethodNotAllowed: { status: 405, code: 0, message: "405: Method Not Allowed" },
  Unauthorized: { status: 401, code: 0, message: "401: Unauthorized" },
  BadJson: { status: 400, code: 50109, message: "The request body contains invalid JSON." },
  UnknownChannel: { status: 404, code: 10003, message: "Unknown Channel" },
  UnknownGuild: { status: 404, code: 10004, message: "Unknown Guild" },
  UnknownMember: { status: 404, code: 10007, message: "Unknown Member" },
  UnknownMessage: { status: 404, code: 10008, message: "Unknown Message" },
  UnknownRole: { status: 404, code: 10011, message: "Unknown Role" },
  UnknownUser: { status: 404, code: 10013, message: "Unknown User" },
  UnknownEmoji: { status: 400, code: 10014, message: "Unknown Emoji" },
  UnknownWebhook: { status: 404, code: 10015, message: "Unknown Webhook" },
  UnknownInteraction: { status: 404, code: 10062, message: "Unknown interaction" },
  UnknownCommand: { status: 404, code: 10063, message: "Unknown application command" },
  UnknownCommandPermissions: { status: 404, code: 10066, message: "Unknown application command permissions" },
  UnknownTag: { status: 404, code: 10087, message: "Unknown tag" },
  BotsNotAllowed: { status: 403, code: 20001, message: "Bots cannot use this endpoint" },
  MaxPins: { status: 400, code: 30003, message: "Maximum number of pins reached for the channel (250)" },
  MaxWebhooks: { status: 400, code: 30007, message: "Maximum number of webhooks reached (15)" },
  MaxReactions: { status: 400, code: 30010, message: "Maximum number of reactions reached (20)" },
  MaxAttachments: { status: 400, code: 30015, message: "Maximum number of attachments in a message reached (10)" },
  MaxCommands: { status: 400, code: 30032, message: "Maximum number of application commands reached (100)" },
  MaxCommandPermissions: {
    status: 400,
    code: 30040,
    message: "Maximum number of application command permissions reached (100)",
  },
  MaxDailyCommands: {
    status: 400,
    code: 30034,
    message: "Max number of daily application command creates has been reached (200)",
  },
  MaxOldEdits: {
    status: 400,
    code: 30046,
    message: "Maximum number of edits to messages older than 1 hour reached. Try again later",
  },
  MaxGuildWebhooks: { status: 400, code: 30058, message: "Maximum number of webhooks per guild reached (1000)" },
  TooLarge: { status: 413, code: 40005, message: "Request entity too large" },
  ForumMessage: {
    status: 400,
    code: 40058,
    message: "Cannot message this thread until after the post author has sent an initial message.",
  },
  AlreadyAcknowledged: { status: 400, code: 40060, message: "Interaction has already been acknowledged." },
  TagRequired: { status: 400, code: 40067, message: "A tag is required to create a forum post in this channel" },
  FollowUpLimit: {
    status: 400,
    code: 40094,
    message: "This interaction has reached the maximum number of follow-up messages",
  },
  CloudflareBlocked: { status: 403, code: 40333, message: "Cloudflare is blocking your request" },
  MissingAccess: { status: 403, code: 50001, message: "Missing Access" },
  NotInDirectMessage: { status: 400, code: 50003, message: "Cannot execute action on a DM channel" },
  NotAuthor: { status: 403, code: 50005, message: "Cannot edit a message authored by another user" },
  EmptyMessage: { status: 400, code: 50006, message: "Cannot send an empty message" },
  NotTextChannel: { status: 400, code: 50008, message: "Cannot send messages in a non-text channel" },
  MissingPermissions: { status: 403, code: 50013, message: "Missing Permissions" },
  InvalidToken: { status: 401, code: 50014, message: "Invalid authentication token" },
  BulkDeleteCount: {
    status: 400,
    code: 50016,
    message:
      "Provided too few or too many messages to delete. Must provide at least 2 and fewer than 100 messages to delete.",
  },
  PinWrongChannel: {
    status: 400,
    code: 50019,
    message: "A message can only be pinned in the channel it was sent in",
  },
  SystemMessage: { status: 403, code: 50021, message: "Cannot execute action on a system message" },
  WrongChannelType: { status: 400, code: 50024, message: "Cannot execute action on this channel type" },
  InvalidWebhookToken: { status: 401, code: 50027, message: "Invalid Webhook Token" },
  BulkDeleteAge: { status: 400, code: 50034, message: "You can only bulk delete messages that are under 14 days old." },
  InvalidForm: { status: 400, code: 50035, message: "Invalid Form Body" },
  InvalidVersion: { status: 400, code: 50041, message: "Invalid API version" },
  FileTooLarge: { status: 400, code: 50045, message: "File uploaded exceeds the maximum size" },
  ArchivedThread: { status: 400, code: 50083, message: "Thread is archived" },
  ThreadExists: { status: 400, code: 160_004, message: "A thread has already been created for this message" },
  ThreadLocked: { status: 400, code: 160_005, message: "Thread is locked" },
  Overloaded: { status: 503, code: 130_000, message: "API resource is currently overloaded. Try again a little later" },
} as const satisfies Record<string, ErrorShape>;

export type DiscordErrorName = keyof typeof discordErrors;

/** A refusal as Discord words it. Handlers throw it; the server turns it into the answer. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: number;
  readonly errors: JsonObject | undefined;

  constructor(shape: ErrorShape, errors?: JsonObject) {
    super(shape.message);
    this.name = "ApiError";
    this.status = shape.status;
    this.code = shape.code;
    this.errors = errors;
  }

  body(): JsonObject {
    const errors = this.errors === undefined ? {} : { errors: this.errors };
    return { message: this.message, code: this.code, ...errors };
  }
}

export function refuse(name: DiscordErrorName): ApiError {
  return new ApiError(discordErrors[name]);
}

/** One complaint about one place of a request body. */
export interface FormIssue {
  readonly path: readonly (string | number)[];
  readonly code: string;
  readonly message: string;
}

/** 400 50035: the complaints in the tree that mirrors the body, with array indices as keys. */
export function invalidForm(issues: readonly FormIssue[]): ApiError {
  const tree: Record<string, unknown> = {};
  for (const issue of issues) {
    let node = tree;
    for (const key of issue.path) {
      const next = node[String(key)] ?? {};
      node[String(key)] = next;
      node = next as Record<string, unknown>;
    }
    const list = (node["_errors"] ?? []) as unknown[];
    node["_errors"] = [...list, { code: issue.code, message: issue.message }];
  }
  return new ApiError(discordErrors.InvalidForm, tree);
}
