import type { Clock } from "../../../src/base/clock.js";
import type { Logger } from "../../../src/base/log.js";
import type { Secret } from "../../../src/base/secret.js";
import type { EdgeBlock } from "../../../src/model/contract/edge-block.js";
import type { OwnNumbers } from "../../../src/model/contract/probe.js";
import type { PermissionPolicy } from "../../../src/model/principal.js";

import { createDispatcher } from "../../../src/discord/dispatch/dispatcher.js";
import type { DispatchDeps, Dispatcher } from "../../../src/discord/dispatch/dispatcher.js";
import { createGateway } from "../../../src/discord/gateway/gateway.js";
import type { Gateway, IdentifyLedger } from "../../../src/discord/gateway/gateway.js";
import type { GatewayState } from "../../../src/discord/gateway/state.js";
import { definitionsOf } from "../../../src/discord/register/definition.js";
import { createRegistrar } from "../../../src/discord/register/registrar.js";
import type { Registrar, RegistrationState } from "../../../src/discord/register/registrar.js";
import { createRest } from "../../../src/discord/rest/rest.js";
import { Traffic } from "../../../src/discord/rest/traffic.js";

/** What the room knows of the program itself. */
export type DiscordNumbers = Pick<
  OwnNumbers,
  | "gateway"
  | "gatewayCloseCode"
  | "gatewayPingSeconds"
  | "commandsP50Seconds"
  | "commandsP95Seconds"
  | "commandsPerMinute"
  | "requestsPerMinute"
  | "rateLimitedTotal"
  | "invalidTotal"
  | "restMedianSeconds"
>;

export interface DiscordDeps<Services> extends Omit<DispatchDeps<Services>, "rest" | "log" | "roleName"> {
  readonly token: Secret;
  /** Base of the REST interface without the version; undefined: Discord's own. */
  readonly apiUrl: string | undefined;
  readonly clock: Clock;
  /** For the gateway and the registration. */
  readonly log: Logger;
  /** For what people ask. */
  readonly dispatchLog: Logger;
  /** In [0, 1); spreads retries. */
  readonly random: () => number;
  readonly ledger: IdentifyLedger;
  readonly edge?: EdgeBlock | undefined;
  readonly policy: () => PermissionPolicy;
}

export interface Discord {
  /** Begins to connect; returns at once and never fails. */
  start(): void;
  /** Ends what runs, closes the gateway in good order and leaves no handle. */
  stop(): Promise<void>;
  state(): GatewayState;
  onState(listener: (state: GatewayState) => void): () => void;
  registration(): RegistrationState;
  numbers(): DiscordNumbers;
  /** After a reload of the configuration: another token if it changed, and the commands anew. */
  reload(token?: Secret): void;
}

/** The whole of the Discord room, wired as the program does: gateway → dispatcher → answers, and the registration of commands with the first session. */
export function createDiscord<Services>(deps: DiscordDeps<Services>): Discord {
  const traffic = new Traffic(deps.clock);
  const rest = createRest({ apiUrl: deps.apiUrl, token: deps.token, clock: deps.clock, traffic, edge: deps.edge });
  const dispatcher: Dispatcher = createDispatcher({
    ...deps,
    rest,
    log: deps.dispatchLog,
    roleName: (guild, role) => gateway.roleName(guild, role),
  });
  const gateway: Gateway = createGateway({
    ...deps,
    traffic,
    onInteraction: (raw) => dispatcher.take(raw),
    onRights: () => registrar.retrySoon(),
  });
  const registrar: Registrar = createRegistrar({ ...deps, rest, guild: deps.policy().guild });

  let registeredFor: string | undefined;
  const register = (): void => {
    const application = gateway.applicationId();
    if (application === undefined) return;
    registeredFor = application;
    registrar.register(application, definitionsOf(deps.commands, deps.policy().grants !== undefined));
  };
  gateway.onState((state) => {
    if (state.status === "ready" && registeredFor !== gateway.applicationId()) register();
  });

  return {
    start: () => gateway.start(),
    async stop() {
      await Promise.all([dispatcher.stop(), registrar.stop()]);
      await gateway.stop();
    },
    state: () => gateway.state(),
    onState: (listener) => gateway.onState(listener),
    registration: () => registrar.state(),
    numbers() {
      const { status, closeCode, pingSeconds } = gateway.state();
      return {
        ...traffic.numbers(),
        ...dispatcher.numbers(),
        gateway: status,
        ...(closeCode === undefined ? {} : { gatewayCloseCode: closeCode }),
        ...(pingSeconds === undefined ? {} : { gatewayPingSeconds: pingSeconds }),
      };
    },
    reload(token) {
      if (token) rest.setToken(token);
      gateway.reload(token);
      register();
    },
  };
}
