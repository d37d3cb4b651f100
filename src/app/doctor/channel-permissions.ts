import { objectOf, objectsOf } from "./discord-look.js";
import type { Json } from "./discord-look.js";

const ADMINISTRATOR = 1n << 3n;
const ALL = (1n << 64n) - 1n;

function bits(value: unknown): bigint {
  return typeof value === "string" && /^\d{1,40}$/.test(value) ? BigInt(value) : 0n;
}

/**
 * What a member may do in a channel. The order is Discord's (topics/permissions, "Permission Overwrites"): roles, then the
 * channel's overwrites for everyone, for the member's roles together, for the member.
 */
export function channelPermissions(guild: Json, member: Json, channel: Json): bigint {
  const user = objectOf(member["user"])["id"];
  if (guild["owner_id"] === user) return ALL;
  const own = new Set(Array.isArray(member["roles"]) ? member["roles"] : []);
  const roles = objectsOf(guild["roles"]).filter((role) => role["id"] === guild["id"] || own.has(role["id"]));
  let permissions = roles.reduce((sum, role) => sum | bits(role["permissions"]), 0n);
  if ((permissions & ADMINISTRATOR) !== 0n) return ALL;
  const overwrites = objectsOf(channel["permission_overwrites"]);
  const layers = [
    overwrites.filter((overwrite) => overwrite["id"] === guild["id"]),
    overwrites.filter((overwrite) => own.has(overwrite["id"])),
    overwrites.filter((overwrite) => overwrite["id"] === user),
  ];
  for (const layer of layers) {
    const denied = layer.reduce((sum, overwrite) => sum | bits(overwrite["deny"]), 0n);
    const allowed = layer.reduce((sum, overwrite) => sum | bits(overwrite["allow"]), 0n);
    permissions = (permissions & ~denied) | allowed;
  }
  return permissions;
}
