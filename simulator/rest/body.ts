import type { IncomingMessage } from "node:http";

import { discordErrors, ApiError, invalidForm, refuse } from "../errors.js";
import { isObject } from "../json.js";
import type { JsonObject } from "../json.js";
import { limits } from "../limits.js";
import type { UploadedFile } from "../messages/service.js";
import { parseParts } from "./multipart.js";

/** A request body: the JSON of it and the files that came along. */
export interface RequestBody {
  readonly json: unknown;
  readonly files: readonly UploadedFile[];
}

const NOTHING: RequestBody = { json: undefined, files: [] };

/** Reads a body to its end; more than Discord's request limit is refused with 413 after it has been swallowed. */
export function readAll(request: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limits.requestBytes) chunks.push(chunk);
    });
    request.on("end", () => resolve(size > limits.requestBytes ? undefined : Buffer.concat(chunks)));
    request.on("error", reject);
    request.on("aborted", () => reject(new Error("the client went away")));
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refuse("BadJson");
  }
}

const FILE_FIELD = /^files\[(\d{1,3})\]$/;

function parseMultipart(bytes: Buffer, contentType: string): RequestBody {
  const parts = parseParts(bytes, contentType);
  if (parts === undefined) {
    throw invalidForm([{ path: [], code: "CONTENT_TYPE_INVALID", message: "Could not parse the multipart body." }]);
  }
  const files: UploadedFile[] = [];
  const fields: Record<string, unknown> = {};
  let json: unknown;
  for (const part of parts) {
    if (part.filename === undefined) {
      const value = part.bytes.toString("utf8");
      if (part.name === "payload_json") json = parseJson(value);
      else fields[part.name] = value;
      continue;
    }
    const index = Number(FILE_FIELD.exec(part.name)?.[1] ?? files.length);
    files.push({ index, filename: part.filename, contentType: part.contentType, bytes: part.bytes });
  }
  if (files.length > limits.filesPerMessage) throw refuse("MaxAttachments");
  if (files.some((file) => file.bytes.length > limits.fileBytes)) throw refuse("TooLarge");
  return { json: json ?? fields, files };
}

/** Parses a body by its Content-Type; anything but JSON, form and multipart is a form error. */
export function parseBody(bytes: Buffer | undefined, contentType: string | undefined): RequestBody {
  if (bytes === undefined) throw new ApiError(discordErrors.TooLarge);
  if (bytes.length === 0) return NOTHING;
  const type = contentType?.split(";")[0]?.trim().toLowerCase();
  if (type === "application/json") return { json: parseJson(bytes.toString("utf8")), files: [] };
  if (type === "multipart/form-data") return parseMultipart(bytes, contentType ?? "");
  if (type === "application/x-www-form-urlencoded") {
    return { json: Object.fromEntries(new URLSearchParams(bytes.toString("utf8"))), files: [] };
  }
  throw invalidForm([
    {
      path: [],
      code: "CONTENT_TYPE_INVALID",
      message: `Expected "Content-Type" header to be one of {'application/json', 'application/x-www-form-urlencoded', 'multipart/form-data'}.`,
    },
  ]);
}

/** The body as an object; an absent one counts as empty, another kind of JSON is refused. */
export function objectBody(body: RequestBody): JsonObject {
  if (body.json === undefined) return {};
  if (isObject(body.json)) return body.json;
  throw invalidForm([{ path: [], code: "DICT_TYPE_CONVERT", message: "Only dictionaries may be used in a DictType" }]);
}
