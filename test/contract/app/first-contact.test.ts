import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

import { afterEach, beforeEach, expect, it } from "vitest";

import { Simulator } from "../../../simulator/index.js";
import { firstContact } from "../../../src/app/first-contact.js";
import type { FirstContact } from "../../../src/app/first-contact.js";
import { readSettings } from "../../../src/app/settings.js";
import { systemClock } from "../../../src/base/clock.js";
import { catalogueFor } from "../../../src/locale/index.js";
import { STORE_FILE } from "../../../src/store/file.js";
import { temporaryDirectory } from "../../support/store.js";

let discord: Simulator;
let home: ReturnType<typeof temporaryDirectory>;
beforeEach(async () => {
  discord = await Simulator.start();
  home = temporaryDirectory();
});
afterEach(async () => {
  await discord.stop();
  home[Symbol.dispose]();
});

function contact(env: Readonly<Record<string, string>> = {}): Promise<FirstContact> {
  const read = readSettings({
    cwd: home.path,
    envFile: path.join(home.path, ".env"),
    env: {
      DISCORD_TOKEN: discord.token,
      DISCORD_GUILD_ID: discord.guildId,
      OPS_CHANNEL_ID: discord.opsChannelId,
      DISCORD_API_URL: discord.apiUrl,
      TOBAN_DATA_DIR: path.join(home.path, "data"),
      ...env,
    },
  });
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return firstContact(read.settings, systemClock, catalogueFor("en"));
}

it("has nothing to say where all is well", async () => {
  expect(await contact()).toEqual({});
});

it("ends with 4 for a refused token, unless there is another way to speak", async () => {
  await discord.control.revokeToken();
  expect(await contact()).toMatchObject({ code: 4 });
  const spoken = await contact({ FALLBACK_WEBHOOK_URL: "http://127.0.0.1:1/hook" });
  expect(spoken.sentence).toContain("Reset Token");
  expect(spoken.code).toBeUndefined();
});

it("keeps nobody from work who has been at it before", async () => {
  const gone = { OPS_CHANNEL_ID: "1999999999999999999" };
  expect(await contact(gone)).toMatchObject({ code: 2 });
  mkdirSync(path.join(home.path, "data"));
  writeFileSync(path.join(home.path, "data", STORE_FILE), "");
  expect(await contact(gone)).toEqual({});
});

it("goes on where a permission is missing that can be done without, and names it", async () => {
  await discord.control.setPermissions(discord.opsChannelId, [{ who: "bot", deny: ["CREATE_PUBLIC_THREADS"] }]);
  const said = await contact();
  expect(said.sentence).toContain("CREATE_PUBLIC_THREADS");
  expect(said.code).toBeUndefined();
});
