import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer, request } from "node:http";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Simulator } from "../../simulator/index.js";

const PROGRAM = "/usr/bin/prometheus-alertmanager";
const READY_TRIES = 100;

const pause = (ms: number): Promise<void> => new Promise((settle) => setTimeout(settle, ms));

function freePort(): Promise<number> {
  return new Promise((settle) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => settle(port));
    });
  });
}

interface Storm {
  readonly alerts: number;
  readonly groups: number;
  readonly spanMs: number;
  readonly settleMs: number;
}

/** Feeds Debian's Alertmanager, with its own Discord receiver, the same storm. Undefined: it is not installed. */
export async function runAlertmanager(discord: Simulator, storm: Storm): Promise<"done" | undefined> {
  if (!existsSync(PROGRAM)) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "toban-alertmanager-"));
  const webhook = await discord.control.addWebhook(discord.opsChannelId, "alertmanager");
  const door = await openDoor(`${discord.apiUrl}/v10/webhooks/${webhook.id}/${webhook.token}`);
  const port = await freePort();
  writeFileSync(
    join(folder, "alertmanager.yml"),
    [
      "route: { receiver: discord, group_by: [group], group_wait: 0s, group_interval: 30s, repeat_interval: 4h }",
      "receivers:",
      `  - { name: discord, discord_configs: [ { webhook_url: "${door.url}", title: '{{ range .Alerts }}{{ .Labels.unit }} {{ end }}', message: failed } ] }`,
      "",
    ].join("\n"),
  );
  const child = spawn(
    PROGRAM,
    [
      `--config.file=${join(folder, "alertmanager.yml")}`,
      `--storage.path=${folder}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--cluster.listen-address=",
    ],
    { stdio: "ignore" },
  );
  const exited = new Promise((settle) => child.once("exit", settle));
  try {
    await untilReady(port);
    await feed(port, storm);
    await pause(storm.settleMs);
    return "done";
  } finally {
    child.kill("SIGKILL");
    await exited;
    await door.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Discord takes webhooks without a version and from any client; the local one wants both. What comes in is passed on with them, and
 * the answer is passed back as it is.
 */
async function openDoor(to: string): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createHttpServer((incoming, outgoing) => {
    const headers = { "content-type": "application/json", "user-agent": "DiscordBot (https://example.org, 1)" };
    const passed = request(to, { method: "POST", headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on("error", () => outgoing.destroy());
    incoming.pipe(passed);
  });
  await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () =>
      new Promise((settle) => {
        server.close(() => settle());
        server.closeAllConnections();
      }),
  };
}

async function untilReady(port: number): Promise<void> {
  for (let attempt = 0; attempt < READY_TRIES; attempt += 1) {
    const ready = await fetch(`http://127.0.0.1:${port}/-/ready`).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return;
    await pause(100);
  }
  throw new Error("Alertmanager did not start");
}

async function feed(port: number, storm: Storm): Promise<void> {
  const steps = 50;
  for (let step = 0; step < steps; step += 1) {
    const from = Math.floor((step * storm.alerts) / steps);
    const to = Math.floor(((step + 1) * storm.alerts) / steps);
    const alerts = Array.from({ length: to - from }, (_, offset) => ({
      labels: {
        alertname: "UnitFailed",
        unit: `unit-${String(from + offset).padStart(5, "0")}`,
        group: `group-${(from + offset) % storm.groups}`,
      },
    }));
    const response = await fetch(`http://127.0.0.1:${port}/api/v2/alerts`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(alerts),
    });
    if (!response.ok) throw new Error(`Alertmanager answered ${response.status}`);
    await pause(storm.spanMs / steps);
  }
}
