import { inspect } from "node:util";

import { describe, expect, it } from "vitest";

import { createLogs } from "../../../src/base/log.js";
import { Secret } from "../../../src/base/secret.js";

const VALUE = "planted-value-4711";

describe("Secret", () => {
  it("is not printed by text, JSON, inspection or joining", () => {
    const secret = new Secret(VALUE);
    const shown = [
      `of ${secret.toString()}`,
      JSON.stringify({ secret }),
      inspect({ secret }, { depth: 9 }),
      [secret].join(),
    ].join();
    expect(shown).not.toContain(VALUE);
    expect(shown.match(/<secret>/g)?.length).toBe(4);
    expect(secret.reveal()).toBe(VALUE);
  });
});

describe("the log", () => {
  it("never holds a known secret, whatever carries it there", () => {
    const lines: string[] = [];
    const logs = createLogs({
      level: "trace",
      secrets: [new Secret(VALUE)],
      destination: { write: (line) => void lines.push(line) },
    });
    const log = logs.for("sender");
    log.info({ url: `https://example.org/?token=${VALUE}`, secret: new Secret(VALUE) }, "asked");
    log.error({ err: new Error(`refused ${VALUE}`) }, `failed ${VALUE}`);
    log.warn({ nested: { deep: [VALUE] } }, "odd");
    expect(lines).toHaveLength(3);
    expect(lines.join("")).not.toContain(VALUE);
    expect(lines[0]).toContain("<secret>");
  });

  it("never holds what looks like a secret, known or not, and stays JSON", () => {
    const lines: string[] = [];
    const logs = createLogs({ level: "trace", destination: { write: (line) => void lines.push(line) } });
    const log = logs.for("probe");
    const dsn = `postgres://app:${VALUE}@db:5432/shop`;
    log.error({ err: new Error(`could not connect to ${dsn}`) }, "failed");
    log.info({ headers: { authorization: `Bearer ${VALUE}-0123456789` }, password: VALUE }, "asked");
    log.info({ password: 4_711_471_147_114_711, body: JSON.stringify({ password: VALUE }) }, `password=${VALUE}`);
    expect(lines.join("")).not.toContain(VALUE);
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { err: { message: "could not connect to postgres://app:<secret>@db:5432/shop" } },
      { headers: { authorization: "Bearer <secret>" }, password: "<secret>" },
      { password: "<secret>", body: '{"password":"<secret>"}', msg: "password=<secret>" },
    ]);
  });

  it("hides a secret that was renewed, and the one before still", () => {
    const lines: string[] = [];
    const secrets = [new Secret(VALUE)];
    const logs = createLogs({ level: "info", secrets, destination: { write: (line) => void lines.push(line) } });
    logs.hide([new Secret("renewed-value-4712"), new Secret("")]);
    logs.for("config").info({ before: VALUE, now: "renewed-value-4712" }, "renewed");
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ before: "<secret>", now: "<secret>" });
  });

  it("changes every logger's level at run time", () => {
    const lines: string[] = [];
    const logs = createLogs({ level: "info", destination: { write: (line) => void lines.push(line) } });
    const log = logs.for("probe");
    log.debug("unseen");
    logs.level = "debug";
    log.debug("seen");
    logs.level = "info";
    log.debug("unseen again");
    expect(lines.map((line) => (JSON.parse(line) as { msg: string; room: string; level: string }).msg)).toEqual([
      "seen",
    ]);
  });
});
