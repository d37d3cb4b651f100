import { commands } from "../../commands/index.js";
import type { Services } from "../../commands/services.js";
import { messageOf } from "../base/errors.js";
import { createDispatcher } from "../discord/dispatch/dispatcher.js";
import type { Dispatcher } from "../discord/dispatch/dispatcher.js";
import { createGateway } from "../discord/gateway/gateway.js";
import type { Gateway } from "../discord/gateway/gateway.js";
import type { GatewayState } from "../discord/gateway/state.js";
import { definitionsOf } from "../discord/register/definition.js";
import { createRegistrar } from "../discord/register/registrar.js";
import { createRest } from "../discord/rest/rest.js";
import type { Rest } from "../discord/rest/rest.js";
import type { Traffic } from "../discord/rest/traffic.js";
import { catalogueFor } from "../locale/index.js";
import { toDiscord } from "../message/to-discord.js";
import type { EdgeBlock } from "../model/contract/edge-block.js";
import type { Message } from "../model/message.js";
import type { AppContext } from "./context.js";
import { createDenials } from "./denials.js";

/** The half that listens: gateway, commands, answers. */
export interface Listening {
  readonly gateway: Gateway;
  readonly dispatcher: Dispatcher;
  readonly rest: Rest;
  /** Brings the guild's commands up to date, once it is known who we are. */
  register(): void;
}

export interface ListeningDeps {
  readonly traffic: Traffic;
  readonly services: Services;
  readonly edge: EdgeBlock;
  /** For answers that came too late for their place. */
  readonly postToChannel: (channel: string, message: Message) => Promise<void>;
  readonly onState: (state: GatewayState) => void;
  /** The bot's rights may have changed in these channels and threads; absent: in all. */
  readonly onRights: (channels?: readonly string[]) => void;
}

export function createListening(context: AppContext, deps: ListeningDeps): Listening {
  const { clock, logs, lifecycle, store, settings, random } = context;
  const { config, secrets } = settings();
  const log = logs.for("discord");
  const rest = createRest({
    apiUrl: config.apiUrl,
    token: secrets.token,
    clock,
    traffic: deps.traffic,
    edge: deps.edge,
  });
  const denials = createDenials({ store, clock, log: logs.for("dispatch") });
  lifecycle.onStop("denials", () => denials.stop());
  const dispatcher = createDispatcher<Services>({
    rest,
    clock,
    lower: (message, reduced) => toDiscord(message, { form: "answer", reduced }),
    log: logs.for("dispatch"),
    commands,
    services: deps.services,
    policy: () => settings().config.permissions,
    catalogue: catalogueFor,
    locale: () => settings().config.locale,
    roleName: (guild, role) => gateway.roleName(guild, role),
    postToChannel: deps.postToChannel,
    onDenied: (denied) => denials.note(denied),
  });
  lifecycle.onStop("dispatcher", () => dispatcher.stop());
  const registrar = createRegistrar({ rest, guild: config.guild, clock, log, random });
  lifecycle.onStop("registrar", () => registrar.stop());
  const gateway = createGateway({
    token: secrets.token,
    apiUrl: config.apiUrl,
    clock,
    log,
    random,
    traffic: deps.traffic,
    edge: deps.edge,
    ledger: {
      add: (kind, at) => {
        store
          .write("identify", (tables) => tables.identifies.add(kind, at))
          .catch((thrown: unknown) =>
            log.warn({ kind, detail: messageOf(thrown) }, "an identify could not be recorded"),
          );
      },
      since: (kind, at) => store.read((tables) => tables.identifies.since(kind, at)),
    },
    onInteraction: (data) => dispatcher.take(data),
    onRights: (change) => {
      if (change.where === "channels") return deps.onRights(change.channels);
      // Alerts go to channels of the one server that is served.
      if (change.where === "guild" && change.guild !== config.guild) return;
      // With the bot its commands leave a server; away from the gateway it does not hear of that.
      const begunAnew = change.where === "everywhere" && change.session === "new";
      const joined = change.where === "guild" && change.joined;
      if (joined || (begunAnew && registrar.state().kind === "registered")) register();
      else registrar.retrySoon();
      deps.onRights();
    },
  });
  lifecycle.onStop("gateway", () => gateway.stop());
  const register = (): void => {
    const application = gateway.applicationId();
    if (application === undefined) return;
    registrar.register(application, definitionsOf(commands, settings().config.permissions.grants !== undefined));
  };
  let registeredFor: string | undefined;
  gateway.onState((state) => {
    deps.onState(state);
    if (state.status !== "ready" || registeredFor === gateway.applicationId()) return;
    registeredFor = gateway.applicationId();
    register();
  });
  return { gateway, dispatcher, rest, register };
}
