import type { Core } from "../core.js";
import { refuse } from "../errors.js";
import { param } from "../rest/route.js";
import type { Route } from "../rest/route.js";

/** The stand-in for the content network: files of messages, served without a token. */
export function attachmentRoutes(core: Core): Route[] {
  return [
    {
      method: "GET",
      path: "/attachments/:channel/:attachment/:file",
      class: "open",
      bucket: "attachment",
      major: [],
      handle: (context) => {
        const attachment = core.messages.attachment(param(context, "attachment"));
        if (attachment === undefined) throw refuse("NotFound");
        const contentType = attachment.contentType ?? "application/octet-stream";
        return { status: 200, raw: { bytes: attachment.bytes, contentType } };
      },
    },
  ];
}
