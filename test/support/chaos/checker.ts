import type { Simulator } from "../../../simulator/index.js";
import type { ShownMessage } from "../../../simulator/index.js";
import { findId } from "../../../src/message/to-discord.js";
import type { KeptIncident } from "./orders.js";

/** What an incident's alerts should look like now. */
export type Wanted = "firing" | "over";

export interface Expectation {
  readonly channel: string;
  /** What the store says; every incident that the alerts are in. */
  readonly incidents: readonly KeptIncident[];
  /** A name for each alert, that no other text contains. */
  readonly alerts: readonly string[];
  readonly wanted: Wanted;
  /** Messages of the channel that are older than what is looked at. */
  readonly before: ReadonlySet<string>;
}

const COLOUR = { firing: "🔴", over: "🟢" } as const;

/** Everything that can be read in a message, its attachments included. */
async function readable(discord: Simulator, message: ShownMessage): Promise<string> {
  const files = await Promise.all(message.attachments.map(({ id }) => discord.control.attachment(id)));
  return [message.text, ...files.map((file) => file.toString("utf8"))].join("\n");
}

/**
 * What breaks the promise of exactly once, in words; empty when it is kept: each alert has one entry in the text or attachment of one
 * incident message; each announcement is one accepted post, and those after the first are replies to it; nothing waits.
 */
export async function faultsOf(discord: Simulator, expectation: Expectation): Promise<readonly string[]> {
  const { channel, incidents, alerts, wanted, before } = expectation;
  const all = await discord.control.messages(channel, { deleted: true });
  const messages = all.filter((message) => !before.has(message.id));
  const faults: string[] = [];
  for (const kept of incidents) faults.push(...faultsOfIncident(kept, messages, wanted));
  const sent = new Set(
    incidents.flatMap(({ rows }) => rows.filter(({ state }) => state === "sent").map(({ id }) => id)),
  );
  for (const message of messages) {
    const id = findId({ ...message });
    if (id === undefined || !sent.has(id)) faults.push(`a message nobody accounts for: ${firstLine(message)}`);
  }
  if (messages.length !== sent.size) faults.push(`${messages.length} messages for ${sent.size} accepted announcements`);
  const mains = new Set(incidents.map(({ shown }) => shown?.messageId));
  const texts = await Promise.all(
    messages.filter(({ id }) => mains.has(id)).map((message) => readable(discord, message)),
  );
  for (const alert of alerts) {
    const entries = incidents.flatMap(({ entries: list }) =>
      list.filter((entry) => nameOf(entry.alert.labels) === alert),
    );
    if (entries.length !== 1) faults.push(`${alert} has ${entries.length} entries`);
    const shownIn = texts.filter((text) => text.includes(alert)).length;
    if (shownIn !== 1) faults.push(`${alert} can be read in ${shownIn} messages`);
  }
  const avoidable = await discord.control.requests({ avoidable429: true });
  if (avoidable.length > 0) faults.push(`${avoidable.length} avoidable answers 429`);
  if (discord.defects.length > 0) faults.push(`the simulator itself failed: ${String(discord.defects[0])}`);
  return faults;
}

/** The label that tells the alerts of these tests apart. */
function nameOf(labels: Readonly<Record<string, string>>): string | undefined {
  return labels["mount"] ?? labels["target"];
}

function firstLine(message: ShownMessage): string {
  return `${message.text.split("\n")[0] ?? ""} (reply to ${message.replyTo}, deleted ${message.deletedAt !== null})`;
}

function faultsOfIncident(kept: KeptIncident, messages: readonly ShownMessage[], wanted: Wanted): readonly string[] {
  const { incident, rows, shown } = kept;
  const where = `incident ${incident.number}`;
  const faults: string[] = [];
  if ((incident.endedAt !== undefined) !== (wanted === "over")) faults.push(`${where} is not ${wanted}`);
  for (const row of rows) {
    if (row.state !== "sent" && row.state !== "dropped") faults.push(`${where}: ${row.kind} is ${row.state}`);
    const posts = messages.filter((message) => findId({ ...message }) === row.id);
    const should = row.state === "sent" ? 1 : 0;
    if (posts.length !== should) faults.push(`${where}: ${row.kind} is ${row.state} and stands ${posts.length} times`);
    for (const post of posts) {
      if (post.nonce !== row.id) faults.push(`${where}: ${row.kind} was posted with the nonce ${post.nonce}`);
      if (post.id !== shown?.messageId && post.replyTo !== shown?.messageId) {
        faults.push(`${where}: ${row.kind} replies to ${post.replyTo} instead of ${shown?.messageId}`);
      }
    }
  }
  const main = messages.find(({ id }) => id === shown?.messageId);
  if (!main) faults.push(`${where} has no message`);
  else {
    if (main.replyTo !== null) faults.push(`${where}: its message is a reply`);
    if (!main.text.startsWith(COLOUR[wanted])) faults.push(`${where} is ${wanted} and shows: ${firstLine(main)}`);
  }
  if (shown && shown.shownRevision !== incident.revision) faults.push(`${where} shows an old revision`);
  return faults;
}
