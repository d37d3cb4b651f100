import { isObject } from "../json.js";
import type { JsonObject } from "../json.js";
import type { GatewayEvent, World } from "../world.js";
import { intent } from "./intents.js";

const MESSAGE_EVENTS: ReadonlySet<string> = new Set(["MESSAGE_CREATE", "MESSAGE_UPDATE"]);

/** Whether a message shows its content without the privileged intent: own ones, direct ones and mentions do. */
function isOwnBusiness(event: GatewayEvent, world: World): boolean {
  const { mentions, guild_id: guildId } = event.data;
  const mentioned = Array.isArray(mentions) && mentions.some((user) => isObject(user) && user["id"] === world.bot.id);
  return event.authorId === world.bot.id || guildId === undefined || mentioned;
}

/** The event as a session with these intents gets it, or `undefined` if it gets nothing. */
export function visibleTo(intents: number, event: GatewayEvent, world: World): JsonObject | undefined {
  if (event.intents !== 0 && (intents & event.intents) === 0) return undefined;
  if (!MESSAGE_EVENTS.has(event.name) || (intents & intent.MESSAGE_CONTENT) !== 0) return event.data;
  if (isOwnBusiness(event, world)) return event.data;
  return { ...event.data, content: "", embeds: [], attachments: [], components: [] };
}
