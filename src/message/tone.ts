import type { Catalogue } from "../locale/index.js";
import type { Tone } from "../model/message.js";
import type { Severity } from "../model/rule.js";

/** How a state looks. State is never told by colour alone: the icon and the word go with it. */
export interface ToneLook {
  readonly icon: string;
  /** 0xRRGGBB, for embeds and pages. */
  readonly colour: number;
  /** SGR parameter of the nearest terminal colour. */
  readonly sgr: number;
}

/** One table for Discord, terminal and web. The words are in the catalogues (`tone`). */
export const TONE_LOOKS: Readonly<Record<Tone, ToneLook>> = {
  critical: { icon: "🔴", colour: 0xd83c3e, sgr: 31 },
  warning: { icon: "🟡", colour: 0xf0b232, sgr: 33 },
  info: { icon: "🔵", colour: 0x3b82f6, sgr: 34 },
  well: { icon: "🟢", colour: 0x2d9d5b, sgr: 32 },
  unknown: { icon: "⚪", colour: 0x99a1ab, sgr: 37 },
  acknowledged: { icon: "🟠", colour: 0xe67e22, sgr: 33 },
  muted: { icon: "🔕", colour: 0x747f8d, sgr: 90 },
  maintenance: { icon: "🔧", colour: 0x5b6b8c, sgr: 36 },
};

export function toneWord(tone: Tone, catalogue: Catalogue): string {
  return catalogue.tone[tone];
}

/** Severities are tones of the same name. */
export function toneOfSeverity(severity: Severity): Tone {
  return severity;
}
