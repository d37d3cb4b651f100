import { UserError } from "../src/base/errors.js";
import { catalogueFor } from "../src/locale/index.js";
import { en } from "../src/locale/en/index.js";
import { renderAudit } from "../src/message/audit.js";
import type { AuditPlace } from "../src/answer/audit.js";
import type { AuditQuery } from "../src/model/audit.js";
import type { Command, CommandReply, Press } from "../src/model/contract/command.js";
import { completeTargets } from "./targets.js";
import type { Services } from "./services.js";

/** What this command works with. */
type Needs = Pick<Services, "answers" | "audit" | "panels">;

const PAGE = "audit-page";
/** What a phone shows without much scrolling. */
const ROWS = 8;
/** What leaves rows in the log and may be asked for. */
const LOGGED_VERBS = ["restart", "start", "stop", "kill", "deploy", "backup", "diagnose", "run", "admin"] as const;

/** What stands behind a button: a page of what was asked. */
interface Panel {
  readonly query: AuditQuery;
  readonly from: AuditPlace;
}

/** Written by this command alone. */
function panelOf(id: string, services: Needs): Panel {
  const data = services.panels.read(id);
  if (typeof data !== "object" || data === null || !("query" in data) || !("from" in data)) {
    throw new UserError("expired", { command: "audit" });
  }
  return data as Panel;
}

function reply(query: AuditQuery, from: AuditPlace | undefined, locale: string, services: Needs): CommandReply {
  const view = services.audit.page(query, ROWS, from);
  const button = (place: AuditPlace | undefined): string | undefined =>
    place && `v1:${PAGE}:${services.panels.open("admin", { query, from: place } satisfies Panel)}`;
  const [older, newer] = [button(view.older), button(view.newer)];
  const actions = { ...(older === undefined ? {} : { older }), ...(newer === undefined ? {} : { newer }) };
  return { message: renderAudit(view, actions, catalogueFor(locale)), ephemeral: true };
}

function sinceOf(text: string | undefined, locale: string, services: Needs): { readonly since?: number } {
  if (text === undefined) return {};
  const since = services.audit.since(text);
  if (since !== undefined) return { since };
  const expected = catalogueFor(locale).audit.moment;
  throw new UserError("invalid_option", { option: "since", found: text.slice(0, 60), expected });
}

const page: Press<Needs> = {
  verb: "admin",
  targetOf: () => undefined,
  effect: "update",
  reads: true,
  execute: async (request, services) => {
    const { query, from } = panelOf(request.id, services);
    return reply(query, from, request.locale, services);
  },
};

/** Who had what done: the log of actions, for those who run Toban. */
export const audit: Command<Needs> = {
  name: "audit",
  description: en.command.audit.description,
  options: [
    {
      name: "target",
      description: en.command.audit.target,
      type: "string",
      required: false,
      maxLength: 64,
      autocomplete: true,
    },
    { name: "who", description: en.command.audit.who, type: "user", required: false },
    {
      name: "verb",
      description: en.command.audit.verb,
      type: "string",
      required: false,
      choices: LOGGED_VERBS.map((verb) => ({ name: verb, value: verb })),
    },
    { name: "since", description: en.command.audit.since, type: "string", required: false, maxLength: 40 },
  ],
  verb: () => "admin",
  // Rows of many targets, also of those that are no longer watched: a right limited to some targets is not enough.
  targetOf: () => undefined,
  ephemeral: true,
  reads: true,
  presses: { [PAGE]: page },
  execute: async (request, services) => {
    const { target, who, verb, since } = request.options as Readonly<Record<string, string | undefined>>;
    const query = {
      ...(target === undefined ? {} : { target }),
      ...(who === undefined ? {} : { who: `member:${who}` }),
      ...(verb === undefined ? {} : { verb }),
      ...sinceOf(since, request.locale, services),
    };
    return reply(query, undefined, request.locale, services);
  },
  complete: (_option, partial, _request, services) => completeTargets(partial, services),
};
