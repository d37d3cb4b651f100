import type { SimulatedClock } from "./clock.js";
import type { Responder } from "./interactions/respond.js";
import type { Interactions } from "./interactions/store.js";
import type { NonceWindow } from "./messages/nonce.js";
import type { Messages } from "./messages/service.js";
import type { Limiter } from "./rest/limiter.js";
import type { World } from "./world.js";

/** What `GET /gateway/bot` tells. */
export interface GatewayInfo {
  readonly url: string;
  readonly shards: number;
  readonly session_start_limit: {
    readonly total: number;
    readonly remaining: number;
    readonly reset_after: number;
    readonly max_concurrency: number;
  };
}

/** The parts that route handlers work with. */
export interface Core {
  readonly clock: SimulatedClock;
  readonly world: World;
  readonly messages: Messages;
  readonly nonces: NonceWindow;
  readonly interactions: Interactions;
  readonly responder: Responder;
  readonly limiter: Limiter;
  readonly baseUrl: () => string;
  readonly gatewayInfo: () => GatewayInfo;
}
