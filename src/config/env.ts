import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";

import { messageOf, systemCodeOf } from "../base/errors.js";
import type { Problem } from "./problem.js";
import { choicesText, nearest } from "./problem.js";

/** The keys people set in `.env` or the environment. The docs and `.env.example` are generated from this table. */
export const ENV_KEYS = {
  DISCORD_TOKEN: {
    secret: true,
    required: true,
    help: "The bot's token (Discord developer portal → Bot → Reset Token). Or name a file in DISCORD_TOKEN_FILE, or use systemd's LoadCredential=discord_token.",
    example: "",
  },
  DISCORD_GUILD_ID: {
    secret: false,
    required: true,
    help: "The one server this bot serves. Settings → Advanced → Developer Mode, then right-click the server → Copy Server ID.",
    example: "123456789012345678",
  },
  OPS_CHANNEL_ID: {
    secret: false,
    required: true,
    help: "The channel for alerts. Right-click the channel → Copy Channel ID.",
    example: "234567890123456789",
  },
  DISCORD_API_URL: {
    secret: false,
    required: false,
    help: "Base of Discord's REST interface; the gateway's address is asked there. Only for tests and the local Discord.",
    example: "https://discord.com/api",
  },
  FALLBACK_WEBHOOK_URL: {
    secret: true,
    required: false,
    help: "Where alerts go while Discord refuses the bot, blocks this address, or the channel is gone: an address that takes a POST with JSON (`content` and `text`), as webhooks of Discord, Slack and Mattermost do. Or name a file in FALLBACK_WEBHOOK_URL_FILE. Without one, a refused bot ends with exit code 4.",
    example: "",
  },
  TOBAN_CONFIG: {
    secret: false,
    required: false,
    help: "The configuration file. Default: ./toban.yaml if it exists; without one, the host and Toban itself are watched.",
    example: "./toban.yaml",
  },
  TOBAN_DATA_DIR: {
    secret: false,
    required: false,
    help: "Where the database lives. Default: systemd's STATE_DIRECTORY, else ./data.",
    example: "./data",
  },
  LOG_LEVEL: {
    secret: false,
    required: false,
    help: "trace, debug, info, warn, error, fatal or silent. SIGUSR1 switches a running bot between this and debug.",
    example: "info",
  },
  TOBAN_LOCALE: {
    secret: false,
    required: false,
    help: "Language of what everybody sees in the channel. Answers to one person come in that person's language.",
    example: "en",
  },
} as const;

export type EnvKey = keyof typeof ENV_KEYS;
export const ENV_KEY_NAMES = Object.keys(ENV_KEYS) as readonly EnvKey[];

/** Set by systemd, never by people. */
const PLATFORM_KEYS = [
  "STATE_DIRECTORY",
  "CREDENTIALS_DIRECTORY",
  "NOTIFY_SOCKET",
  "WATCHDOG_USEC",
  "WATCHDOG_PID",
  "DBUS_SYSTEM_BUS_ADDRESS",
  "PATH",
] as const;

/** Every secret may also stand in a file, whose path is said under this name. */
type FileKey = "DISCORD_TOKEN_FILE" | "FALLBACK_WEBHOOK_URL_FILE";

export type RawEnv = Readonly<Partial<Record<EnvKey | FileKey | (typeof PLATFORM_KEYS)[number], string>>>;

const KNOWN: readonly string[] = [...ENV_KEY_NAMES, "DISCORD_TOKEN_FILE", "FALLBACK_WEBHOOK_URL_FILE"];

/** Reads `.env` beside the program's working directory (if there is one) under the process environment, which wins. Nothing is interpreted here. */
export function readEnv(options: { env?: NodeJS.ProcessEnv; file?: string } = {}): {
  readonly env: RawEnv;
  readonly problems: readonly Problem[];
} {
  const processEnv = options.env ?? process.env;
  const file = options.file ?? ".env";
  const problems: Problem[] = [];
  const fromFile = readEnvFile(file, problems);
  const merged: Record<string, string> = {};
  for (const key of [...KNOWN, ...PLATFORM_KEYS]) {
    const value = processEnv[key] ?? fromFile[key];
    if (value !== undefined && value !== "") merged[key] = value;
  }
  for (const key of Object.keys(processEnv)) {
    if (!/^(TOBAN|DISCORD|OPS)_/.test(key) || KNOWN.includes(key)) continue;
    const meant = nearest(key, KNOWN);
    if (meant !== undefined) {
      problems.push({
        file: "environment",
        key,
        found: "a name that is not known",
        expected: `“${meant}” (did you mean it?)`,
      });
    }
  }
  return { env: merged, problems };
}

function readEnvFile(file: string, problems: Problem[]): Readonly<Record<string, string>> {
  let source: string;
  try {
    source = readFileSync(file, "utf8");
  } catch (thrown) {
    if (systemCodeOf(thrown) !== "ENOENT") {
      problems.push({ file, key: "(whole file)", found: messageOf(thrown), expected: "a file that Toban may read" });
    }
    return {};
  }
  const values = parseEnv(source) as Record<string, string>;
  for (const key of Object.keys(values)) {
    if (KNOWN.includes(key)) continue;
    const line = source.split("\n").findIndex((text) => text.replace(/^\s*(export\s+)?/, "").startsWith(key)) + 1;
    problems.push({ file, line, key, found: "a name that is not known", expected: choicesText(KNOWN, key) });
  }
  return values;
}
