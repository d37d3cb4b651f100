import { isObject } from "../../json.js";
import type { SyncAnswer, SyncRequest } from "../wire.js";

/** The server refused, in words that a person can read. */
export class Refused extends Error {
  constructor(message: string) {
    super(message);
    this.name = "Refused";
  }
}

/** The other side is this page's own server, whose answers have the operation's type by construction. */
async function post<T>(operation: string, input: unknown, signal?: AbortSignal): Promise<T> {
  const response = await fetch(`/api/${operation}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(input),
    ...(signal === undefined ? {} : { signal }),
  });
  const body: unknown = await response.json();
  if (!isObject(body) || !response.ok) {
    throw new Refused(isObject(body) ? String(body["error"]) : `HTTP ${response.status}`);
  }
  return body["result"] as T;
}

export interface Doing {
  readonly as: string;
  readonly locale: string;
  readonly channelId: string;
  readonly act: { readonly kind: string; readonly [key: string]: unknown };
}

export const api = {
  sync: (request: SyncRequest, signal: AbortSignal): Promise<SyncAnswer> => post("sync", request, signal),
  /** Answers the id of the interaction. */
  act: (doing: Doing): Promise<string> => post("act", doing),
  say: (input: { as: string; channelId: string; content: string; replyTo?: string }): Promise<string> =>
    post("say", input),
  run: (id: string): Promise<string> => post("run", { id }),
  fileUrl: (id: string, filename: string): string => `/files/${id}/${encodeURIComponent(filename)}`,
};
