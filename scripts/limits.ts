/** docs/discord-limits.md: every limit of the local Discord, where it is documented, and which tests show that it is enforced. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";

import { limits } from "../simulator/limits.js";
import type { DISCORD_LIMITS } from "../src/model/limits.js";

const TESTS = "test/contract/simulator";
const VITEST = resolve(import.meta.dirname, "../node_modules/vitest/vitest.mjs");

interface Documented {
  /** The page of Discord's documentation, or how it is known otherwise. */
  readonly source: string;
  /** Its key in src/model/limits.ts, where Toban itself keeps it. */
  readonly own?: keyof typeof DISCORD_LIMITS;
}

const CREATE = "resources/message: create message";
const EMBED = "resources/message: embed limits";
const ROW = "components/reference: action row";
const BUTTON = "components/reference: button";
const SELECT = "components/reference: string select";
const MODAL = "interactions/receiving-and-responding: modal";
const COMMAND = "interactions/application-commands";
const WEBHOOK = "resources/webhook";
const OPCODES = "topics/opcodes-and-status-codes";

const DOCUMENTED: Readonly<Record<keyof typeof limits, Documented>> = {
  contentLength: { own: "content", source: CREATE },
  embedsPerMessage: { own: "embeds", source: CREATE },
  embedTotalLength: { own: "embedTotal", source: `${EMBED}, all embeds of a message together` },
  embedTitleLength: { own: "embedTitle", source: EMBED },
  embedDescriptionLength: { own: "embedDescription", source: EMBED },
  embedFields: { own: "embedFields", source: EMBED },
  embedFieldNameLength: { own: "embedFieldName", source: EMBED },
  embedFieldValueLength: { own: "embedFieldValue", source: EMBED },
  embedFooterLength: { own: "embedFooter", source: EMBED },
  embedAuthorLength: { own: "embedAuthor", source: EMBED },
  filesPerMessage: { own: "files", source: `${OPCODES}: 30015` },
  fileBytes: { own: "fileBytes", source: "reference: uploading files, default per file" },
  requestBytes: { own: "requestBytes", source: "reference: uploading files, per request" },
  altTextLength: { source: "resources/message: attachment, description" },
  nonceLength: { own: "nonce", source: CREATE },
  allowedMentionsIds: { own: "allowedMentions", source: "resources/message: allowed mentions" },
  pinsPerChannel: { source: `${OPCODES}: 30003` },
  pinsPerPage: { source: "resources/message: get channel pins" },
  messagesPerPage: { source: "resources/message: get channel messages" },
  bulkDeleteMin: { source: "resources/message: bulk delete messages" },
  bulkDeleteMax: { source: "resources/message: bulk delete messages" },
  bulkDeleteMaxAgeMs: { source: "resources/message: bulk delete messages" },
  oldMessageDeleteMs: { source: "observed; discord.js knows it" },
  oldMessageEditMs: { source: `${OPCODES}: 30046` },
  reactionsPerMessage: { source: `${OPCODES}: 30010` },

  actionRows: { own: "actionRows", source: "components/reference: legacy messages" },
  buttonsPerRow: { own: "buttonsPerRow", source: ROW },
  customIdLength: { own: "customId", source: "components/reference: custom_id" },
  buttonLabelLength: { own: "buttonLabel", source: BUTTON },
  buttonUrlLength: { source: BUTTON },
  selectOptions: { own: "selectOptions", source: SELECT },
  selectOptionLabelLength: { own: "optionLabel", source: "components/reference: select option" },
  selectOptionValueLength: { source: "components/reference: select option" },
  selectOptionDescriptionLength: { source: "components/reference: select option" },
  selectPlaceholderLength: { own: "placeholder", source: SELECT },
  v2Components: {
    own: "componentsV2",
    source: "components/reference: messages with IS_COMPONENTS_V2, nested ones counted",
  },
  v2TextLength: {
    own: "textDisplayTotal",
    source: "the API's schema (one text display) and an open documentation change (the total)",
  },
  sectionTexts: { source: "components/reference: section" },
  galleryItems: { source: "components/reference: media gallery" },
  modalTitleLength: { own: "modalTitle", source: MODAL },
  modalComponents: { source: MODAL },
  labelLength: { source: "components/reference: label" },
  labelDescriptionLength: { source: "components/reference: label" },
  textInputLength: { source: "components/reference: text input" },
  textInputPlaceholderLength: { source: "components/reference: text input" },

  chatInputCommands: { source: `${COMMAND}: registering` },
  userCommands: { source: `${COMMAND}: registering` },
  messageCommands: { source: `${COMMAND}: registering` },
  commandNameLength: { own: "commandName", source: `${COMMAND}: naming` },
  commandDescriptionLength: { own: "commandDescription", source: COMMAND },
  commandOptions: { own: "commandOptions", source: COMMAND },
  optionChoices: { own: "choices", source: `${COMMAND}: option choice` },
  choiceNameLength: { own: "choiceName", source: `${COMMAND}: option choice` },
  choiceValueLength: { own: "choiceValue", source: `${COMMAND}: option choice` },
  stringOptionLength: { source: `${COMMAND}: option, min_length and max_length` },
  commandTotalLength: { own: "commandTotal", source: `${COMMAND}: names, descriptions and values together` },
  commandCreatesPerDay: { source: `${COMMAND}: registering; ${OPCODES}: 30034` },
  commandPermissionOverwrites: { source: `${COMMAND}: permissions` },
  autocompleteChoices: { source: "interactions/receiving-and-responding: autocomplete" },

  interactionResponseMs: {
    own: "interactionResponseMs",
    source: "interactions/receiving-and-responding: initial response",
  },
  interactionTokenMs: { own: "interactionTokenMs", source: "interactions/receiving-and-responding: token" },

  threadNameLength: { own: "threadName", source: "resources/channel: start thread" },
  forumTagsPerPost: { source: "resources/channel: start thread in forum" },
  forumTagsPerChannel: { source: "resources/channel: forum tag" },
  forumTagNameLength: { source: "resources/channel: forum tag" },
  channelRenames: { source: "observed: no header shows it" },
  channelRenameWindowMs: { source: "observed: no header shows it" },
  channelNameLength: { source: "resources/channel: modify channel" },
  channelTopicLength: { source: "resources/channel: modify channel" },
  webhooksPerChannel: { source: `${OPCODES}: 30007` },
  webhooksPerGuild: { source: `${OPCODES}: 30058` },
  webhookNameLength: { source: WEBHOOK },
  webhookExecutes: { source: "observed, confirmed by Discord's staff" },
  webhookExecuteWindowMs: { source: "observed, confirmed by Discord's staff" },
  webhookChannelMessages: { source: "observed, confirmed by Discord's staff: no header shows it" },
  webhookChannelWindowMs: { source: "observed, confirmed by Discord's staff: no header shows it" },
  auditReasonLength: { own: "auditReason", source: "resources/audit-log: X-Audit-Log-Reason" },
  auditEntriesPerPage: { source: "resources/audit-log: get guild audit log" },

  globalRequests: { own: "requestsPerSecond", source: "topics/rate-limits: global rate limit" },
  globalWindowMs: { source: "topics/rate-limits: global rate limit" },
  invalidRequests: { own: "invalidRequestsPer10Min", source: "topics/rate-limits: invalid request limit" },
  invalidRequestWindowMs: { source: "topics/rate-limits: invalid request limit" },

  gatewayPayloadBytes: { source: "events/gateway: sending events" },
  gatewaySends: { own: "gatewaySendsPerMinute", source: "events/gateway: rate limiting" },
  gatewaySendWindowMs: { source: "events/gateway: rate limiting" },
  identifiesPerDay: { own: "identifiesPerDay", source: "events/gateway: session start limit" },
  identifyConcurrency: { source: "events/gateway: session start limit, max_concurrency" },
  identifyWindowMs: { source: "events/gateway: session start limit, max_concurrency" },
};

interface ListedTest {
  readonly name: string;
  readonly file: string;
}

/** The tests of the local Discord by the names that the runner gives them. */
function listedTests(): readonly ListedTest[] {
  const folder = mkdtempSync(join(tmpdir(), "toban-tests-"));
  const file = join(folder, "tests.json");
  try {
    const { status, stderr } = spawnSync(process.execPath, [VITEST, "list", TESTS, `--json=${file}`], {
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`the tests in ${TESTS} cannot be listed:\n${stderr}`);
    return JSON.parse(readFileSync(file, "utf8")) as ListedTest[];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A test shows a limit when its name says so: `limit: gatewaySends per gatewaySendWindowMs`. */
function showing(key: string, tests: readonly ListedTest[]): readonly string[] {
  return tests.flatMap(({ name, file }) => {
    const [, said = ""] = /(?:^|> )limit: (.*)$/.exec(name) ?? [];
    return new RegExp(`\\b${key}\\b`).test(said) ? [`${basename(file, ".test.ts")}: ${said}`] : [];
  });
}

/** The page, whole. Throws when a limit has no test. */
export function limitsPage(): string {
  const tests = listedTests();
  const rows = Object.entries(limits).map(([key, value]) => {
    const { own, source } = DOCUMENTED[key as keyof typeof limits];
    const shown = showing(key, tests);
    if (shown.length === 0) throw new Error(`no test in ${TESTS} is named “limit: ${key} …”`);
    return `| ${own === undefined ? "–" : `\`${own}\``} | \`${key}\` | ${value} | ${source} | ${shown.join("; ")} |`;
  });
  return `# Discord's limits

What Discord documents (or what was observed of it), as the local Discord enforces it, and what Toban itself keeps. The first name is the key in \`src/model/limits.ts\` where Toban needs it, the second the key in
\`simulator/limits.ts\`; a test holds the three equal. Sizes are bytes, times milliseconds, lengths characters. Sources are pages of Discord's developer documentation. The last column names the test in
\`${TESTS}\` that shows it: the value itself is accepted, one more is refused as Discord refuses it.

Generated from the code and the names of the tests by \`npm run generate\`.

| here | in the simulator | value | source | shown by |
| --- | --- | --- | --- | --- |
${rows.join("\n")}
`;
}
