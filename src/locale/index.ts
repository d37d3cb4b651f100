import { en } from "./en/index.js";

/** What every language must say. */
export type Catalogue = typeof en;

export const LOCALES = ["en"] as const;
export type Locale = (typeof LOCALES)[number];

const CATALOGUES: Readonly<Record<Locale, Catalogue>> = { en };

/** The catalogue for a language tag such as Discord's (`en-GB`, `ja`); English where there is none. */
export function catalogueFor(tag: string): Catalogue {
  const language = tag.split("-")[0] ?? "";
  return LOCALES.includes(language as Locale) ? CATALOGUES[language as Locale] : CATALOGUES.en;
}
