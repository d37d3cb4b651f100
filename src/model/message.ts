import type { Text } from "../base/text.js";

/** How a message looks at a glance. One table of icon, word and colour serves Discord, terminal and web. */
export const TONES = [
  "critical",
  "warning",
  "info",
  "well",
  "unknown",
  "acknowledged",
  "muted",
  "maintenance",
] as const;
export type Tone = (typeof TONES)[number];

export interface MessageFile {
  readonly name: string;
  readonly content: string | Uint8Array;
}

/** A button. `id` is `v1:<verb>:<id>`; it carries no authority. */
export interface MessageAction {
  readonly id: string;
  readonly label: string;
  readonly style: "primary" | "secondary" | "success" | "danger";
  readonly disabled?: boolean;
}

/** Who is to be pinged, in the first line. */
export interface Mention {
  readonly kind: "role" | "user";
  readonly id: string;
}

/** What is said, without a platform. Each receiver lowers it. */
export interface Message {
  readonly tone: Tone;
  /** The first line: how bad, where, what, value and limit, without the icon. */
  readonly summary: Text;
  readonly mentions: readonly Mention[];
  /** The lines below. */
  readonly lines: readonly Text[];
  /** Preformatted text (a log page), if any. */
  readonly block?: string;
  /** Small print at the end. */
  readonly footer?: Text;
  readonly actions: readonly MessageAction[];
  readonly files: readonly MessageFile[];
  /** The language it is written in, for the few words a receiver adds (what was left out). English when absent. */
  readonly locale?: string;
}
