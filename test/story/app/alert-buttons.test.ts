import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import { expect, it } from "vitest";

import { Simulator } from "../../../simulator/index.js";
import type { ShownMessage } from "../../../simulator/index.js";
import { BotHome, onDuty } from "../../support/bot-process.js";

const WAIT = { timeoutMs: 30_000 };

function buttonOf(message: Pick<ShownMessage, "components">, label: string): string {
  const found = new RegExp(`"label":"${label}","custom_id":"([^"]+)"`, "u").exec(JSON.stringify(message.components));
  if (found?.[1] === undefined) throw new Error(`no button “${label}”`);
  return found[1];
}

it("leads from an alert to its log and to a restart, by its buttons, for those who may", async () => {
  await using discord = await Simulator.start();
  await using home = new BotHome(discord);
  let status = 503;
  // Whatever restarts it asks it to be well again.
  const server = createServer((request, response) => {
    if (request.url === "/mend") status = 200;
    response.writeHead(status).end("{}");
  });
  await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
  try {
    const { port } = server.address() as AddressInfo;
    const log = join(home.folder, "web.log");
    writeFileSync(log, "2026-01-05T02:10:00Z ERROR upstream refused password=hunter2horse\n");
    const program = join(home.folder, "mend.mjs");
    writeFileSync(program, `await fetch("http://127.0.0.1:${port}/mend");\n`);
    home.configure(
      [
        "targets:",
        `  - name: web`,
        "    kind: http",
        `    url: "http://127.0.0.1:${port}/"`,
        "    interval: 5s",
        `    actions: [{ name: restart, run: ["${process.execPath}", "${program}"], timeout: 20s }]`,
        `    logs: [{ name: error, file: "${log}" }]`,
        "",
      ].join("\n"),
    );
    const bot = home.start();
    await bot.waitForLog(onDuty);
    const { control } = discord;
    const alert = await control.waitForMessage(discord.opsChannelId, { text: /🔴.*web/ }, WAIT);

    const logs = await (await control.as("owner").press(alert.id, buttonOf(alert, "Logs"))).response(WAIT);
    expect(logs.ephemeral).toBe(true);
    expect(logs.message?.text).toContain("upstream refused");
    expect(logs.message?.text).not.toContain("hunter2horse");

    const refused = await (await control.as("viewer").press(alert.id, buttonOf(alert, "Restart…"))).response(WAIT);
    expect(refused.ephemeral).toBe(true);
    expect(refused.message?.text).toMatch(/may not restart/);

    const plan = await (await control.as("owner").press(alert.id, buttonOf(alert, "Restart…"))).response(WAIT);
    expect(plan.ephemeral).toBe(true);
    if (!plan.message) throw new Error("no plan");
    await (await control.as("owner").press(plan.message.id, buttonOf(plan.message, "Restart"))).response(WAIT);
    const healed = await control.waitForMessage(discord.opsChannelId, { text: /🟢.*web/ }, WAIT);
    expect(healed.id).toBe(alert.id);
    expect(JSON.stringify(healed.components)).not.toContain("custom_id");
  } finally {
    server.close();
  }
}, 120_000);
