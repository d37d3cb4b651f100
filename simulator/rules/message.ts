import { ApiError, invalidForm, refuse } from "../errors.js";
import type { FormIssue } from "../errors.js";
import { flag, idText, integer, isObject, objectsIn, stringsIn, text } from "../json.js";
import type { JsonObject } from "../json.js";
import { limits } from "../limits.js";
import type { UploadedFile } from "../messages/service.js";
import { messageFlag } from "../model.js";
import type { Message } from "../model.js";
import { toFormIssues } from "../rest/form.js";
import { schemaIssues } from "../rest/schemas.js";
import { componentIssues } from "./components.js";
import { embedIssues } from "./embeds.js";
import { issue, length, merged, tooLong } from "./issue.js";

/** Which published schema a message body is checked against. */
export const messageSchemas = {
  create: "MessageCreateRequest",
  edit: "MessageEditRequestPartial",
  forum: "BaseCreateMessageCreateRequest",
  webhook: "IncomingWebhookRequestPartial",
  webhookEdit: "IncomingWebhookUpdateRequestPartial",
  interaction: "IncomingWebhookInteractionRequest",
  interactionUpdate: "IncomingWebhookUpdateForInteractionCallbackRequestPartial",
} as const;

export type MessageForm = keyof typeof messageSchemas;

const EDITS: ReadonlySet<MessageForm> = new Set(["edit", "webhookEdit", "interactionUpdate"]);

/** Complaints of a schema in Discord's form. */
export async function formIssues(schema: string, body: unknown): Promise<FormIssue[]> {
  return toFormIssues(await schemaIssues(schema, body), body);
}

/** Refuses a body that does not fit the schema. */
export async function requireForm(schema: string, body: unknown): Promise<void> {
  const issues = await formIssues(schema, body);
  if (issues.length > 0) throw invalidForm(issues);
}

function contentIssues(body: JsonObject): FormIssue[] {
  const content = text(body["content"]);
  return content !== undefined && length(content) > limits.contentLength
    ? [tooLong(["content"], limits.contentLength)]
    : [];
}

function mentionIssues(body: JsonObject): FormIssue[] {
  const allowed = body["allowed_mentions"];
  if (!isObject(allowed)) return [];
  const parse = stringsIn(allowed["parse"]);
  return ["users", "roles"]
    .filter((kind) => parse.includes(kind) && stringsIn(allowed[kind]).length > 0)
    .map((kind) =>
      issue(
        ["allowed_mentions"],
        "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
        `parse:["${kind}"] and ${kind}: [ids...] are mutually exclusive.`,
      ),
    );
}

function v2Clashes(body: JsonObject): FormIssue[] {
  const legacy = (["content", "embeds", "poll", "sticker_ids"] as const).filter((key) => {
    const value = body[key];
    return value !== undefined && value !== null && value !== "" && !(Array.isArray(value) && value.length === 0);
  });
  return legacy.map((key) =>
    issue(
      [key],
      "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
      `The '${key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2`,
    ),
  );
}

function leftovers(body: JsonObject, existing: Message): FormIssue[] {
  const clashes: FormIssue[] = [];
  if (existing.content !== "" && body["content"] !== null && body["content"] !== "")
    clashes.push(...v2Clashes({ content: "x" }));
  const cleared = Array.isArray(body["embeds"]) && body["embeds"].length === 0;
  if (existing.embeds.length > 0 && !cleared && body["embeds"] !== null) clashes.push(...v2Clashes({ embeds: [{}] }));
  return clashes;
}

function attachmentIssues(
  body: JsonObject,
  files: readonly UploadedFile[],
  existing: Message | undefined,
): FormIssue[] {
  const known = new Set([
    ...files.map((file) => String(file.index)),
    ...(existing?.attachments ?? []).map((item) => item.id),
  ]);
  return objectsIn(body["attachments"]).flatMap((item, index) =>
    item["id"] === undefined || known.has(idText(item["id"]))
      ? []
      : [
          issue(
            ["attachments", index, "id"],
            "ATTACHMENT_NOT_FOUND",
            `Attachment with id ${idText(item["id"])} was not found`,
          ),
        ],
  );
}

function isEmpty(body: JsonObject, files: readonly UploadedFile[], existing: Message | undefined): boolean {
  const now = (key: "content" | "embeds" | "components", before: unknown): unknown =>
    key in body ? body[key] : before;
  const content = text(now("content", existing?.content))?.trim() ?? "";
  const embeds = objectsIn(now("embeds", existing?.embeds));
  const components = objectsIn(now("components", existing?.components));
  const kept = "attachments" in body ? objectsIn(body["attachments"]) : (existing?.attachments ?? []);
  return content === "" && embeds.length === 0 && components.length === 0 && files.length === 0 && kept.length === 0;
}

/**
 * Checks a message body as Discord does: the published schema, then the documented rules it lacks. Throws 50035 with
 * the tree of complaints, or 50006 for a message with nothing in it.
 */
export async function checkMessage(
  form: MessageForm,
  body: JsonObject,
  files: readonly UploadedFile[],
  existing?: Message,
): Promise<void> {
  const schema = await formIssues(messageSchemas[form], body);
  if (body["poll"] !== undefined && body["poll"] !== null) throw notSimulated("polls");
  if (stringsIn(body["sticker_ids"]).length > 0) throw notSimulated("stickers");
  const bits = integer(body["flags"]) ?? 0;
  const wasV2 = existing !== undefined && (existing.flags & messageFlag.IS_COMPONENTS_V2) !== 0;
  const v2 = wasV2 || (bits & messageFlag.IS_COMPONENTS_V2) !== 0;
  const filenames = [
    ...files.map((file) => file.filename),
    ...(existing?.attachments ?? []).map((item) => item.filename),
  ];
  const issues = [...contentIssues(body), ...embedIssues(body["embeds"]), ...mentionIssues(body)];
  issues.push(...componentIssues(body["components"], { v2, filenames }));
  if (v2) issues.push(...v2Clashes(body));
  if (v2 && existing !== undefined && !wasV2) issues.push(...leftovers(body, existing));
  issues.push(...attachmentIssues(body, files, existing));
  if (flag(body["enforce_nonce"]) && body["nonce"] === undefined) {
    issues.push(issue(["nonce"], "BASE_TYPE_REQUIRED", "This field is required"));
  }
  const all = merged(schema, issues);
  if (all.length > 0) throw invalidForm(all);
  if (files.length + retained(body, existing) > limits.filesPerMessage) throw refuse("MaxAttachments");
  if (isEmpty(body, files, EDITS.has(form) ? existing : undefined)) throw refuse("EmptyMessage");
}

function retained(body: JsonObject, existing: Message | undefined): number {
  if (existing === undefined) return 0;
  const kept = new Set(objectsIn(body["attachments"]).map((item) => idText(item["id"])));
  return existing.attachments.filter((item) => !("attachments" in body) || kept.has(item.id)).length;
}

/** What the simulator does not simulate is refused loudly instead of being accepted and ignored. */
export function notSimulated(what: string): ApiError {
  return new ApiError({ status: 501, code: 0, message: `501: the simulator does not simulate ${what}` });
}
