import { commands } from "../../../commands/index.js";
import { systemClock } from "../../base/clock.js";
import { silentLogs } from "../../base/log.js";
import { EXIT } from "../../cli/exit-code.js";
import type { OutputFormat, Printed } from "../../cli/printed.js";
import { definitionsOf } from "../../discord/register/definition.js";
import type { Difference } from "../../discord/register/differences.js";
import { registerOnce } from "../../discord/register/registrar.js";
import { createEdgeBlock } from "../../discord/rest/edge-guard.js";
import { createRest } from "../../discord/rest/rest.js";
import { Traffic } from "../../discord/rest/traffic.js";
import type { Catalogue } from "../../locale/index.js";
import { withSettings } from "./guest.js";

const UNAUTHORIZED = 401;

/** Brings the guild's commands up to date by difference, once, and says what changed. */
export function register(format: OutputFormat): Promise<Printed> {
  return withSettings(async ({ config, secrets }, catalogue) => {
    const traffic = new Traffic(systemClock);
    const rest = createRest({
      apiUrl: config.apiUrl,
      token: secrets.token,
      clock: systemClock,
      traffic,
      edge: createEdgeBlock(systemClock),
    });
    const who = await rest.request({ method: "GET", path: "/applications/@me", authenticated: true });
    if (who.kind !== "ok") {
      const refused = who.kind === "status" && who.status === UNAUTHORIZED;
      return { code: refused ? EXIT.refused : EXIT.failed, complaint: catalogue.cli.notRegistered(who.detail) };
    }
    const { id } = who.body as { readonly id?: unknown };
    const wanted = definitionsOf(commands, config.permissions.grants !== undefined);
    const deps = { rest, guild: config.guild, log: silentLogs.for("discord") };
    const outcome = await registerOnce(deps, String(id), wanted);
    if (outcome.kind !== "done") return { code: EXIT.failed, complaint: catalogue.cli.notRegistered(outcome.detail) };
    const { changes } = outcome;
    const output = format === "json" ? JSON.stringify({ changes }, undefined, 2) : changeLines(changes, catalogue);
    return { code: EXIT.well, output };
  });
}

function changeLines(changes: readonly Difference[], { cli: words }: Catalogue): string {
  const shown = (value: unknown): string | undefined =>
    value === undefined || typeof value === "string" ? value : JSON.stringify(value);
  const lines = changes.map(({ key, original, expected }) => words.difference(key, shown(original), shown(expected)));
  return [words.registered(changes.length), ...lines].join("\n");
}
