import { zoneOf } from "../../base/zoned-time.js";
import type { LocalTime, Zone } from "../../base/zoned-time.js";

const HOUR_MS = 3_600_000;
/**
 * Abbreviations that programs write, in hours ahead of UTC. Where one means several zones, the first is taken unless the configured zone is
 * one of the others just then. Words of a sentence (ART, EAT, PET) are left out. Source: the IANA time zone database, 2025b.
 */
const HOURS: Readonly<Record<string, readonly number[]>> = {
  Z: [0],
  UTC: [0],
  GMT: [0],
  WET: [0],
  WEST: [1],
  BST: [1],
  CET: [1],
  CEST: [2],
  EET: [2],
  EEST: [3],
  MSK: [3],
  SAST: [2],
  IST: [5.5, 2, 1],
  HKT: [8],
  WIB: [7],
  JST: [9],
  KST: [9],
  AEST: [10],
  AEDT: [11],
  ACST: [9.5],
  ACDT: [10.5],
  AWST: [8],
  NZST: [12],
  NZDT: [13],
  AST: [-4],
  ADT: [-3],
  EST: [-5],
  EDT: [-4],
  CST: [-6, 8],
  CDT: [-5],
  MST: [-7],
  MDT: [-6],
  PST: [-8],
  PDT: [-7],
  AKST: [-9],
  AKDT: [-8],
  HST: [-10],
};

/** A zone as it is written behind a time: an offset, an abbreviation, or a name such as Europe/Berlin. */
export const ZONE_PATTERN = String.raw`[+-]\d\d(?::?\d\d)?(?![\d.:]|-?\w)|(?:${Object.keys(HOURS).join("|")})(?![\w/])|[A-Z][a-z]+/[A-Z][A-Za-z_]{2,29}(?:/[A-Z][A-Za-z_]{2,29})?(?![\w/])`;

/** The moment of a local time in a zone as it stands in a line; `configured` where the line names none, or none that exists. */
export function momentIn(written: string | undefined, local: LocalTime, configured: Zone): number {
  if (written === undefined) return configured.toUtc(local);
  if (/^[+-]/.test(written)) {
    const digits = written.replace(":", "").slice(1).padEnd(4, "0");
    const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
    return local - (written.startsWith("-") ? -1 : 1) * minutes * 60_000;
  }
  const hours = HOURS[written];
  if (hours === undefined) return namedZone(written)?.toUtc(local) ?? configured.toUtc(local);
  const own = configured.toUtc(local);
  const meant = hours.find((each) => configured.offsetAt(own) === each * HOUR_MS) ?? hours[0] ?? 0;
  return local - meant * HOUR_MS;
}

function namedZone(name: string): Zone | undefined {
  try {
    return zoneOf(name);
  } catch {
    return undefined;
  }
}
