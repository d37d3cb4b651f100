import { writeFile } from "node:fs/promises";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { Simulator } from "../../../simulator/index.js";
import { documentedDifferences, documentedExposures, fieldsOf } from "../../support/deploy/fields.js";
import { Operator } from "../../support/deploy/installed.js";
import { startMachine } from "../../support/deploy/machine.js";
import { startWeb } from "../../support/deploy/web.js";
import { needs } from "../../support/engine/needs.js";
import type { SystemdEngine } from "../../support/systemd/engine.js";
import { until } from "../../support/until.js";

needs("root", "systemd", "dbus", "polkit");

const WAIT_MS = 60_000;
const WAIT = { timeoutMs: WAIT_MS };
const SLEEPER = "[Service]\nExecStart=/bin/sleep 10000\n";
const WRITTEN = ["/etc", "/opt", "/usr/local/bin", "/var/lib"] as const;

/** The same program on the same configuration, as root and without a sandbox: what the installed one is held against. */
function asRoot(discord: Simulator): string {
  const own = [
    `DISCORD_API_URL=${discord.apiUrl}`,
    `DISCORD_GUILD_ID=${discord.guildId}`,
    `OPS_CHANNEL_ID=${discord.opsChannelId}`,
    `DISCORD_TOKEN=${discord.token}`,
  ];
  return `[Service]
Type=notify
NotifyAccess=all
StateDirectory=toban-root
Environment=TOBAN_CONFIG=/etc/toban/toban.yaml
ExecStart=/usr/bin/env ${own.join(" ")} ${process.execPath} /opt/toban/dist/src/main.js run
`;
}

let machine: SystemdEngine;
let operator: Operator;
let discord: Simulator;
let rootsDiscord: Simulator;
let web: Awaited<ReturnType<typeof startWeb>>;

function configuration(more: string = ""): string {
  return `scrape: { interval: 5s }
targets:
  - { name: shop, kind: unit, unit: shop.service, actions: [restart, stop] }
  - { name: web, kind: http, url: "${web.url}" }
${more}`;
}

beforeAll(async () => {
  [discord, rootsDiscord, web] = await Promise.all([Simulator.start(), Simulator.start(), startWeb()]);
  machine = await startMachine({
    "shop.service": SLEEPER,
    "other.service": SLEEPER,
    "as-root.service": asRoot(rootsDiscord),
  });
  operator = new Operator(machine);
  await machine.systemctl("start", "shop.service", "other.service");
  // A disk in a directory that only root may search.
  await machine.exec(
    "sh",
    "-c",
    "mkdir -m 700 /opt/closed && mkdir /opt/closed/disk && mount -t tmpfs -o size=1m disk /opt/closed/disk",
  );
}, 60_000);

afterAll(async () => {
  await machine.stop();
  await Promise.all([discord.stop(), rootsDiscord.stop(), web[Symbol.asyncDispose]()]);
});

const journal = async (): Promise<string> =>
  (await machine.exec("journalctl", "--no-pager", "-o", "cat", "-u", "toban.service")).stdout;

/** Somebody who may asks for a restart in Discord, and confirms it. */
async function tell(target: string): Promise<void> {
  const person = discord.control.as("owner");
  await until("it answers", async () => (await (await person.command("ping")).response(WAIT)).error === null, WAIT_MS);
  const plan = await (await person.command("restart", { target })).response(WAIT);
  const [button] = /v1:restart-confirm:[^"]+/.exec(JSON.stringify(plan.message?.components)) ?? [];
  if (!plan.message || button === undefined) throw new Error(`no plan: ${plan.message?.text ?? plan.error ?? ""}`);
  await (await person.press(plan.message.id, button)).response(WAIT);
}

/** Every file below what an installation writes to, with mode, owner and content's checksum. */
async function everything(): Promise<string> {
  const script = 'find "$@" -type f -exec stat -c "%a %U:%G %n" {} + -exec sha256sum {} + | sort';
  return (await machine.exec("sh", "-c", script, "sh", ...WRITTEN)).stdout;
}

describe("installing", () => {
  it("says with --dry-run what it would do, and touches nothing", async () => {
    const before = await everything();
    const { code, text } = await operator.script("install", "--dry-run");
    expect(code).toBe(0);
    expect(text).toContain("would make the system user toban");
    expect(text).toContain("would install /opt/toban");
    expect(text).not.toMatch(/^(made|wrote|installed)/m);
    expect(await everything()).toBe(before);
    expect((await machine.exec("id", "toban")).code).not.toBe(0);
  }, 60_000);

  it("installs, and does not start what is not configured, but says what is missing", async () => {
    const { code, text } = await operator.script("install");
    expect(code).toBe(3);
    expect(text).toContain("DISCORD_GUILD_ID");
    expect(text).toContain("Fill in /etc/toban/toban.env and /etc/toban/discord_token");
    expect(
      await operator.owners(
        "/etc/toban",
        "/etc/toban/toban.env",
        "/etc/toban/toban.yaml",
        "/etc/toban/discord_token",
        "/opt/toban",
      ),
    ).toEqual([
      "750 root:toban /etc/toban",
      "640 root:toban /etc/toban/toban.env",
      "640 root:toban /etc/toban/toban.yaml",
      "600 root:root /etc/toban/discord_token",
      "755 root:root /opt/toban",
    ]);
  }, 60_000);

  it("starts once it is configured, keeps what the operator wrote, and has nothing to do the second time", async () => {
    await operator.configure(discord, configuration());
    const first = await operator.script("install");
    expect(first.text).toContain("started toban.service");
    expect(first.code).toBe(0);
    expect(await operator.read("/etc/toban/toban.yaml")).toBe(configuration());
    const before = await everything();
    const second = await operator.script("install");
    expect(second).toEqual({ code: 0, text: "Nothing to do: everything is as it should be.\n" });
    const settled = (listing: string) => listing.split("\n").filter((line) => !line.includes("/var/lib/toban/"));
    expect(settled(await everything())).toEqual(settled(before));
  }, 120_000);
});

describe("the installed service", () => {
  it("runs as its own user, and keeps its data and its token to itself", async () => {
    const pid = await machine.property("toban.service", "MainPID");
    const status = (await machine.exec("cat", `/proc/${pid}/status`)).stdout;
    const uid = (await machine.exec("id", "-u", "toban")).stdout.trim();
    expect(/^Uid:\s+(\d+)\s+(\d+)/m.exec(status)?.slice(1)).toEqual([uid, uid]);
    expect(/^CapBnd:\s+(\S+)/m.exec(status)?.[1]).toBe("0000000000000000");
    expect(await operator.owners("/var/lib/toban")).toEqual(["700 toban:toban /var/lib/toban"]);
    expect((await operator.asService("cat", "/etc/toban/discord_token")).code).not.toBe(0);
    const environment = (await machine.exec("cat", `/proc/${pid}/environ`)).stdout;
    expect(environment).not.toContain(discord.token);
  });

  it("is exposed as little as docs/security.md says, and at most 2.0", async () => {
    const security = (await machine.exec("systemd-analyze", "security", "--no-pager", "toban.service")).stdout;
    const exposure = Number(/exposure level for toban\.service: ([\d.]+)/.exec(security)?.[1]);
    expect(exposure).toBeLessThanOrEqual(2);
    expect(exposure).toBe(documentedExposures().get("toban.service"));
  });

  it("sees what root sees, but for the fields that docs/security.md lists", async () => {
    await machine.systemctl("start", "as-root.service");
    const asService = (...args: readonly string[]) => operator.toban("health", ...args, "--json");
    const rootly = (...args: readonly string[]) =>
      machine.exec("env", "TOBAN_DATA_DIR=/var/lib/toban-root", "/usr/local/bin/toban", "health", ...args, "--json");
    for (const health of [asService, rootly]) {
      await until(
        "two rounds and the slow facts are in",
        async () => {
          const { stdout } = await health("host");
          const fields = stdout === "" ? undefined : fieldsOf(stdout);
          return fields?.has("reading.cpu") === true && fields.has("facts.system.os");
        },
        WAIT_MS,
      );
    }
    const documented = documentedDifferences();
    /** `target field: the service's value ≠ root's`, of each that differs. */
    const differing = async (): Promise<ReadonlyMap<string, string>> => {
      const found = new Map<string, string>();
      for (const target of ["host", "shop", "web", "toban", "discord"]) {
        const [service, root] = [fieldsOf((await asService(target)).stdout), fieldsOf((await rootly(target)).stdout)];
        expect(root.size).toBeGreaterThan(5);
        for (const field of new Set([...service.keys(), ...root.keys()])) {
          const [one, other] = [service.get(field) ?? "", root.get(field) ?? ""];
          if (one !== other) found.set(field, `${target} ${field}: ${one} ≠ ${other}`);
        }
      }
      return found;
    };
    const undocumented = async (): Promise<readonly string[]> =>
      [...(await differing())].flatMap(([field, values]) => (documented.has(field) ? [] : [values]));
    // What is measured seldom, or only after the first heartbeat, the one that was started later has later.
    let last: readonly string[] = [];
    const settled = async (): Promise<boolean> => {
      last = await undocumented();
      return last.length === 0;
    };
    await until("both have measured everything", settled, 1.5 * WAIT_MS).catch(() => undefined);
    expect(last).toEqual([]);
    const lasting = await differing();
    await machine.systemctl("stop", "as-root.service");
    expect([...lasting.keys()]).toContain("facts.notPermitted[].what");
  }, 240_000);

  it("sees what only root sees with the optional drop-in, at the exposure that is stated", async () => {
    const folder = "/etc/systemd/system/toban.service.d";
    await machine.exec(
      "sh",
      "-c",
      `mkdir -p ${folder} && cp /opt/toban/deploy/toban.service.d/process-details.conf ${folder}/`,
    );
    await machine.systemctl("daemon-reload");
    await machine.systemctl("restart", "toban.service");
    await until(
      "the closed disk is seen",
      async () => {
        const { stdout } = await operator.toban("health", "host", "--json");
        return fieldsOf(stdout).get("facts.mounts[].mount")?.includes("/opt/closed/disk") === true;
      },
      WAIT_MS,
    );
    const security = (await machine.exec("systemd-analyze", "security", "--no-pager", "toban.service")).stdout;
    const exposure = Number(/exposure level for toban\.service: ([\d.]+)/.exec(security)?.[1]);
    expect(exposure).toBe(documentedExposures().get("toban.service.d/process-details.conf"));
    await machine.exec("rm", "-r", folder);
    await machine.systemctl("daemon-reload");
    await machine.systemctl("restart", "toban.service");
  }, 120_000);

  it("may restart what is listed, and nothing else", async () => {
    const before = await machine.property("shop.service", "MainPID");
    expect(await operator.asService("systemctl", "restart", "shop.service")).toEqual({ code: 0, text: "" });
    expect(await machine.property("shop.service", "MainPID")).not.toBe(before);
    for (const command of [
      ["restart", "other.service"],
      ["start", "shop.service"],
      ["kill", "shop.service"],
      ["enable", "shop.service"],
      ["daemon-reload"],
    ]) {
      const refused = await operator.asService("systemctl", ...command);
      expect({ command, succeeded: refused.code === 0 }).toEqual({ command, succeeded: false });
      expect(refused.text).toMatch(/Access denied|authentication required/i);
    }
  });

  it("restarts a listed unit when it is told to in Discord, and reads its journal", async () => {
    const before = await machine.property("shop.service", "MainPID");
    await tell("shop");
    await until(
      "it was restarted",
      async () => !["0", before].includes(await machine.property("shop.service", "MainPID")),
      WAIT_MS,
    );
    const logs = await (await discord.control.as("owner").command("logs", { source: "shop" })).response(WAIT);
    expect(logs.message?.text).toContain("Started shop.service");
  }, 120_000);

  it("says so in Discord when polkit refuses", async () => {
    await operator.edit(configuration("  - { name: other, kind: unit, unit: other.service, actions: [restart] }\n"));
    const before = await machine.property("other.service", "MainPID");
    await machine.systemctl("reload", "toban.service");
    await until(
      "the configuration was read again",
      async () => (await journal()).includes("the configuration was read again"),
      WAIT_MS,
    );
    await tell("other");
    const told = await discord.control.waitForMessage(
      discord.opsChannelId,
      { text: /other[\s\S]*did not permit/ },
      WAIT,
    );
    expect(told.text).toContain("let the installer write the polkit rule");
    expect(await machine.property("other.service", "MainPID")).toBe(before);
  }, 120_000);

  it("reads the journal of other units", async () => {
    const pid = await machine.property("toban.service", "MainPID");
    const become = ["setpriv", "--reuid", "toban", "--regid", "toban", "--init-groups"];
    const ask = ["journalctl", "-u", "shop.service", "-o", "json", "-n", "5"];
    const read = await machine.exec("nsenter", "-t", pid, "-m", ...become, ...ask);
    expect(read.stdout).toContain("Started shop.service");
  });
});

describe("after “actions” were changed", () => {
  it("warns until the rule is written anew, and then permits exactly the new list", async () => {
    await operator.edit(
      configuration(
        `  - { name: notes, kind: http, url: "${web.url}", actions: [{ name: restart, run: [/usr/bin/touch, "/var/lib/toban/notes $HOME %n"], timeout: 10s }] }\n`,
      ).replace("actions: [restart, stop]", "actions: [restart]"),
    );
    const warned = await operator.toban("check-config");
    expect(warned.stderr).toContain("not permitted by polkit yet: start toban-action-notes-restart.service");
    expect(warned.stderr).toContain("still permitted by polkit: stop shop.service");
    expect((await operator.script("install", "--refresh")).code).toBe(0);
    const checked = await operator.toban("check-config");
    expect(checked.stderr).toBe("");
    expect(checked.stdout).toContain("restart of notes: runs /usr/bin/touch as Toban's own user");
    expect((await operator.asService("systemctl", "stop", "shop.service")).code).not.toBe(0);
    expect(await operator.asService("systemctl", "start", "toban-action-notes-restart.service")).toEqual({
      code: 0,
      text: "",
    });
    expect((await machine.exec("stat", "-c", "%U", "/var/lib/toban/notes $HOME %n")).stdout.trim()).toBe("toban");
    const again = await operator.script("install", "--refresh");
    expect(again.text).toContain("Nothing to do");
  }, 60_000);

  it("keeps what ran as root before root had to be named, and says what to write until it is written", async () => {
    const unit = "/etc/systemd/system/toban-action-notes-restart.service";
    const target = (user: string): string =>
      configuration(
        `  - { name: notes, kind: http, url: "${web.url}", actions: [{ name: restart, run: [/usr/bin/touch, /var/lib/notes]${user} }] }\n`,
      );
    const runsAs = async (): Promise<string> => {
      await operator.asService("systemctl", "start", "toban-action-notes-restart.service");
      return (await machine.exec("stat", "-c", "%U", "/var/lib/notes")).stdout.trim();
    };
    // As a version before left it: a unit that names root, and a note that knows of nothing that is kept.
    await operator.edit(target(", user: root"));
    await operator.script("install", "--refresh");
    const { keptAsRoot: _keptAsRoot, ...note } = JSON.parse(await operator.read("/etc/toban/granted.json")) as Record<
      string,
      unknown
    >;
    await writeFile(machine.path("/etc/toban/granted.json"), JSON.stringify(note));
    await operator.edit(target(""));
    const before = await operator.read(unit);
    const said = /“restart” of “notes” running as root/;
    expect((await operator.toban("check-config")).stderr).toMatch(said);

    const kept = await operator.script("install", "--refresh");
    expect(kept.text).toContain("toban-action-notes-restart.service runs as root, as it did before");
    expect(kept.text).toContain("“user: root” into the action “restart” of the target “notes”");
    expect(await operator.read(unit)).toBe(before);
    expect(await runsAs()).toBe("root");
    const again = await operator.script("install", "--refresh");
    expect(again.text).toContain("runs as root, as it did before");
    expect(again.text).toContain("Nothing else to do.");
    const checked = await operator.toban("check-config");
    expect(checked.stderr).toMatch(said);
    expect(checked.stdout).toContain("restart of notes: runs /usr/bin/touch as root");
    expect((await operator.toban("doctor")).stdout).toContain("as root, which toban.yaml does not say");

    await operator.edit(target(", user: root"));
    expect((await operator.toban("check-config")).stderr).toBe("");
    await operator.script("install", "--refresh");
    expect(await operator.read(unit)).toBe(before);
    expect(await operator.script("install", "--refresh")).toMatchObject({
      text: expect.stringMatching(/^Nothing to do/),
    });

    await operator.edit(target(", user: toban"));
    expect((await operator.toban("check-config")).stderr).toContain("written for other arguments");
    await operator.script("install", "--refresh");
    expect((await operator.toban("check-config")).stderr).toBe("");
    expect(await machine.property("toban-action-notes-restart.service", "User")).toBe("toban");
    // And with nobody named it stays Toban's own.
    await operator.edit(target(""));
    expect((await operator.script("install", "--refresh")).text).toMatch(/^Nothing to do/);
  }, 120_000);

  it("takes an action unit away again that is no longer configured", async () => {
    await operator.edit(configuration());
    const { text } = await operator.script("install", "--refresh");
    expect(text).toContain("removed /etc/systemd/system/toban-action-notes-restart.service");
    expect(await machine.property("toban-action-notes-restart.service", "LoadState")).toBe("not-found");
  }, 60_000);
});

describe("uninstalling", () => {
  it("says with --dry-run what it would remove, and removes nothing", async () => {
    const { text } = await operator.script("uninstall", "--dry-run", "--purge");
    expect(text).toContain("would remove /etc/polkit-1/rules.d/10-toban.rules");
    expect(text).toContain("would remove /var/lib/toban");
    expect(await machine.property("toban.service", "ActiveState")).toBe("active");
  });

  it("leaves configuration and data, and says so", async () => {
    const { code, text } = await operator.script("uninstall");
    expect(code).toBe(0);
    expect(text).toContain("stay. --purge removes them");
    expect(await machine.property("toban.service", "LoadState")).toBe("not-found");
    expect((await operator.asService("systemctl", "restart", "shop.service")).code).not.toBe(0);
    expect(await operator.read("/etc/toban/toban.yaml")).toBe(configuration());
    expect((await machine.exec("ls", "/var/lib/toban")).stdout).toContain("toban.db");
    expect((await operator.script("uninstall")).text).toContain("Nothing to do");
  });

  it("leaves nothing after --purge", async () => {
    expect((await operator.script("uninstall", "--purge")).code).toBe(0);
    const left = (
      await machine.exec("find", ...WRITTEN, "/var/backups", "-iname", "*toban*", "-not", "-path", "*toban-root*")
    ).stdout;
    expect(left.split("\n").filter((line) => line !== "" && !line.endsWith(".wants"))).toEqual([]);
    expect((await machine.exec("id", "toban")).code).not.toBe(0);
  });
});
