import type { Row } from "../row.js";
import { startConstantBot, startToban } from "../support/answering.js";
import { MIB, cpuSecondsOf, residentOf, round } from "../support/measure.js";
import { Peer } from "../support/peer.js";
import { WebService } from "../support/web-service.js";

const TARGETS = 50;
const EVERY_MS = 15_000;
/** By then what happens once in a life is over: the first runs, the commands, the look at the operating system. */
const SETTLE_MS = 45_000;
const SPAN_MS = 60_000;

const pause = (ms: number): Promise<void> => new Promise((settle) => setTimeout(settle, ms));

/** 50 targets every 15 s are 200 checks a minute. */
export const ownCost: Row = {
  name: "own-cost",
  promise:
    "200 checks a minute: processor time ≤ 2 × a bare Node script with the same requests; resident ≤ discord.js alone + 30 MiB",
  async run() {
    const web = new WebService();
    await web.start();
    const urls = Array.from({ length: TARGETS }, (_, index) => web.url(`${index}`));
    const yaml = urls
      .map((url, index) => `  - { name: web-${index}, kind: http, url: "${url}", interval: ${EVERY_MS / 1_000}s }`)
      .join("\n");
    const constant = await startConstantBot();
    const toban = await startToban(`targets:\n${yaml}\n`);
    const bare = new Peer("bare-checks", { URLS: urls.join(","), EVERY_MS: String(EVERY_MS) });
    try {
      await pause(SETTLE_MS);
      const before = { toban: cpuSecondsOf(toban.pid), bare: cpuSecondsOf(bare.pid) };
      await pause(SPAN_MS);
      const cpu = { toban: cpuSecondsOf(toban.pid) - before.toban, bare: cpuSecondsOf(bare.pid) - before.bare };
      const resident = { toban: residentOf(toban.pid) / MIB, constant: residentOf(constant.pid) / MIB };
      const ratio = cpu.toban / cpu.bare;
      const more = resident.toban - resident.constant;
      return {
        figures: {
          toban_cpu_seconds: round(cpu.toban),
          bare_cpu_seconds: round(cpu.bare),
          cpu_ratio: round(ratio),
          toban_resident_mib: round(resident.toban),
          discordjs_resident_mib: round(resident.constant),
          more_mib: round(more),
        },
        kept: ratio <= 2 && more <= 30,
      };
    } finally {
      await bare.stop();
      await toban.stop();
      await constant.stop();
      await web.stop();
    }
  },
};
