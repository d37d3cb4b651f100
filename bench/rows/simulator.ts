import { fork } from "node:child_process";
import { once } from "node:events";

import { Simulator } from "../../simulator/index.js";
import type { Row } from "../row.js";
import { p, round } from "../support/measure.js";
import { built } from "../support/peer.js";

const MESSAGES = 2_000;
const OWN_MS = 1;
/** About as long as a request takes. */
const LOOP = 130_000;

/** Milliseconds for the same little work each time: what it takes longer at times, the machine took. */
function loopMs(): number {
  const began = performance.now();
  let sum = 0;
  for (let index = 0; index < LOOP; index += 1) sum += Math.sqrt(index);
  return sum > 0 ? performance.now() - began : 0;
}

/** Has another process write messages and edit every second one; returns what such a loop takes meanwhile. */
async function written(discord: Simulator): Promise<readonly number[]> {
  const loops: number[] = [];
  const { apiUrl, opsChannelId, token, control } = discord;
  const writer = fork(built("message-writer"), [apiUrl, opsChannelId, token, String(MESSAGES)], { execArgv: [] });
  // Beside the same neighbours as the requests: the writer is at work on the answer, and the engine on what it compiles.
  discord.onRequest(({ stage }) => {
    if (stage === "after-answer") loops.push(loopMs());
  });
  writer.on("message", () => {
    // So that no answer is a refusal: what a request costs is asked, not what a limit is.
    void control.clock.advance(2_000).then(() => writer.send("go"));
  });
  const [code] = (await once(writer, "exit")) as [number | null];
  if (code !== 0) throw new Error(`the writer of messages ended with ${code}`);
  return loops;
}

export const simulatorOwn: Row = {
  name: "simulator",
  promise: `the local Discord's own time per request: p99 ≤ ${OWN_MS} ms, besides what a bare loop beside it is held up by the machine`,
  async run() {
    const discord = await Simulator.start({ seed: 3, requestsKept: MESSAGES * 2 });
    try {
      const loops = await written(discord);
      const warm = (await discord.control.requests({ status: 200 })).slice(MESSAGES / 10);
      const times = warm.map(({ ownMs }) => ownMs);
      const heldUp = round(p(loops, 0.99) - p(loops, 0.5));
      return {
        figures: {
          requests: times.length,
          p50_ms: p(times, 0.5),
          p99_ms: p(times, 0.99),
          loop_p50_ms: p(loops, 0.5),
          loop_p99_ms: p(loops, 0.99),
        },
        kept: times.length > MESSAGES && p(times, 0.99) <= OWN_MS + heldUp,
      };
    } finally {
      await discord.stop();
    }
  },
};
