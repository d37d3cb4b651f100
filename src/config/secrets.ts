import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { messageOf } from "../base/errors.js";
import { Secret } from "../base/secret.js";
import { envPlace } from "./env.js";
import type { EnvPlaces, RawEnv } from "./env.js";
import type { Problem } from "./problem.js";

/** What must never be shown. Passed apart from the configuration, so that logging one cannot leak the other. */
export interface Secrets {
  readonly token: Secret;
  /** Where to speak while Discord cannot be used. */
  readonly fallbackUrl?: Secret;
}

/** Each secret from the environment, a file, or systemd's credentials, in this order. */
export function readSecrets(
  env: RawEnv,
  places?: EnvPlaces,
): { readonly secrets?: Secrets; readonly problems: readonly Problem[] } {
  const token = readSecret(env, places, "DISCORD_TOKEN", "discord_token", checkToken);
  const fallback = readSecret(env, places, "FALLBACK_WEBHOOK_URL", "fallback_webhook_url", checkUrl);
  const problems = [token, fallback].flatMap((result) => (result.kind === "wrong" ? [result.problem] : []));
  if (token.kind === "absent") {
    problems.push({
      file: "environment",
      key: "DISCORD_TOKEN",
      found: "nothing",
      expected:
        "the bot's token in DISCORD_TOKEN, a file with it in DISCORD_TOKEN_FILE, or systemd's credential “discord_token”",
    });
  }
  if (token.kind !== "good" || fallback.kind === "wrong") return { problems };
  return {
    secrets: { token: token.secret, ...(fallback.kind === "good" ? { fallbackUrl: fallback.secret } : {}) },
    problems,
  };
}

type SecretResult =
  | { readonly kind: "good"; readonly secret: Secret }
  | { readonly kind: "absent" }
  | { readonly kind: "wrong"; readonly problem: Problem };

/** Gives what is wrong with a value without showing it; undefined: nothing. */
type Check = (value: string) => Pick<Problem, "found" | "expected"> | undefined;

function readSecret(
  env: RawEnv,
  places: EnvPlaces | undefined,
  key: "DISCORD_TOKEN" | "FALLBACK_WEBHOOK_URL",
  credential: string,
  check: Check,
): SecretResult {
  const inline = env[key];
  if (inline !== undefined) return judge(inline, key, envPlace(key, places), check);
  const fileKey = `${key}_FILE` as const;
  const file = env[fileKey];
  if (file !== undefined) return fromFile(file, fileKey, check);
  const path = env.CREDENTIALS_DIRECTORY === undefined ? undefined : join(env.CREDENTIALS_DIRECTORY, credential);
  return path !== undefined && existsSync(path) ? fromFile(path, credential, check) : { kind: "absent" };
}

function fromFile(path: string, key: string, check: Check): SecretResult {
  try {
    return judge(readFileSync(path, "utf8"), key, { file: path }, check);
  } catch (thrown) {
    const problem = {
      file: path,
      key,
      found: messageOf(thrown),
      expected: "a file with the secret that Toban may read",
    };
    return { kind: "wrong", problem };
  }
}

function judge(value: string, key: string, place: Pick<Problem, "file" | "line">, check: Check): SecretResult {
  const trimmed = value.trim();
  const wrong = check(trimmed);
  return wrong
    ? { kind: "wrong", problem: { ...place, key, ...wrong } }
    : { kind: "good", secret: new Secret(trimmed) };
}

function checkToken(value: string): ReturnType<Check> {
  // Three base64url parts; anything else is a truncated copy, a client secret or a placeholder.
  if (/^[\w-]{18,}\.[\w-]{4,}\.[\w-]{20,}$/.test(value)) return undefined;
  return {
    found: value === "" ? "nothing" : `${value.length} characters that are not a bot token`,
    expected: "the bot's token, three parts joined by dots (developer portal → Bot → Reset Token)",
  };
}

function checkUrl(value: string): ReturnType<Check> {
  if (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)) return undefined;
  return { found: "no web address", expected: "an address that begins with https://" };
}
