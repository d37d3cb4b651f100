import type { AuditAnchor, MetaTable } from "../contract.js";

/** The name of the anchor among the small named values. */
export const AUDIT_ANCHOR_KEY = "audit.anchor";

const HASH = /^[0-9a-f]{64}$/;

/** The anchor as it stands among the small named values; anything else there is none. */
export function anchorOf(value: unknown): AuditAnchor | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { seq, hash, removed } = value as Readonly<Record<string, unknown>>;
  if (typeof seq !== "number" || typeof removed !== "number" || typeof hash !== "string" || !HASH.test(hash))
    return undefined;
  return { seq, hash, removed };
}

export function readAnchor(meta: Pick<MetaTable, "get">): AuditAnchor | undefined {
  return anchorOf(meta.get(AUDIT_ANCHOR_KEY));
}
