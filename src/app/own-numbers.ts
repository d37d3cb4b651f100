import type { HandlingNumbers } from "../discord/dispatch/handling.js";
import type { GatewayState } from "../discord/gateway/state.js";
import type { TrafficNumbers } from "../discord/rest/traffic.js";
import type { OwnNumbers } from "../model/contract/probe.js";
import type { SenderNumbers } from "../notify/sender-numbers.js";
import type { SchedulerNumbers } from "../scrape/scheduler.js";
import type { StoreNumbers, StoreStatus } from "../store/contract.js";

/** Where each number comes from. */
export interface OwnSources {
  readonly version: string;
  readonly startedAt: number;
  readonly now: () => number;
  readonly store: () => { readonly status: StoreStatus; readonly numbers: StoreNumbers };
  readonly sender: () => SenderNumbers;
  readonly scheduler: () => SchedulerNumbers;
  readonly guards: () => { readonly loopLagP99Seconds?: number; readonly clockStepSeconds: number };
  readonly handling: () => HandlingNumbers;
  readonly traffic: () => TrafficNumbers;
  readonly gateway: () => GatewayState;
}

/** What the program knows about itself, gathered from every room. Cheap: it is read in every run of the probes `self` and `discord`. */
export function ownNumbers(sources: OwnSources): OwnNumbers {
  const store = sources.store();
  const sender = sources.sender();
  const traffic = sources.traffic();
  const gateway = sources.gateway();
  const { loopLagP99Seconds, clockStepSeconds } = sources.guards();
  const restMedianSeconds = sender.restMedianSeconds ?? traffic.restMedianSeconds;
  return {
    version: sources.version,
    startedAt: sources.startedAt,
    storeMode: store.status.mode,
    ...(store.status.trouble === undefined ? {} : { storeTrouble: store.status.trouble }),
    ...(store.numbers.writeP99Seconds === undefined ? {} : { storeWriteP99Seconds: store.numbers.writeP99Seconds }),
    ...(store.numbers.readMedianSeconds === undefined
      ? {}
      : { storeReadMedianSeconds: store.numbers.readMedianSeconds }),
    ...(store.numbers.successRatio === undefined ? {} : { storeSuccessRatio: store.numbers.successRatio }),
    outboxPending: sender.pending,
    outboxOldestSeconds: ageSeconds(sender.oldestCreatedAt, sources.now()),
    outboxDead: sender.dead,
    ...(loopLagP99Seconds === undefined ? {} : { loopLagP99Seconds }),
    clockStepSeconds,
    scrapeOverruns: sources.scheduler().overruns,
    ...sources.handling(),
    ...(restMedianSeconds === undefined ? {} : { restMedianSeconds }),
    ...(gateway.pingSeconds === undefined ? {} : { gatewayPingSeconds: gateway.pingSeconds }),
    gateway: gateway.status,
    ...(gateway.closeCode === undefined ? {} : { gatewayCloseCode: gateway.closeCode }),
    requestsPerMinute: sender.requestsPerMinute + traffic.requestsPerMinute,
    rateLimitedTotal: sender.rateLimitedTotal + traffic.rateLimitedTotal,
    invalidTotal: sender.invalidTotal + traffic.invalidTotal,
  };
}

/** The clock may have been set back since. */
function ageSeconds(createdAt: number | undefined, now: number): number {
  return createdAt === undefined ? 0 : Math.max(0, (now - createdAt) / 1_000);
}
