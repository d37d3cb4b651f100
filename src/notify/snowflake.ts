/** The first second of 2015, from which Discord's ids count (documentation: reference, snowflakes). */
const DISCORD_EPOCH_MS = 1_420_070_400_000;

/** The smallest id of that moment, UTC milliseconds: whatever was made later has a larger one. */
export function snowflakeAt(ms: number): string {
  return (BigInt(Math.max(0, Math.floor(ms) - DISCORD_EPOCH_MS)) << 22n).toString();
}
