import { auditLogRoutes, audited } from "../audit-log.js";
import type { Core } from "../core.js";
import type { Route } from "../rest/route.js";
import { attachmentRoutes } from "./attachments.js";
import { channelRoutes } from "./channels.js";
import { commandRoutes } from "./commands.js";
import { identityRoutes } from "./identity.js";
import { interactionRoutes } from "./interactions.js";
import { messageRoutes } from "./messages.js";
import { pinRoutes } from "./pins.js";
import { reactionRoutes } from "./reactions.js";
import { threadRoutes } from "./threads.js";
import { webhookRoutes } from "./webhooks.js";

/** Every route, the literal ones of a length before those with parameters. */
export function allRoutes(core: Core): Route[] {
  const routes = [
    ...identityRoutes(core),
    ...pinRoutes(core),
    ...messageRoutes(core),
    ...reactionRoutes(core),
    ...threadRoutes(core),
    ...channelRoutes(core),
    ...interactionRoutes(core),
    ...webhookRoutes(core),
    ...commandRoutes(core),
    ...attachmentRoutes(core),
    ...auditLogRoutes(core),
  ];
  return routes.map((route) => audited(core, route));
}
