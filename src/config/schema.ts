import { z } from "zod";

import { ACTIONS } from "../model/action.js";
import { SEVERITIES } from "../model/rule.js";
import { VERBS } from "../model/principal.js";
import { ROUTE_DEFAULTS } from "../model/route.js";
import {
  argument,
  duration,
  labels,
  logStamp,
  mention,
  name,
  program,
  snowflake,
  timezone,
  userName,
} from "./quantities.js";

const SECOND = 1_000;
const HOUR = 3_600_000;

const interval = duration({
  min: 5 * SECOND,
  max: 24 * HOUR,
  expected: "a duration from 5s to 24h, such as 15s or 1m",
});
const span = duration({ max: 30 * 24 * HOUR, expected: "a duration of at most 30d, such as 30s, 5m or 1h30m" });

const A_LEVEL_TEXT = "text that such lines have, of at most 100 characters; * is any text between";
const levelTexts = z
  .array(
    z
      .string(A_LEVEL_TEXT)
      .max(100, A_LEVEL_TEXT)
      .refine((text) => /[^*]/.test(text), A_LEVEL_TEXT),
  )
  .min(1)
  .max(20)
  .optional();

const LEVEL_MAPPING = 'levels with the texts of their lines, such as { error: [" E ", failed], warning: [" W "] }';
/** What a line has that is of a level. Literal text, so that no pattern can make a search slow. */
const logLevel = z
  .strictObject({ error: levelTexts, warning: levelTexts, info: levelTexts, debug: levelTexts }, LEVEL_MAPPING)
  .refine((levels) => Object.keys(levels).length > 0, LEVEL_MAPPING);

export const logSource = z.strictObject({
  name: name.describe("How the source is called: `<target>/<name>`."),
  file: z.string().startsWith("/", { message: "an absolute path" }).max(4096).describe("The log file."),
  stamp: logStamp
    .optional()
    .describe(
      "How its lines write their time, where Toban does not see it by itself: `%d.%m.%Y %H:%M:%S`. %Y %y year, %m %b month, %d day, %H hour (%I with %p of 12), %M minute, %S second, %f its fraction, %z zone, %s seconds and %Q milliseconds since 1970, %a weekday; %T is %H:%M:%S, %F is %Y-%m-%d. Other characters mean themselves.",
    ),
  level: logLevel
    .optional()
    .describe(
      'Texts by which its lines show their level, the worst first, where Toban does not see it by itself: `{ error: [" E ", failed], warning: [" W "] }`. Upper and lower case are the same, `*` is any text between. Lines with none of them keep the level they show by themselves.',
    ),
});

const A_VECTOR = "{ name: restart, run: [/path/of/program, argument] }";

/** An action by a program of the operator's own: an argument vector, never a line for a shell. */
export const vectorSchema = z.strictObject(
  {
    name: z.enum(ACTIONS).describe("Which action this is."),
    run: z
      .tuple([program], argument)
      .refine((run) => run.length <= 100, { message: "a program and at most 99 arguments" })
      .describe("The program, by its absolute path, and its arguments, one by one. There is no shell."),
    timeout: duration({ min: SECOND, max: HOUR, expected: "a duration from 1s to 1h, such as 60s" })
      .optional()
      .describe("When it is ended. Default: 60s."),
    user: userName
      .optional()
      .describe("Whom it runs as, as a unit of systemd. Default: Toban's own user; `root` must be named."),
  },
  A_VECTOR,
);

/** The keys that every kind of target has. The rest belongs to the kind. */
export const targetSchema = z.object({
  name: name.describe("How the target is called everywhere."),
  kind: z.string().describe("What is probed."),
  interval: interval.optional().describe("How often it is probed. Default: the kind's own, or `scrape.interval`."),
  timeout: duration({ min: 100, max: 10 * SECOND, expected: "a duration from 100ms to 10s" })
    .optional()
    .describe("Deadline of one run; never more than 80 % of the interval."),
  labels: labels.optional().describe("Labels on all its series."),
  actions: z
    .array(z.union([z.enum(ACTIONS), vectorSchema]))
    .max(20)
    .optional()
    .describe(
      "What may be done to it from Discord: `restart`, `start`, `stop` or `kill` of its systemd unit, or a program of your own, as `{ name: restart, run: [/path/of/program, argument], timeout: 60s }`, which runs as Toban's own user unless `user` names another. Nothing, unless listed.",
    ),
  logs: z.array(logSource).optional().describe("Log files that may be read from Discord."),
});

/** Open for the keys of its kind, which are checked by the kind. */
export const openTargetSchema = targetSchema.loose();

export type TargetInput = z.output<typeof openTargetSchema>;

const level = z.string().max(40).describe("`> 80%`, `> 500MiB`, `> 200ms`, `5/10m`, `< 21d` or `off`.");

export const ruleSchema = z.strictObject({
  name: z.string().max(64).describe("The built-in rule to change."),
  enabled: z.boolean().optional().describe("`false` switches the rule off."),
  targets: z
    .array(z.string().min(1).max(100))
    .min(1)
    .optional()
    .describe("Only for these targets; `*` stands for anything."),
  where: z
    .record(z.string(), z.string())
    .optional()
    .describe('Only for series with these labels, such as `{ mount: "/" }`.'),
  warning: level.optional(),
  critical: level.optional(),
  clear: level.optional().describe("When it is over; belongs to the lowest level."),
  for: span.optional().describe("How long it must be bad before it is said."),
  keepFiringFor: span.optional().describe("How long it must be well before it is over."),
  inhibitedBy: z.array(z.string()).optional().describe("Rules that mute this one for the same target while they fire."),
});

const repeat = z
  .union([span, z.literal("never").transform(() => 0)])
  .describe("How often it is said again while it burns; `never`.");

export const routeSchema = z.strictObject({
  match: z
    .strictObject({
      severity: z.union([z.enum(SEVERITIES), z.array(z.enum(SEVERITIES)).min(1)]).optional(),
      targets: z.array(z.string().min(1).max(100)).min(1).optional(),
      rules: z.array(z.string().min(1).max(100)).min(1).optional(),
    })
    .optional()
    .describe("Which alerts; everything, unless said."),
  channel: snowflake.describe("The channel they go to."),
  mention: z.array(mention).max(20).optional().describe("Who is pinged: `role:<id>` or `user:<id>`."),
  groupBy: z.array(z.string().max(64)).min(1).optional().describe("What makes one incident. Default: `[target]`."),
  groupInterval: span.optional().describe("How long new critical alerts of an incident are collected. Default: 30s."),
  repeatInterval: z
    .strictObject({ critical: repeat.optional(), warning: repeat.optional(), info: repeat.optional() })
    .optional()
    .describe("Default: critical 4h, warning 24h, info never."),
});

export const grantSchema = z
  .strictObject({
    role: snowflake.optional().describe("The role that may."),
    user: snowflake.optional().describe("The person who may."),
    may: z.array(z.enum(VERBS)).min(1).describe("What they may do."),
    on: z
      .array(z.string().min(1).max(100))
      .min(1)
      .optional()
      .describe("To which targets; `*` stands for anything. Default: all."),
  })
  .refine((grant) => (grant.role === undefined) !== (grant.user === undefined), {
    message: "either “role” or “user”, one of the two",
  });

export const actionsSchema = z.strictObject({
  perHour: z
    .int()
    .min(1)
    .max(100)
    .optional()
    .describe("How many actions on one target within any hour, whoever asks. Default: 3."),
  watch: duration({ min: 5 * SECOND, max: 300 * SECOND, expected: "a duration from 5s to 5m, such as 30s" })
    .optional()
    .describe(
      "How long a target is watched after it was started or restarted, before its result is told. Default: 30s.",
    ),
});

/** `toban.yaml`, but for the targets' own keys, which their kinds bring. */
export const fileSchema = z.strictObject({
  labels: labels.optional().describe("Labels on everything, such as `{ environment: production }`."),
  host: name.optional().describe("How this host is called. Default: its host name."),
  timezone: timezone.optional().describe("For schedules and for reading times. Default: the host's."),
  scrape: z
    .strictObject({ interval: interval.optional().describe("How often targets are probed. Default: 15s.") })
    .optional(),
  targets: z
    .array(openTargetSchema)
    .max(1_000)
    .optional()
    .describe("What is watched beside this host and Toban itself."),
  actions: actionsSchema.optional(),
  rules: z.array(ruleSchema).max(1_000).optional().describe("Changes to the built-in rules."),
  routes: z.array(routeSchema).max(100).optional().describe("Where alerts go. Default: everything to OPS_CHANNEL_ID."),
  permissions: z
    .array(grantSchema)
    .max(200)
    .optional()
    .describe(
      "Who may do what. Without this section members with Manage Server may do everything, and others only see the summary.",
    ),
});

export type FileInput = z.output<typeof fileSchema>;

/** The defaults that the sample shows. */
export const DEFAULTS = {
  actionsPerHour: 3,
  watchMs: 30 * SECOND,
  scrapeIntervalMs: 15 * SECOND,
  actionTimeoutMs: 60 * SECOND,
  route: ROUTE_DEFAULTS,
} as const;
