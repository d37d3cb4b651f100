import type { Message } from "../message.js";

/** Route classes: the same status and code mean different things on them. */
export const ROUTE_CLASSES = ["bot", "interaction_callback", "interaction_webhook", "webhook"] as const;
export type RouteClass = (typeof ROUTE_CLASSES)[number];

/** What an answer's headers say about the bucket that the request counted against. */
export interface RateHint {
  readonly limit?: number;
  readonly remaining: number;
  /** Until the bucket is full again. */
  readonly resetAfterMs: number;
}

/** What came back from one request, as a value. */
export type Answer =
  | { readonly kind: "ok"; readonly messageId: string; readonly rate?: RateHint }
  | {
      readonly kind: "status";
      readonly status: number;
      readonly code?: number;
      readonly retryAfterMs?: number;
      readonly scope?: "user" | "global" | "shared";
      /** The body was not JSON: an edge page. */
      readonly edge: boolean;
      readonly detail: string;
      readonly rate?: RateHint;
    }
  /** Nothing came back that tells whether it was done: reset, timeout, cut off. */
  | { readonly kind: "unclear"; readonly detail: string }
  /** No connection could be made (refused, no route, no name): surely not done. */
  | { readonly kind: "unreachable"; readonly detail: string }
  /** Not sent: our own library would have had to wait. */
  | { readonly kind: "not_sent"; readonly retryAfterMs: number; readonly detail: string };

export interface PostRequest {
  readonly channel: string;
  readonly id: string;
  readonly message: Message;
  readonly replyTo?: string;
  /** 0 full, 1 shrunk, 2 plain content. */
  readonly reduced: number;
}

export interface EditRequest {
  readonly channel: string;
  readonly messageId: string;
  readonly id: string;
  readonly message: Message;
  readonly reduced: number;
}

export interface ThreadRequest {
  readonly channel: string;
  readonly messageId: string;
  readonly name: string;
}

export type LookupAnswer =
  | { readonly kind: "found"; readonly messageId: string; readonly rate?: RateHint }
  | { readonly kind: "absent"; readonly rate?: RateHint }
  | Exclude<Answer, { kind: "ok" }>;

/** Takes messages somewhere. */
export interface Receiver {
  post(request: PostRequest): Promise<Answer>;
  edit(request: EditRequest): Promise<Answer>;
  /** Opens the thread of a message; its id is the message's. One that is there already is no failure. */
  openThread(request: ThreadRequest): Promise<Answer>;
  /** Takes a thread out of the archive. */
  unarchive(thread: string): Promise<Answer>;
  /** Looks for a post of ours by its id, among own messages made after `since`. */
  find(channel: string, id: string, since: number): Promise<LookupAnswer>;
}
