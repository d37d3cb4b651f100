import type { Simulator } from "../../../simulator/index.js";
import type { ShownMessage } from "../../../simulator/index.js";
import { findId } from "../../../src/message/to-discord.js";
import type { OutboxRow } from "../../../src/model/incident.js";
import { nameOf } from "./kept.js";
import type { KeptIncident } from "./kept.js";

/** What an alert should look like now. */
export type Wanted = "firing" | "over";

export interface Expectation {
  readonly channel: string;
  /** What the store says; every incident that the alerts are in. */
  readonly incidents: readonly KeptIncident[];
  /** Each alert, by a name that no other text contains. */
  readonly alerts: ReadonlyMap<string, Wanted>;
  /** Messages of the channel that are older than what is looked at. */
  readonly before?: ReadonlySet<string>;
  /** Announcements that belong to no incident: what the bot says of itself. */
  readonly notice?: (id: string) => OutboxRow | undefined;
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
  const { channel, incidents, alerts, before } = expectation;
  const all = await discord.control.messages(channel, { deleted: true });
  const messages = all.filter((message) => message.author.id === discord.botUserId && !before?.has(message.id));
  const faults = [
    ...incidents.flatMap((kept) => faultsOfIncident(kept, messages, wantedOf(kept, alerts))),
    ...faultsOfAccounts(expectation, messages),
    ...(await faultsOfReading(discord, expectation, messages)),
  ];
  const avoidable = await discord.control.requests({ avoidable429: true });
  for (const { method, path, bucket } of avoidable)
    faults.push(`avoidable answer 429: ${method} ${path} (bucket ${bucket})`);
  if (discord.defects.length > 0) faults.push(`the simulator itself failed: ${String(discord.defects[0])}`);
  return faults;
}

/** An incident goes on as long as one of its alerts does. */
function wantedOf({ entries }: KeptIncident, alerts: ReadonlyMap<string, Wanted>): Wanted {
  return entries.some((entry) => alerts.get(nameOf(entry.alert)) === "firing") ? "firing" : "over";
}

/** Every message is an accepted announcement, and every accepted announcement is a message. */
function faultsOfAccounts({ incidents, notice }: Expectation, messages: readonly ShownMessage[]): readonly string[] {
  const faults: string[] = [];
  const rows = incidents.flatMap((kept) => kept.rows.filter(({ state }) => state === "sent").map(({ id }) => id));
  const sent = new Set(rows);
  const seen = new Set<string>();
  for (const message of messages) {
    const id = findId({ ...message });
    if (id === undefined || seen.has(id)) faults.push(`a message too many: ${firstLine(message)}`);
    else if (!sent.has(id) && notice?.(id)?.state !== "sent") {
      faults.push(`a message nobody accounts for: ${firstLine(message)}`);
    }
    if (id !== undefined) seen.add(id);
  }
  for (const id of sent) if (!seen.has(id)) faults.push(`the accepted announcement ${id} stands nowhere`);
  return faults;
}

/** Each alert has one entry, and can be read in one incident's message: in its text or its attachment. */
async function faultsOfReading(
  discord: Simulator,
  { incidents, alerts }: Expectation,
  messages: readonly ShownMessage[],
): Promise<readonly string[]> {
  const mains = new Set(incidents.map(({ shown }) => shown?.messageId));
  const texts = await Promise.all(messages.filter(({ id }) => mains.has(id)).map((main) => readable(discord, main)));
  const entries = incidents.flatMap((kept) => kept.entries.map((entry) => nameOf(entry.alert)));
  return [...alerts.keys()].flatMap((alert) => {
    const count = entries.filter((name) => name === alert).length;
    const shownIn = texts.filter((text) => text.includes(alert)).length;
    return [
      ...(count === 1 ? [] : [`${alert} has ${count} entries`]),
      ...(shownIn === 1 ? [] : [`${alert} can be read in ${shownIn} messages`]),
    ];
  });
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
