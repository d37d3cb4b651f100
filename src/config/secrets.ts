import { readFileSync } from "node:fs";
import { join } from "node:path";

import { messageOf } from "../base/errors.js";
import { Secret } from "../base/secret.js";
import type { RawEnv } from "./env.js";
import type { Problem } from "./problem.js";

/** What must never be shown. Passed apart from the configuration, so that logging one cannot leak the other. */
export interface Secrets {
  readonly token: Secret;
}

/** The token from the environment, a file, or systemd's credentials, in this order. */
export function readSecrets(env: RawEnv): { readonly secrets?: Secrets; readonly problems: readonly Problem[] } {
  const source = tokenSource(env);
  if ("problem" in source) return { problems: [source.problem] };
  const value = source.value.trim();
  // Three base64url parts; anything else is a truncated copy, a client secret or a placeholder.
  if (!/^[\w-]{18,}\.[\w-]{4,}\.[\w-]{20,}$/.test(value)) {
    const found = value === "" ? "nothing" : `${value.length} characters that are not a bot token`;
    return {
      problems: [
        {
          file: source.place,
          key: "DISCORD_TOKEN",
          found,
          expected: "the bot's token, three parts joined by dots (developer portal → Bot → Reset Token)",
        },
      ],
    };
  }
  return { secrets: { token: new Secret(value) }, problems: [] };
}

type TokenSource = { readonly value: string; readonly place: string } | { readonly problem: Problem };

function tokenSource(env: RawEnv): TokenSource {
  if (env.DISCORD_TOKEN !== undefined) return { value: env.DISCORD_TOKEN, place: "environment" };
  if (env.DISCORD_TOKEN_FILE !== undefined) return fromFile(env.DISCORD_TOKEN_FILE, "DISCORD_TOKEN_FILE");
  if (env.CREDENTIALS_DIRECTORY !== undefined)
    return fromFile(join(env.CREDENTIALS_DIRECTORY, "discord_token"), "discord_token");
  return {
    problem: {
      file: "environment",
      key: "DISCORD_TOKEN",
      found: "nothing",
      expected:
        "the bot's token in DISCORD_TOKEN, a file with it in DISCORD_TOKEN_FILE, or systemd's credential “discord_token”",
    },
  };
}

function fromFile(path: string, key: string): TokenSource {
  try {
    return { value: readFileSync(path, "utf8"), place: path };
  } catch (thrown) {
    return {
      problem: {
        file: path,
        key,
        found: messageOf(thrown),
        expected: "a file with the bot's token that Toban may read",
      },
    };
  }
}
