import { UserError } from "../src/base/errors.js";
import { targetOfSource } from "../src/answer/logs.js";
import type { LogRequest } from "../src/answer/logs.js";
import { en } from "../src/locale/en/index.js";
import { catalogueFor } from "../src/locale/index.js";
import type { Catalogue } from "../src/locale/index.js";
import { renderLogFile, renderLogs } from "../src/message/logs.js";
import type { LogActions } from "../src/message/logs.js";
import type { Command, CommandReply, Press, PressRequest } from "../src/model/contract/command.js";
import { LINE_LEVELS } from "../src/model/log.js";
import type { LineLevel, LogPlace, LogQuery, LogView } from "../src/model/log.js";
import type { Principal } from "../src/model/principal.js";
import { targetOfIncident } from "./incident-buttons.js";
import type { Services } from "./services.js";

/** What this command works with. */
type Needs = Pick<Services, "incidents" | "logs" | "panels" | "publicCatalogue">;

const OLDER = "logs-older";
const NEWER = "logs-newer";
const ERRORS = "logs-errors";
const FILE = "logs-file";

const LINES = 20;
const MOST_LINES = 200;
const MOST_LINES_IN_FILE = 5_000;
/** Longer than the longest names of a target and a file with the slash between them. */
const SOURCE_LENGTH = 129;

/** What stands behind the buttons of one page. */
interface Panel {
  readonly source: string;
  readonly query: Omit<LogQuery, "from">;
  readonly older?: LogPlace;
  readonly newer?: LogPlace;
  readonly share: boolean;
  readonly owner: string;
  readonly ownerName: string;
}

/** Written by this command alone. */
function panelOf(id: string, services: Pick<Services, "panels">): Panel {
  const data = services.panels.read(id);
  if (typeof data !== "object" || data === null || !("source" in data) || !("ownerName" in data)) {
    throw new UserError("expired", { command: "logs" });
  }
  return data as Panel;
}

function keyOf(principal: Principal): string {
  return principal.kind === "member" ? principal.id : principal.kind;
}

function nameOf(principal: Principal): string {
  return principal.kind === "member" ? principal.name : principal.kind;
}

interface Asked extends LogRequest {
  readonly principal: Principal;
  readonly locale: string;
  readonly share: boolean;
  readonly signal: AbortSignal;
}

function catalogueOf({ share, locale }: Pick<Asked, "share" | "locale">, services: Needs): Catalogue {
  return share ? services.publicCatalogue() : catalogueFor(locale);
}

async function reply(asked: Asked, services: Needs): Promise<CommandReply> {
  const view = await services.logs.read(asked, asked.signal);
  const actions = actionsOf(view, asked, services);
  return { message: renderLogs(view, actions, catalogueOf(asked, services)), ephemeral: !asked.share };
}

function actionsOf(view: LogView, asked: Asked, services: Needs): LogActions {
  const { older, newer } = view.page;
  const panel: Panel = {
    source: asked.source,
    query: view.query,
    share: asked.share,
    owner: keyOf(asked.principal),
    ownerName: nameOf(asked.principal),
    ...(older === undefined ? {} : { older }),
    ...(newer === undefined ? {} : { newer }),
  };
  const id = services.panels.open("logs", panel, panel.owner);
  return {
    errors: `v1:${ERRORS}:${id}`,
    file: `v1:${FILE}:${id}`,
    ...(older === undefined ? {} : { older: `v1:${OLDER}:${id}` }),
    ...(newer === undefined ? {} : { newer: `v1:${NEWER}:${id}` }),
  };
}

/** A button of the asker's: on a shared page everybody sees it, and it turns the page for everybody. */
function press(
  effect: "update" | "reply",
  act: (panel: Panel, asked: Asked, services: Needs) => Promise<CommandReply>,
): Press<Needs> {
  return {
    verb: "logs",
    targetOf: (id, services) => targetOfSource(panelOf(id, services).source),
    effect,
    execute: async (request: PressRequest, services) => {
      const panel = panelOf(request.id, services);
      if (panel.owner !== keyOf(request.principal)) throw new UserError("not_yours", { owner: panel.ownerName });
      const { principal, locale, signal } = request;
      return act(
        panel,
        { principal, locale, signal, share: panel.share, source: panel.source, query: panel.query },
        services,
      );
    },
  };
}

function turn(towards: "older" | "newer"): Press<Needs> {
  return press("update", (panel, asked, services) => {
    const place = panel[towards];
    if (place === undefined) throw new UserError("expired", { command: "logs" });
    return reply({ ...asked, query: { ...panel.query, from: { place, towards } } }, services);
  });
}

const errors = press("update", ({ query: { level, ...query } }, asked, services) =>
  reply({ ...asked, query: level === "error" ? query : { ...query, level: "error" } }, services),
);

/** The page and what comes before it. */
const file = press("reply", async ({ query, newer }, asked, services) => {
  const from = newer === undefined ? {} : ({ from: { place: newer, towards: "older" } } as const);
  const view = await services.logs.read(
    { ...asked, query: { ...query, ...from, lines: MOST_LINES_IN_FILE } },
    asked.signal,
  );
  return { message: renderLogFile(view, catalogueOf(asked, services)), ephemeral: !asked.share };
});

/** The button of an alert's message: the newest lines of its target's first log. */
const ofIncident: Press<Needs> = {
  verb: "logs",
  targetOf: (id, services) => targetOfIncident(id, "logs", services),
  effect: "reply",
  execute: async ({ id, principal, locale, signal }, services) => {
    const target = targetOfIncident(id, "logs", services);
    const source = services.logs.sources().find((each) => each.target === target);
    if (!source) throw new UserError("expired", { command: "logs" });
    return reply({ source: source.name, query: { lines: LINES }, principal, locale, share: false, signal }, services);
  },
};

function momentOf(
  option: "since" | "until",
  typed: string | undefined,
  locale: string,
  services: Needs,
): number | undefined {
  if (typed === undefined) return undefined;
  const moment = services.logs.moment(typed);
  if (moment !== undefined) return moment;
  const expected = catalogueFor(locale).logs.moment;
  throw new UserError("invalid_option", { option, found: typed.slice(0, 60), expected });
}

interface LogOptions {
  readonly source?: string;
  readonly lines?: number;
  readonly since?: string;
  readonly until?: string;
  readonly contains?: string;
  readonly level?: LineLevel;
  readonly share?: boolean;
}

function queryOf(options: LogOptions, locale: string, services: Needs): LogQuery {
  const since = momentOf("since", options.since, locale, services);
  const until = momentOf("until", options.until, locale, services);
  if (since !== undefined && until !== undefined && since > until) {
    const { order } = catalogueFor(locale).logs;
    throw new UserError("invalid_option", { option: "since", found: options.since ?? "", expected: order });
  }
  return {
    lines: options.lines ?? LINES,
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(options.contains === undefined || options.contains === "" ? {} : { contains: options.contains }),
    ...(options.level === undefined ? {} : { level: options.level }),
  };
}

const words = en.command.logs;
const MOMENT = { type: "string", required: false, maxLength: 40 } as const;

/** Lines of a unit's journal or a configured file. */
export const logs: Command<Needs & Pick<Services, "may">> = {
  name: "logs",
  description: words.description,
  options: [
    {
      name: "source",
      description: words.source,
      type: "string",
      required: true,
      maxLength: SOURCE_LENGTH,
      autocomplete: true,
    },
    { name: "lines", description: words.lines, type: "integer", required: false, min: 1, max: MOST_LINES },
    { name: "since", description: words.since, ...MOMENT },
    { name: "until", description: words.until, ...MOMENT },
    { name: "contains", description: words.contains, type: "string", required: false, maxLength: 200 },
    {
      name: "level",
      description: words.level,
      type: "string",
      required: false,
      choices: LINE_LEVELS.map((level) => ({ name: en.logs.levelChoices[level], value: level })),
    },
    { name: "share", description: words.share, type: "boolean", required: false },
  ],
  verb: () => "logs",
  targetOf: ({ source }) => (typeof source === "string" ? targetOfSource(source) : undefined),
  ephemeral: true,
  presses: {
    [OLDER]: turn("older"),
    [NEWER]: turn("newer"),
    [ERRORS]: errors,
    [FILE]: file,
    "incident-logs": ofIncident,
  },
  execute: async ({ options, principal, locale, signal }, services) => {
    // The dispatcher has held them against the options above.
    const given = options as LogOptions;
    const query = queryOf(given, locale, services);
    return reply(
      { source: given.source ?? "", query, principal, locale, share: given.share ?? false, signal },
      services,
    );
  },
  complete: (_option, partial, request, services) => {
    const wanted = partial.trim().toLowerCase();
    const begins = (name: string): number => Number(name.toLowerCase().startsWith(wanted));
    return services.logs
      .sources()
      .filter(
        ({ name, target }) => name.toLowerCase().includes(wanted) && services.may(request.principal, "logs", target),
      )
      .map(({ name }) => name)
      .toSorted((a, b) => begins(b) - begins(a))
      .map((name) => ({ name, value: name }));
  },
};
