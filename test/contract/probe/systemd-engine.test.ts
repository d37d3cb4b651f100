import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";

import { expect, test } from "vitest";

import { needs } from "../../support/engine/needs.js";
import { SystemdEngine } from "../../support/systemd/engine.js";
import { until } from "../../support/until.js";

needs("root", "systemd", "dbus");

test("two engines live side by side, run their own units, and leave nothing", async () => {
  const unit = "[Service]\nExecStart=/bin/sleep 1000\n";
  const [one, two] = await Promise.all([SystemdEngine.start({ "a.service": unit }), SystemdEngine.start()]);
  try {
    await one.systemctl("start", "a.service");
    expect(await one.property("a.service", "ActiveState")).toBe("active");
    expect(await two.property("a.service", "LoadState")).toBe("not-found");
  } finally {
    await Promise.all([one.stop(), two.stop()]);
  }
  expect(existsSync(one.directory)).toBe(false);
});

test("when the process that started it is killed, the whole engine dies with it", async () => {
  const engine = new URL("../../support/systemd/engine.ts", import.meta.url).href;
  const script = `
    const { SystemdEngine } = await import(${JSON.stringify(engine)});
    const engine = await SystemdEngine.start();
    process.stdout.write(JSON.stringify([engine.processId, engine.directory]));
    setInterval(() => undefined, 1_000);`;
  const maker = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [said] = (await once(maker.stdout, "data")) as [Buffer];
    const [pid, directory] = JSON.parse(said.toString()) as [number, string];
    expect(existsSync(`/proc/${pid}`)).toBe(true);
    maker.kill("SIGKILL");
    await until("the engine is gone", () => !existsSync(`/proc/${pid}`));
    await rm(directory, { recursive: true, force: true });
  } finally {
    maker.kill("SIGKILL");
  }
});
