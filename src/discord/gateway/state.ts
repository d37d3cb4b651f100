/** Close codes after which Discord takes nobody back without a change. Source: Gateway close event codes, "Reconnect: false". */
export const FATAL_CLOSE_CODES = [4004, 4010, 4011, 4012, 4013, 4014] as const;

/** What Discord said when it refused this bot: HTTP 401, or the gateway's close code. */
export type Refusal = 401 | (typeof FATAL_CLOSE_CODES)[number];

export const GATEWAY_STATUSES = ["connecting", "ready", "resuming", "closed"] as const;
export type GatewayStatus = (typeof GATEWAY_STATUSES)[number];

export interface GatewayState {
  readonly status: GatewayStatus;
  /** The last close, if any; kept over a reconnect. */
  readonly closeCode?: number;
  /** Of the last heartbeat, in seconds. */
  readonly pingSeconds?: number;
  /** Discord refuses this bot for now; gone with the next session. */
  readonly refused?: Refusal;
  /** Until when (UTC milliseconds) nothing is tried, and why. */
  readonly waiting?: { readonly until: number; readonly why: string };
}

export function isFatal(code: number): code is (typeof FATAL_CLOSE_CODES)[number] {
  return (FATAL_CLOSE_CODES as readonly number[]).includes(code);
}
