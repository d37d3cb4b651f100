import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { readEnv } from "../../../src/config/env.js";
import { loadConfig } from "../../../src/config/load.js";
import { problemText } from "../../../src/config/problem.js";
import { readSecrets } from "../../../src/config/secrets.js";
import { testLoading } from "../../support/config.js";

// Built at run time, so that no scanner takes it for a leaked one.
const TOKEN = ["MTIzNDU2Nzg5MDEyMzQ1Njc4", "GabcDE", "abcdefghijklmnopqrstuvwxyz0123456789AB"].join(".");

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "toban-env-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function envFile(content: string): string {
  const file = join(folder, ".env");
  writeFileSync(file, content);
  return file;
}

describe("the environment", () => {
  it("wins over the .env file, which fills what is missing", () => {
    const file = envFile('OPS_CHANNEL_ID=1\nLOG_LEVEL="debug"\n');
    const { env, problems } = readEnv({ env: { OPS_CHANNEL_ID: "2" }, file });
    expect(problems).toEqual([]);
    expect(env).toEqual({ OPS_CHANNEL_ID: "2", LOG_LEVEL: "debug" });
  });

  it("takes a missing .env as none, and an empty value as none", () => {
    expect(readEnv({ env: { LOG_LEVEL: "" }, file: join(folder, "none") })).toEqual({
      env: {},
      places: new Map(),
      problems: [],
    });
  });

  it("names a key of .env that is not known, with its line and the one that was meant", () => {
    const { problems } = readEnv({ env: {}, file: envFile("# mine\nDISCORD_TOKN=x\n") });
    expect(problems.map(problemText)).toEqual([
      expect.stringMatching(
        /\.env:2: DISCORD_TOKN: found a name that is not known, expected “DISCORD_TOKEN” \(did you mean it\?\)/,
      ),
    ]);
  });

  it("names what is no assignment without showing it, and a name that stands twice", () => {
    const { problems } = readEnv({ env: {}, file: envFile("planted-secret\nLOG_LEVEL=info\n\n  LOG_LEVEL=debug\n") });
    const said = problems.map(problemText).join("\n");
    expect(said).toMatch(/\.env:1: \(line\): found no NAME=value/);
    expect(said).toMatch(
      /\.env:4: LOG_LEVEL: found a name that stands here already, expected one value; line 2 has one/,
    );
    expect(said).not.toContain("planted");
  });

  it("tells the line of .env on which a wrong value stands, also of a wrong token", () => {
    const file = envFile("# mine\nOPS_CHANNEL_ID=1\nDISCORD_TOKEN=planted\n");
    const { env, places } = readEnv({ env: { DISCORD_GUILD_ID: "2" }, file });
    const loaded = loadConfig({ env, envPlaces: places, ...testLoading, cwd: folder });
    const problems = [...loaded.problems, ...readSecrets(env, places).problems];
    expect(problems.map(({ file: place, line, key }) => [place, line, key])).toEqual([
      ["environment", undefined, "DISCORD_GUILD_ID"],
      [file, 2, "OPS_CHANNEL_ID"],
      [file, 3, "DISCORD_TOKEN"],
    ]);
  });

  it("shows no secret that stands under another's name", () => {
    const webhook = "https://discord.com/api/webhooks/1234/planted";
    const env = { DISCORD_GUILD_ID: TOKEN, OPS_CHANNEL_ID: webhook, DISCORD_API_URL: "https://me:planted@example.org" };
    const { problems } = loadConfig({ env, ...testLoading, cwd: folder });
    expect(problems.map((problem) => problem.key)).toEqual(Object.keys(env));
    expect(JSON.stringify(problems)).not.toMatch(/planted|abcdefghij/);
  });

  it("names a near miss in the process environment, and leaves strangers alone", () => {
    const { problems } = readEnv({
      env: { TOBAN_LOCAL: "ja", TOBAN_SOMETHING_ELSE: "1", HOME: "/" },
      file: join(folder, "none"),
    });
    expect(problems.map((problem) => problem.key)).toEqual(["TOBAN_LOCAL"]);
  });
});

describe("the token", () => {
  it("comes from the environment, a file, or systemd's credentials", () => {
    const file = join(folder, "discord_token");
    writeFileSync(file, `${TOKEN}\n`);
    expect(readSecrets({ DISCORD_TOKEN: TOKEN }).secrets?.token.reveal()).toBe(TOKEN);
    expect(readSecrets({ DISCORD_TOKEN_FILE: file }).secrets?.token.reveal()).toBe(TOKEN);
    expect(readSecrets({ CREDENTIALS_DIRECTORY: folder }).secrets?.token.reveal()).toBe(TOKEN);
  });

  it("is refused without being shown when it is not one", () => {
    const { secrets, problems } = readSecrets({ DISCORD_TOKEN: "hunter2-hunter2" });
    expect(secrets).toBeUndefined();
    expect(JSON.stringify(problems)).not.toContain("hunter2");
    expect(problems[0]?.found).toBe("15 characters that are not a bot token");
  });

  it("is asked for when there is none, and a missing file is named", () => {
    expect(readSecrets({}).problems[0]?.key).toBe("DISCORD_TOKEN");
    expect(readSecrets({ DISCORD_TOKEN_FILE: join(folder, "no") }).problems[0]?.file).toContain("/no");
  });
});

describe("the fallback's address", () => {
  it("is optional, and a wrong one is refused without being shown", () => {
    expect(readSecrets({ DISCORD_TOKEN: TOKEN }).secrets?.fallbackUrl).toBeUndefined();
    const good = readSecrets({ DISCORD_TOKEN: TOKEN, FALLBACK_WEBHOOK_URL: "https://example.org/hook/planted" });
    expect(good.secrets?.fallbackUrl?.reveal()).toBe("https://example.org/hook/planted");
    expect(JSON.stringify(good)).not.toContain("planted");
    const bad = readSecrets({ DISCORD_TOKEN: TOKEN, FALLBACK_WEBHOOK_URL: "example.org/planted" });
    expect(bad.secrets).toBeUndefined();
    expect(JSON.stringify(bad.problems)).not.toContain("planted");
  });
});
