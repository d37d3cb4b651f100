import { writeFileSync } from "node:fs";
import path from "node:path";

import { afterEach, beforeEach, expect, it } from "vitest";

import { STORE_FILE } from "../../../src/store/file.js";
import { BotWorld } from "../../support/chaos/bot-world.js";
import { needs } from "../../support/engine/needs.js";
import { smallDisk } from "../../support/store.js";
import type { SmallDisk } from "../../support/store.js";
import { until } from "../../support/until.js";

needs("root", "mount");

const LONG_MS = 240_000;
const DISK_KIB = 6_144;
const WAIT = { timeoutMs: 90_000 };

let disk: SmallDisk;
let world: BotWorld;
beforeEach(async () => {
  disk = smallDisk(DISK_KIB);
  const dataDir = path.join(disk.path, "data");
  world = await BotWorld.start({ seed: 51, factor: 10, targets: 20, intervalS: 15, dataDir });
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
  disk[Symbol.dispose]();
});

/** How many messages of the channel say that of a target, in their text or in what is attached to them. */
async function tellingOf(name: string, colour: string): Promise<number> {
  const { control, opsChannelId } = world.discord;
  let count = 0;
  for (const message of await control.messages(opsChannelId)) {
    const files = await Promise.all(message.attachments.map(({ id }) => control.attachment(id)));
    const text = [message.text, ...files.map((file) => file.toString("utf8"))].join("\n");
    if (message.text.startsWith(colour) && text.includes(name)) count += 1;
  }
  return count;
}

async function allAre(colour: string): Promise<void> {
  await until(
    `every target can be read in a message with ${colour}`,
    async () => {
      for (const name of world.targets) if ((await tellingOf(name, colour)) === 0) return false;
      return true;
    },
    WAIT.timeoutMs,
  );
}

/** Writing more than there is room for ends with an error, and with a disk that is full: both are wanted. */
function fill(): void {
  try {
    writeFileSync(path.join(disk.path, "ballast"), Buffer.alloc(DISK_KIB * 1_024));
  } catch {
    // ENOSPC.
  }
}

it(
  "a disk that becomes full in a storm: alerts go out, it is said, and all is merged when there is room again",
  async () => {
    const { control, opsChannelId } = world.discord;
    await world.launched();
    world.break("svc00x");
    expect(await world.faults()).toEqual([]);
    fill();
    world.break(...world.targets);
    await control.waitForMessage(opsChannelId, { text: /its disk is full/ }, WAIT);
    await allAre("🔴");
    writeFileSync(path.join(disk.path, "ballast"), "");
    await control.waitForMessage(opsChannelId, { text: /store is writable again/ }, WAIT);
    expect(await world.faults()).toEqual([]);
    world.mend(...world.targets);
    expect(await world.faults()).toEqual([]);
    expect((await world.bot.stop()).code).toBe(0);
  },
  LONG_MS,
);

it(
  "a disk that is read-only when the bot comes back in a storm: alerts go out, it is said, and all is merged when it can be written",
  async () => {
    const { control, opsChannelId } = world.discord;
    await world.launched();
    world.break("svc00x");
    expect(await world.faults()).toEqual([]);
    await world.kill();
    disk.remount("ro");
    world.break(...world.targets);
    await world.launched();
    await control.waitForMessage(opsChannelId, { text: /its file is read-only/ }, WAIT);
    await allAre("🔴");
    expect(await tellingOf("svc00x", "🔴")).toBe(1);
    disk.remount("rw");
    await control.waitForMessage(opsChannelId, { text: /store is writable again/ }, WAIT);
    expect(await world.faults()).toEqual([]);
    world.mend(...world.targets);
    expect(await world.faults()).toEqual([]);
    expect((await world.bot.stop()).code).toBe(0);
  },
  LONG_MS,
);

it(
  "a file that is damaged in a storm: alerts go out, it is set aside and said, and a restart goes on from the new one",
  async () => {
    const { control, opsChannelId } = world.discord;
    await world.launched();
    world.break("svc00x");
    expect(await world.faults()).toEqual([]);
    for (const suffix of ["", "-wal"]) {
      writeFileSync(path.join(world.dataDir, STORE_FILE + suffix), Buffer.alloc(1_048_576, 0xa5), { flag: "r+" });
    }
    world.break(...world.targets);
    await control.waitForMessage(opsChannelId, { text: /store was damaged; a new one has been begun/ }, WAIT);
    await allAre("🔴");
    expect((await world.bot.stop()).code).toBe(0);
    await world.launched();
    world.mend(...world.targets);
    await allAre("🟢");
    const mains = (await control.messages(opsChannelId)).filter(
      ({ replyTo, text }) => replyTo === null && /svc/.test(text),
    );
    expect(mains.map(({ text }) => text).filter((text) => !text.startsWith("🟢"))).toEqual([]);
  },
  LONG_MS,
);
