import { UserError } from "../src/base/errors.js";
import { catalogueFor } from "../src/locale/index.js";
import { en } from "../src/locale/en/index.js";
import { renderNotDone, renderPlan, renderProgress } from "../src/message/action.js";
import { ACTION_VERBS } from "../src/model/action.js";
import type { ActionName } from "../src/model/action.js";
import type { ActionRecord } from "../src/model/action-record.js";
import type { Command, CommandReply, Press, PressRequest } from "../src/model/contract/command.js";
import { targetOfIncident } from "./incident-buttons.js";
import type { Services } from "./services.js";

/** What acting needs of them. */
export type ActingServices = Pick<Services, "operate" | "incidents">;

/** As much of a reason as is typed; what is kept of it is shorter. */
const REASON_MAX = 500;

/** The plan behind a button, if it is one of this command's. */
function planned(action: ActionName, id: string, services: ActingServices): ActionRecord {
  const record = services.operate.get(id);
  if (record?.action !== action) throw new UserError("expired", { command: action });
  return record;
}

/**
 * What cannot be done any more takes the place of the plan and its buttons. Somebody else's plan stays as it is: they are told beside it.
 */
async function inPlace(request: PressRequest, work: () => Promise<CommandReply>): Promise<CommandReply> {
  try {
    return await work();
  } catch (thrown) {
    if (!(thrown instanceof UserError) || thrown.code === "not_yours" || thrown.code === "not_permitted") throw thrown;
    return { message: renderNotDone(thrown, catalogueFor(request.locale)), ephemeral: true };
  }
}

function confirm(action: ActionName): Press<ActingServices> {
  return {
    verb: ACTION_VERBS[action],
    targetOf: (id, services) => planned(action, id, services).target,
    effect: "update",
    execute: (request, services) =>
      inPlace(request, async () => {
        const { operate } = services;
        const underway = await operate.approve(planned(action, request.id, services).id, request.principal);
        const { record, watchMs } = await operate.progress(underway);
        return { message: renderProgress(record, watchMs, catalogueFor(request.locale)), ephemeral: true };
      }),
  };
}

function cancel(action: ActionName): Press<ActingServices> {
  return {
    // Leaving something undone needs no right: only its asker can, and they had it.
    verb: "view-summary",
    targetOf: () => undefined,
    effect: "update",
    execute: (request, services) =>
      inPlace(request, async () => {
        const record = await services.operate.cancel(planned(action, request.id, services).id, request.principal);
        return { message: renderProgress(record, 0, catalogueFor(request.locale)), ephemeral: true };
      }),
  };
}

interface Wanted extends Pick<PressRequest, "principal" | "channel" | "locale"> {
  readonly target: string;
  readonly reason?: string;
}

/** Shows the plan, to who asks alone. */
async function plan(action: ActionName, wanted: Wanted, { operate }: ActingServices): Promise<CommandReply> {
  const { locale, ...request } = wanted;
  const view = await operate.plan({ ...request, action });
  const { id } = view.record;
  const buttons = { confirm: `v1:${action}-confirm:${id}`, cancel: `v1:${action}-cancel:${id}` };
  return { message: renderPlan(view, buttons, catalogueFor(locale)), ephemeral: true };
}

/** The button of an alert's message: the same plan as by the command. */
function ofIncident(action: ActionName): Press<ActingServices> {
  return {
    verb: ACTION_VERBS[action],
    targetOf: (id, services) => targetOfIncident(id, action, services),
    effect: "reply",
    execute: ({ id, principal, channel, locale }, services) => {
      const target = targetOfIncident(id, action, services);
      return plan(action, { principal, target, locale, ...(channel === undefined ? {} : { channel }) }, services);
    },
  };
}

/** A command that acts on a target: it shows the plan to who asks alone; the word is given by a button; the result is everybody's. */
export function actingCommand(action: ActionName): Command<ActingServices> {
  const words = en.action;
  return {
    name: action,
    description: words.descriptions[action],
    options: [
      {
        name: "target",
        description: words.options.target,
        type: "string",
        required: true,
        maxLength: 64,
        autocomplete: true,
      },
      { name: "reason", description: words.options.reason, type: "string", required: false, maxLength: REASON_MAX },
    ],
    verb: () => ACTION_VERBS[action],
    targetOf: (options) => (typeof options["target"] === "string" ? options["target"] : undefined),
    ephemeral: true,
    presses: {
      [`${action}-confirm`]: confirm(action),
      [`${action}-cancel`]: cancel(action),
      [`incident-${action}`]: ofIncident(action),
    },
    execute: async ({ principal, options, channel, locale }, services) => {
      const { target = "", reason } = options as { readonly target?: string; readonly reason?: string };
      const wanted = {
        principal,
        target,
        locale,
        ...(reason === undefined ? {} : { reason }),
        ...(channel === undefined ? {} : { channel }),
      };
      return plan(action, wanted, services);
    },
    complete: (_option, partial, { principal }, { operate }) => {
      const wanted = partial.trim().toLowerCase();
      return operate
        .targetsFor(action, principal)
        .filter((name) => name.toLowerCase().includes(wanted))
        .toSorted((a, b) => Number(b.toLowerCase().startsWith(wanted)) - Number(a.toLowerCase().startsWith(wanted)))
        .map((name) => ({ name, value: name }));
    },
  };
}
