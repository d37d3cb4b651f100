import { readdirSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { loadConfig } from "../../../src/config/load.js";
import { problemText } from "../../../src/config/problem.js";
import { testEnv, testLoading } from "../../support/config.js";

const FOLDER = join(import.meta.dirname, "../../testdata/config");

function load(file: string, env: Readonly<Record<string, string>> = testEnv) {
  return loadConfig({ env: { ...env, TOBAN_CONFIG: file }, ...testLoading, cwd: FOLDER });
}

/** Every fixture that must be refused, with exactly what a person reads. */
const REFUSED: Readonly<Record<string, readonly string[]>> = {
  "invalid-unknown-key.yaml": [
    "invalid-unknown-key.yaml:1: lables: found a key that is not known, expected “labels” (did you mean it?) or another of labels, host, timezone, scrape, targets, actions, rules, routes or permissions",
  ],
  "invalid-nested-unknown-key.yaml": [
    "invalid-nested-unknown-key.yaml:2: scrape.intervall: found a key that is not known, expected no such key",
  ],
  "invalid-duration.yaml": [
    'invalid-duration.yaml:5: targets[0].interval: found "5 minutes", expected a duration from 5s to 24h, such as 15s or 1m',
  ],
  "invalid-interval-too-short.yaml": [
    'invalid-interval-too-short.yaml:2: scrape.interval: found "1s", expected a duration from 5s to 24h, such as 15s or 1m',
  ],
  "invalid-kind.yaml": [
    'invalid-kind.yaml:3: targets[0].kind: found "dor", expected “door” (did you mean it?) or another of door, gate, host, self or discord',
  ],
  "invalid-option-of-kind.yaml": [
    "invalid-option-of-kind.yaml:2: targets[0].address: found nothing, expected text (in quotes if it looks like a number)",
    "invalid-option-of-kind.yaml:2: targets[0].adress: found a key that is not known, expected “address” (did you mean it?) or another of name, kind, interval, timeout, labels, actions, logs or address",
  ],
  "invalid-duplicate-name.yaml": [
    'invalid-duplicate-name.yaml:3: targets[1].name: found "web", expected a name of its own; targets[0] has it already',
  ],
  "invalid-name.yaml": [
    'invalid-name.yaml:2: targets[0].name: found "--help", expected a name of letters, digits, “.”, “_” and “-”, beginning with a letter or digit, at most 64 long',
  ],
  "invalid-channel-number.yaml": [
    "invalid-channel-number.yaml:2: routes[0].channel: found 123456789012345680, expected a Discord id of 17 to 20 digits, in quotes (YAML would round the bare number)",
  ],
  "invalid-permission-both.yaml": [
    'invalid-permission-both.yaml:2: permissions[0]: found {"role":"345678901234567890","user":"345678901234567890","ma…, expected either “role” or “user”, one of the two',
  ],
  "invalid-permission-verb.yaml": [
    'invalid-permission-verb.yaml:2: permissions[0].may[0]: found "reboot", expected one of view-summary, view, logs, acknowledge, silence, restart, start, stop, deploy, backup, diagnose, run or admin',
  ],
  "invalid-timezone.yaml": [
    'invalid-timezone.yaml:1: timezone: found "Mars/Olympus", expected a time zone name such as Europe/Berlin or Asia/Tokyo',
  ],
  "invalid-duplicate-key.yaml": [
    "invalid-duplicate-key.yaml:2: (syntax): found a key that stands here already, expected every key once",
  ],
  "invalid-syntax.yaml": [
    "invalid-syntax.yaml:3: (syntax): found Flow map in block collection must be sufficiently indented and end with a }, expected valid YAML",
  ],
  "invalid-several.yaml": [
    'invalid-several.yaml:1: timezone: found "Mars/Olympus", expected a time zone name such as Europe/Berlin or Asia/Tokyo',
    'invalid-several.yaml:6: targets[0].interval: found "soon", expected a duration from 5s to 24h, such as 15s or 1m',
    "invalid-several.yaml:8: rules[0].name: found nothing, expected text (in quotes if it looks like a number)",
    "invalid-several.yaml:8: rules[0].nam: found a key that is not known, expected “name” (did you mean it?) or another of name, enabled, targets, where, warning, critical, clear, for, keepFiringFor or inhibitedBy",
  ],
  "invalid-several-kinds.yaml": [
    'invalid-several-kinds.yaml:1: timezone: found "Mars/Olympus", expected a time zone name such as Europe/Berlin or Asia/Tokyo',
    "invalid-several-kinds.yaml:3: targets[0].address: found nothing, expected text (in quotes if it looks like a number)",
    "invalid-several-kinds.yaml:3: targets[0].adress: found a key that is not known, expected “address” (did you mean it?) or another of name, kind, interval, timeout, labels, actions, logs or address",
  ],
  "invalid-references.yaml": [
    'invalid-references.yaml:4: rules[0].targets[0]: found "fromt", expected “front” (did you mean it?) or another of host, toban, discord or front',
    "invalid-references.yaml:6: rules[2].where.mont: found a label that is not known, expected “mount” (did you mean it?) or another of mount",
    'invalid-references.yaml:7: rules[3].targets[0]: found "front" of kind door, expected a target of kind host: HostDisk looks at nothing else',
    'invalid-references.yaml:10: routes[0].match.targets[0]: found "back", expected one of host, toban, discord or front',
    'invalid-references.yaml:10: routes[0].match.rules[0]: found "DoorShut", expected one of HostMemory, HostDisk, DoorOpen or TargetDown',
    'invalid-references.yaml:10: routes[0].groupBy[1]: found "sidde", expected “side” (did you mean it?) or another of target, rule, severity, host, side, mount or team',
    'invalid-references.yaml:12: permissions[0].on[0]: found "shed", expected one of host, toban, discord or front',
  ],
  "invalid-names.yaml": [
    "invalid-names.yaml:2: targets[0].interval: found 15, expected a duration from 5s to 24h, such as 15s or 1m",
    'invalid-names.yaml:3: targets[1].name: found "web", expected a name of its own; targets[0] has it already',
    "invalid-names.yaml:2: targets[0].address: found nothing, expected text (in quotes if it looks like a number)",
    'invalid-names.yaml:3: targets[1].logs[1].name: found "a", expected a name of its own; logs[0] has it already',
    'invalid-names.yaml:4: targets[2].name: found "toban", expected another name: the self target that is always watched is called so',
  ],
  "invalid-logs.yaml": [
    'invalid-logs.yaml:8: targets[0].logs[0].stamp: found "%d.%m.%Q %H:%M", expected a format such as “%d.%m.%Y %H:%M:%S”; %s and %Q say all by themselves',
    'invalid-logs.yaml:11: targets[0].logs[1].stamp: found "%d.%m.%Y %K:%M", expected a format such as “%d.%m.%Y %H:%M:%S”; %K is none of %% %A %B %D %F %H %I %L %M %Q %R %S %T %Y %Z %a %b %d %e %f %h %k %l %m %p %s %y %z',
    'invalid-logs.yaml:12: targets[0].logs[1].level: found "error", expected levels with the texts of their lines, such as { error: [" E ", failed], warning: [" W "] }',
    'invalid-logs.yaml:15: targets[0].logs[2].level.error[0]: found "**", expected text that such lines have, of at most 100 characters; * is any text between',
    "invalid-logs.yaml:15: targets[0].logs[2].level.eror: found a key that is not known, expected “error” (did you mean it?) or another of error, warning, info or debug",
    "invalid-logs.yaml:16: targets[0].logs[2].stmp: found a key that is not known, expected “stamp” (did you mean it?) or another of name, file, stamp or level",
  ],
  "invalid-secrets.yaml": [
    'invalid-secrets.yaml:1: labels: found "Bearer: https://<secret>@example.org/?<secret>", expected keys and values',
    'invalid-secrets.yaml:3: targets[0].actions: found {"token":"<secret>"}, expected a list',
    'invalid-secrets.yaml:4: targets[1].name: found "https://discord.com/api/webhooks/<secret>", expected a name of letters, digits, “.”, “_” and “-”, beginning with a letter or digit, at most 64 long',
  ],
  "invalid-actions.yaml": [
    'invalid-actions.yaml:2: targets[0].actions[1].run[0]: found "bin/stop", expected an absolute path of a program, without “.” and “..”, such as /usr/local/bin/reload-web',
    'invalid-actions.yaml:3: targets[1].actions[1]: found "reboot", expected one of restart, start, stop or kill, or { name: restart, run: [/path/of/program, argument] }',
    "invalid-actions.yaml:8: targets[2].actions[0].run[0]: found nothing, expected an absolute path of a program, without “.” and “..”, such as /usr/local/bin/reload-web",
    'invalid-actions.yaml:8: targets[2].actions[0].timeout: found "5h", expected a duration from 1s to 1h, such as 60s',
    'invalid-actions.yaml:9: targets[2].actions[1].run: found "/bin/kill", expected a list',
    "invalid-actions.yaml:9: targets[2].actions[1].tiemout: found a key that is not known, expected “timeout” (did you mean it?) or another of name, run, timeout or user",
    'invalid-actions.yaml:10: targets[2].actions[2].run[1]: found "a\\tb", expected an argument: text (in quotes if it looks like a number) of at most 4096 characters, none of them a control character',
    'invalid-actions.yaml:10: targets[2].actions[2].run[0]: found "/bin/../bin/stop", expected an absolute path of a program, without “.” and “..”, such as /usr/local/bin/reload-web',
    'invalid-actions.yaml:10: targets[2].actions[2].user: found "--help", expected the name of a user of this host, such as shop',
    'invalid-actions.yaml:2: targets[0].actions[0]: found "restart", expected { name: restart, run: [/path/of/program, argument] }: a target of kind door is no systemd unit, so it must be said how',
    'invalid-actions.yaml:3: targets[1].actions[2]: found {"name":"restart","run":["/bin/true"]}, expected every action once; actions[0] is restart already',
    'invalid-actions.yaml:11: targets[3].actions[0]: found "stop", expected no actions on -.mount: only on units whose names do not begin with “-”',
  ],
  "invalid-not-a-map.yaml": [
    'invalid-not-a-map.yaml:1: (whole file): found ["just","a list"], expected keys and values',
  ],
  "invalid-aliases.yaml": [
    "invalid-aliases.yaml: (whole file): found Excessive alias count indicates a resource exhaustion attack, expected at most 100 uses of aliases",
  ],
};

describe("a configuration that is refused", () => {
  it.each(Object.entries(REFUSED))("%s", (file, expected) => {
    const loaded = load(file);
    expect(loaded.problems.map(problemText)).toEqual(expected);
    expect(loaded.config).toBeUndefined();
  });

  it("warns of a pattern that matches nothing yet, and goes on", () => {
    const { config, problems, warnings } = load("valid-full.yaml");
    expect(problems).toEqual([]);
    expect(config).toBeDefined();
    expect(warnings.map(problemText)).toEqual([
      expect.stringMatching(/permissions\[1\]\.on\[0\]: found "shop-\*", expected a pattern for one of/),
    ]);
  });

  it("has a sentence for every fixture in the folder", () => {
    const fixtures = readdirSync(FOLDER).filter((name) => name.startsWith("invalid-"));
    expect(fixtures.toSorted()).toEqual(Object.keys(REFUSED).toSorted());
  });

  it("looks into targets and rules even when another section is wrong", () => {
    const loaded = load("invalid-several-kinds.yaml");
    expect(loaded.problems.map((problem) => problem.key)).toEqual([
      "timezone",
      "targets[0].address",
      "targets[0].adress",
    ]);
    expect(loaded.rules.map((rule) => rule.override.name)).toEqual(["HostMemory"]);
  });

  it("names a file that is asked for and missing", () => {
    expect(load("no-such.yaml").problems.map(problemText)).toEqual([
      expect.stringMatching(/^no-such\.yaml: \(whole file\): found ENOENT.*, expected a file that Toban may read$/),
    ]);
  });

  it("reports the environment and the file together", () => {
    const loaded = load("invalid-timezone.yaml", {
      DISCORD_GUILD_ID: "here",
      LOG_LEVEL: "inof",
      DISCORD_API_URL: "ftp://x",
    });
    expect(loaded.problems.map((problem) => problem.key)).toEqual([
      "DISCORD_GUILD_ID",
      "OPS_CHANNEL_ID",
      "DISCORD_API_URL",
      "LOG_LEVEL",
      "timezone",
    ]);
  });
});

describe("a configuration that is accepted", () => {
  it("needs no file at all: host, Toban and Discord are watched, everything goes to the ops channel", () => {
    const { config, problems } = loadConfig({ env: testEnv, ...testLoading, cwd: "/" });
    expect(problems).toEqual([]);
    expect(config?.targets.map((target) => target.name)).toEqual(["host", "toban", "discord"]);
    expect(config?.routes.map((route) => route.channel)).toEqual([testEnv.OPS_CHANNEL_ID]);
    expect(config?.permissions).toEqual({ guild: testEnv.DISCORD_GUILD_ID });
    expect(config?.dataDir).toBe("/data");
  });

  it("takes an empty file as no wishes", () => {
    expect(load("empty.yaml").problems).toEqual([]);
  });

  it("reads durations, levels, routes and grants", () => {
    const { config, problems } = load("valid-full.yaml");
    expect(problems).toEqual([]);
    expect(config).toMatchObject({
      timezone: "Asia/Tokyo",
      host: "web-1",
      labels: { environment: "production" },
      rules: [
        { name: "HostMemory", warning: "> 80%", critical: "> 90%", clear: "< 75%", forMs: 300_000 },
        { name: "HostDisk", where: { mount: "/" }, critical: "> 85%", warning: "off" },
      ],
      logSources: [{ source: "web/error", target: "web", file: "/var/log/shop/error.log" }],
      permissions: { grants: [{ may: ["view", "logs"] }, { may: ["restart"], on: ["shop-*"] }] },
    });
    expect(config?.targets.find((target) => target.name === "web")).toMatchObject({
      intervalMs: 30_000,
      timeoutMs: 5_000,
      actions: [
        {
          name: "restart",
          means: {
            kind: "vector",
            run: ["/usr/local/bin/reload-web", "--graceful"],
            timeoutMs: 90_000,
            user: "shop",
            unit: "toban-action-web-restart.service",
          },
        },
        { name: "stop", means: { kind: "vector", run: ["/usr/local/bin/stop-web"], timeoutMs: 60_000 } },
      ],
      options: { address: "127.0.0.1" },
    });
    expect(config?.targets.find((target) => target.name === "shop")?.actions).toMatchObject([
      { name: "restart", means: { kind: "unit", unit: "shop.service" } },
      { name: "stop", means: { kind: "vector", unit: "toban-action-shop-stop.service" } },
    ]);
    expect(config?.routes[0]).toMatchObject({
      match: { severity: ["critical"] },
      mentions: ["role:234567890123456789"],
      repeatIntervalMs: { critical: 0, warning: 86_400_000 },
    });
  });

  it("never lets a deadline pass 80 % of the interval", () => {
    const { config } = load("valid-full.yaml");
    for (const target of config?.targets ?? []) expect(target.timeoutMs).toBeLessThanOrEqual(target.intervalMs * 0.8);
  });

  it("gives a target another checksum as soon as anything of it changes", () => {
    const { config } = load("valid-full.yaml");
    const [web, back] = config?.targets.filter((target) => target.kind === "door") ?? [];
    expect(web?.checksum).not.toBe(back?.checksum);
    expect(load("valid-full.yaml").config?.targets.find((target) => target.name === "web")?.checksum).toBe(
      web?.checksum,
    );
  });
});

describe("another host's files", () => {
  const from = (env: Readonly<Record<string, string>>) =>
    loadConfig({ env: { ...testEnv, ...env }, ...testLoading, cwd: FOLDER });

  it("are our own unless said otherwise", () => {
    expect(from({}).config).toMatchObject({ procRoot: "/proc", hostRoot: undefined });
    expect(from({ TOBAN_PROC_ROOT: "/proc", TOBAN_HOST_ROOT: "/" }).config).toMatchObject({
      procRoot: "/proc",
      hostRoot: "/",
    });
  });

  it("are refused where they are not", () => {
    const { problems } = from({ TOBAN_PROC_ROOT: "/nowhere/proc", TOBAN_HOST_ROOT: "host" });
    expect(problems.map((problem) => problem.key)).toEqual(["TOBAN_PROC_ROOT", "TOBAN_HOST_ROOT"]);
  });
});
