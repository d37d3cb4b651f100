import { UserError } from "../src/base/errors.js";
import { en } from "../src/locale/en/index.js";
import type { HealthActions } from "../src/message/health.js";
import { renderHealth } from "../src/message/health.js";
import { renderTarget } from "../src/message/target.js";
import type { Command, CommandReply, Press } from "../src/model/contract/command.js";
import type { Principal } from "../src/model/principal.js";
import type { Services } from "./services.js";
import { completeTargets } from "./targets.js";

/** What this command works with. */
type Needs = Pick<Services, "answers" | "panels" | "publicCatalogue" | "may">;

const REFRESH = "health-refresh";
const TOGGLE = "health-toggle";

/** What stands behind the buttons of one answer. */
interface Panel {
  readonly target?: string;
  readonly onlyProblems: boolean;
}

function panelOf(id: string, services: Needs): Panel {
  const data = services.panels.read(id);
  if (
    typeof data !== "object" ||
    data === null ||
    !("onlyProblems" in data) ||
    typeof data.onlyProblems !== "boolean"
  ) {
    throw new UserError("expired", { command: "health" });
  }
  const target = "target" in data && typeof data.target === "string" ? data.target : undefined;
  return target === undefined ? { onlyProblems: data.onlyProblems } : { onlyProblems: data.onlyProblems, target };
}

function reply(panel: Panel, principal: Principal, services: Needs): CommandReply {
  const catalogue = services.publicCatalogue();
  const maySee = (target: string): boolean => services.may(principal, "view", target);
  const answer = services.answers.health({ ...panel, maySee });
  const mayPress = services.may(principal, "view", panel.target);
  const id = mayPress ? services.panels.open("view", panel) : undefined;
  const refresh: HealthActions = id === undefined ? {} : { refresh: `v1:${REFRESH}:${id}` };
  if (answer.of === "target") return { message: renderTarget(answer.view, refresh, catalogue), ephemeral: false };
  const actions: HealthActions = id === undefined ? {} : { ...refresh, toggle: `v1:${TOGGLE}:${id}` };
  return { message: renderHealth(answer.view, actions, catalogue), ephemeral: false };
}

function press(change: (panel: Panel) => Panel): Press<Needs> {
  return {
    verb: "view",
    targetOf: (id, services) => panelOf(id, services).target,
    effect: "update",
    execute: async (request, services) => reply(change(panelOf(request.id, services)), request.principal, services),
  };
}

/** How the host and everything watched on it is doing; one target in full. */
export const health: Command<Needs> = {
  name: "health",
  description: en.command.health.description,
  options: [
    {
      name: "target",
      description: en.command.health.target,
      type: "string",
      required: false,
      maxLength: 64,
      autocomplete: true,
    },
  ],
  verb: (options) => (options["target"] === undefined ? "view-summary" : "view"),
  targetOf: (options) => (typeof options["target"] === "string" ? options["target"] : undefined),
  ephemeral: false,
  presses: {
    [REFRESH]: press((panel) => panel),
    [TOGGLE]: press((panel) => ({ ...panel, onlyProblems: !panel.onlyProblems })),
  },
  execute: async (request, services) => {
    const { target } = request.options as { readonly target?: string };
    return reply(
      target === undefined ? { onlyProblems: false } : { target, onlyProblems: false },
      request.principal,
      services,
    );
  },
  complete: (_option, partial, request, services) =>
    completeTargets(partial, services).filter(({ value }) => services.may(request.principal, "view", value)),
};
