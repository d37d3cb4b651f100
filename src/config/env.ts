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
  LOG_FORMAT: {
    secret: false,
    required: false,
    help: "pretty (a line for people), json (one object a line), or auto: pretty on a terminal, json elsewhere. Default: auto.",
    example: "auto",
  },
  TOBAN_LOCALE: {
    secret: false,
    required: false,
    help: "Language of what everybody sees in the channel. Answers to one person come in that person's language.",
    example: "en",
  },
  TOBAN_PROC_ROOT: {
    secret: false,
    required: false,
    help: "Where the watched host's /proc is, if not at /proc: for a container into which the host's is mounted.",
    example: "/host/proc",
  },
  TOBAN_HOST_ROOT: {
    secret: false,
    required: false,
    help: "Where the watched host's root directory is, for how full its disks are. Only with TOBAN_PROC_ROOT; default: what the first process there sees, which needs root.",
    example: "/host",
  },
} as const;

export type EnvKey = keyof typeof ENV_KEYS;
export const ENV_KEY_NAMES = Object.keys(ENV_KEYS) as readonly EnvKey[];

/** Set by the platform around the program: systemd, a shell. `NO_COLOR`: https://no-color.org */
const PLATFORM_KEYS = [
  "STATE_DIRECTORY",
  "CREDENTIALS_DIRECTORY",
  "NOTIFY_SOCKET",
  "WATCHDOG_USEC",
  "WATCHDOG_PID",
  "DBUS_SYSTEM_BUS_ADDRESS",
  "NO_COLOR",
  "PATH",
] as const;

/** Every secret may also stand in a file, whose path is said under this name. */
type FileKey = "DISCORD_TOKEN_FILE" | "FALLBACK_WEBHOOK_URL_FILE";

/** Where values of `.env` stand. What is not there comes from the process environment. */
export type EnvPlaces = ReadonlyMap<string, Pick<Problem, "file" | "line">>;

export function envPlace(key: string, places: EnvPlaces | undefined): Pick<Problem, "file" | "line"> {
  return places?.get(key) ?? { file: "environment" };
}

export type RawEnv = Readonly<Partial<Record<EnvKey | FileKey | (typeof PLATFORM_KEYS)[number], string>>>;

const KNOWN: readonly string[] = [...ENV_KEY_NAMES, "DISCORD_TOKEN_FILE", "FALLBACK_WEBHOOK_URL_FILE"];

/** Reads `.env` beside the program's working directory (if there is one) under the process environment, which wins. Nothing is interpreted here. */
export function readEnv(options: { env?: NodeJS.ProcessEnv; file?: string } = {}): {
  readonly env: RawEnv;
  readonly places: EnvPlaces;
  readonly problems: readonly Problem[];
} {
  const processEnv = options.env ?? process.env;
  const file = options.file ?? ".env";
  const problems: Problem[] = [];
  const fromFile = readEnvFile(file, problems);
  const places = new Map<string, Pick<Problem, "file" | "line">>();
  const merged: Record<string, string> = {};
  for (const key of [...KNOWN, ...PLATFORM_KEYS]) {
    const value = processEnv[key] ?? fromFile.values[key];
    if (value === undefined || value === "") continue;
    merged[key] = value;
    const line = fromFile.lines.get(key)?.[0];
    if (processEnv[key] === undefined && line !== undefined) places.set(key, { file, line });
  }
  for (const key of Object.keys(processEnv)) {
    if (!/^(TOBAN|DISCORD|OPS|FALLBACK)_/.test(key) || KNOWN.includes(key)) continue;
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
  return { env: merged, places, problems };
}

interface EnvFile {
  readonly values: Readonly<Record<string, string>>;
  /** The lines (from 1) on which a name is given a value. */
  readonly lines: ReadonlyMap<string, readonly number[]>;
}

const ASSIGNMENT = /^\s*(?:export\s+)?([\w.-]+)\s*=/;

function readEnvFile(file: string, problems: Problem[]): EnvFile {
  let source: string;
  try {
    source = readFileSync(file, "utf8");
  } catch (thrown) {
    if (systemCodeOf(thrown) !== "ENOENT") {
      problems.push({ file, key: "(whole file)", found: messageOf(thrown), expected: "a file that Toban may read" });
    }
    return { values: {}, lines: new Map() };
  }
  const values = parseEnv(source) as Record<string, string>;
  const lines = new Map<string, number[]>();
  // Within a value of several lines anything may stand, but then no name holds a line break.
  const isPlain =
    Object.keys(values).some((key) => /\s/.test(key)) || !Object.values(values).some((value) => value.includes("\n"));
  for (const [index, text] of source.split("\n").entries()) {
    const key = ASSIGNMENT.exec(text)?.[1];
    if (key !== undefined && Object.hasOwn(values, key)) lines.set(key, [...(lines.get(key) ?? []), index + 1]);
    else if (isPlain && text.trim() !== "" && !text.trim().startsWith("#")) {
      // The line itself is not shown: it may be a secret whose name was forgotten.
      problems.push({
        file,
        line: index + 1,
        key: "(line)",
        found: "no NAME=value",
        expected: "NAME=value, or # before a remark",
      });
    }
  }
  for (const key of Object.keys(values)) {
    // Node takes lines without “=” for the beginning of the next name; they are told of above.
    if (/\s/.test(key)) continue;
    const [line = 1, again] = lines.get(key) ?? [];
    if (!KNOWN.includes(key)) {
      problems.push({ file, line, key, found: "a name that is not known", expected: choicesText(KNOWN, key) });
    } else if (again !== undefined) {
      problems.push({
        file,
        line: again,
        key,
        found: "a name that stands here already",
        expected: `one value; line ${line} has one`,
      });
    }
  }
  return { values, lines };
}
