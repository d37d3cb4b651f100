import { maskedExcerpt } from "../base/mask/mask.js";
import { shownUrl } from "./http-options.js";

/** A place in a first line: longer ones tell nothing more. */
const SHOWN_CHARACTERS = 80;
const LOOKED_AT = 4_096;

/**
 * Where a redirect leads, fit to be shown: of another path of the same server the path alone; without user, password, the values of query and
 * path parameters, and fragment. `undefined`: it says nothing.
 */
export function shownLocation(location: string | undefined, asked: URL): string | undefined {
  const written = location?.trim() ?? "";
  if (written === "") return undefined;
  const masked = (text: string): string => maskedExcerpt(text.slice(0, LOOKED_AT), SHOWN_CHARACTERS).text;
  if (!URL.canParse(written, asked.href)) return masked(written.replace(/[?#].*$/su, ""));
  const target = new URL(written, asked);
  // A session's id often stands in the path: /login;jsessionid=…
  if (target.protocol !== "http:" && target.protocol !== "https:") return masked(target.protocol);
  target.pathname = target.pathname.replace(/;([\w.-]*)=[^/;]*/gu, ";$1=…");
  const whole = decodeURIShown(shownUrl(target.href));
  const own = `${target.protocol}//${target.host}`;
  return masked(target.origin === asked.origin && whole.startsWith(own) ? whole.slice(own.length) : whole);
}

/** The dots that stand for what is not shown, which a URL writes in percent. */
function decodeURIShown(text: string): string {
  return text.replaceAll("%E2%80%A6", "…");
}
