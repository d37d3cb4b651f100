import type { Text } from "../../base/text.js";
import { text } from "../../base/text.js";
import { units } from "./units.js";

export const ping = {
  /** What each reading is called, when it is named because it is not within its band. */
  names: {
    gateway: "gateway",
    rest: "API",
    databaseRead: "database reads",
    databaseWrite: "database writes",
    databaseSuccess: "database success",
    loop: "loop delay",
    commandP50: "commands",
    commandP95: "slowest commands (p95)",
    botCpu: "bot CPU",
    botMemory: "bot memory",
    outbox: "oldest unsent message",
    requests: "API requests a minute",
    hostCpu: "host CPU",
    hostMemory: "host memory",
    hostDisk: "host disk",
  },
  gateway: (value: string): Text => text`${value} gateway`,
  gatewayUnknown: text`gateway not measured yet`,
  gatewayState: {
    connecting: "gateway connecting",
    ready: "gateway ready",
    resuming: "gateway resuming",
    closed: "gateway closed",
  },
  closeCode: (code: number): Text => text` (code ${code})`,
  rest: (value: string): Text => text`${value} API`,
  database: (value: string): Text => text`database ${value}`,
  loop: (value: string): Text => text`loop ${value}`,
  loads: { light: "light load", moderate: "moderate load", heavy: "heavy load" },
  load: (load: string, requests: number, limit: number): Text =>
    text`${load} (${units.count(requests)} ${requests === 1 ? "request" : "requests"}/min of ${units.count(limit)})`,
  allWithin: text`: all within target`,
  outside: (count: number): Text => text`: ${count} outside target`,
  /** A reading that is not good: `API 188 ms (target 100 ms, tolerated 200 ms)`. */
  judged: (name: string, value: string, good: string, tolerated: string): Text =>
    text`${name} ${value} (target ${good}, tolerated ${tolerated})`,
  /** The same for the first line, with the bound that it has passed alone: `host CPU 74 % (tolerated 70 %)`. */
  outOfBounds: (name: string, value: string, edge: Text): Text => text`${name} ${value} (${edge})`,
  edges: {
    target: (value: string): Text => text`target ${value}`,
    tolerated: (value: string): Text => text`tolerated ${value}`,
  },
  moreJudged: (count: number): Text => text`${count} more outside target`,
  commands: (p50: string, p95: string | undefined): Text =>
    p95 === undefined ? text`commands ${p50}` : text`commands ${p50}, p95 ${p95}`,
  success: (share: string): Text => text`${share} of transactions succeeded`,
  botCpu: (value: string): Text => text`${value} CPU`,
  bot: (parts: Text): Text => text`bot ${parts}`,
  host: (parts: Text): Text => text`host ${parts}`,
  memory: (value: string): Text => text`${value} memory`,
  disk: (value: string): Text => text`${value} disk`,
  up: (seconds: number): Text => text`up ${units.seconds(seconds)}`,
  outboxEmpty: text`outbox empty`,
  outbox: (pending: number, oldest: string): Text => text`outbox ${units.count(pending)}, oldest ${oldest}`,
  dead: (count: number): Text => text`${units.count(count)} ${count === 1 ? "message" : "messages"} given up`,
  storeMemory: (trouble: string | undefined): Text =>
    trouble === undefined
      ? text`store not writable, working from memory`
      : text`store not writable (${{ code: trouble }}), working from memory`,
  version: (version: string): Text => text`toban ${version}`,
  old: (seconds: number): Text => text` (${units.seconds(seconds)} old)`,
} as const;
