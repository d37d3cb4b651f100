import { z } from "zod";

import type { ProbeKind } from "../../src/model/contract/probe.js";

/** A kind of probe that measures nothing: for tests of what surrounds probes. */
export const doorKind: ProbeKind = {
  kind: "door",
  help: "Whether a door is open.",
  options: z.strictObject({ address: z.string().describe("Where the door is.") }),
  series: [{ name: "door_open", unit: "bool", kind: "gauge", help: "1 when open." }],
  defaultIntervalMs: 15_000,
  defaultTimeoutMs: 5_000,
  remote: () => false,
  create: () => ({ run: () => Promise.resolve({ status: "ok", samples: [] }) }),
};

const bare = (kind: string): ProbeKind => ({ ...doorKind, kind, options: z.strictObject({}) });

export const testKinds: ReadonlyMap<string, ProbeKind> = new Map(
  [doorKind, bare("host"), bare("self"), bare("discord")].map((kind) => [kind.kind, kind]),
);

/** The least that a working environment holds. */
export const testEnv = {
  DISCORD_GUILD_ID: "111111111111111111",
  OPS_CHANNEL_ID: "222222222222222222",
} as const;
