import type { Clock } from "../../../src/base/clock.js";
import { newId } from "../../../src/base/id.js";
import { silentLogs } from "../../../src/base/log.js";
import { en } from "../../../src/locale/en/index.js";
import type { Alert } from "../../../src/model/alert.js";
import type {
  AnnouncementKind,
  Incident,
  IncidentAlert,
  IncidentTurn,
  OutboxRow,
} from "../../../src/model/incident.js";
import type { Severity } from "../../../src/model/rule.js";
import { createRenderer } from "../../../src/notify/render.js";
import type { Renderer } from "../../../src/notify/render.js";
import { createSender } from "../../../src/notify/sender.js";
import type { Sender, SenderOptions } from "../../../src/notify/sender.js";
import { openStore } from "../../../src/store/open.js";
import type { Store } from "../../../src/store/contract.js";
import { FakeClock } from "../fake-clock.js";
import { createDirectBudget } from "./direct-budget.js";
import { FakeDiscord } from "./fake-discord.js";
import type { FakeDiscordOptions } from "./fake-discord.js";

export const CHANNEL = "700000000000000001";
export const OTHER_CHANNEL = "700000000000000002";

export const testRenderer: Renderer = createRenderer({ host: "web-1", globalLabels: {}, catalogue: en });

export function alertOf(name: string, severity: Severity, at: number, change: Partial<Alert> = {}): Alert {
  return {
    fingerprint: name,
    episode: `${name}:${at}`,
    rule: "HostDisk",
    ruleChecksum: "1",
    host: "web-1",
    target: name,
    labels: { mount: "/" },
    state: "firing",
    severity,
    limit: { op: ">", value: 0.9 },
    value: 0.93,
    worst: 0.95,
    badSince: { [severity]: at },
    goodRuns: 0,
    missingRuns: 0,
    untrustedRounds: 0,
    untrusted: false,
    firingSince: at,
    lastSampleAt: at,
    ...change,
  };
}

export function entryOf(incident: string, alert: Alert, at: number): IncidentAlert {
  return { incident, episode: alert.episode ?? "", joinedAt: at, alert };
}

export interface Opened {
  readonly incident: Incident;
  readonly row: OutboxRow;
}

/** What the evaluator would write: incidents, entries and announcements. */
export class Newsroom {
  readonly store: Store;
  readonly clock: Clock;

  constructor(store: Store, clock: Clock) {
    this.store = store;
    this.clock = clock;
  }

  async open(name: string, severity: Severity = "warning", channel: string = CHANNEL): Promise<Opened> {
    const now = this.clock.now();
    const incident: Incident = {
      id: newId(this.clock),
      number: this.store.read((tables) => tables.incidents.nextNumber()),
      channel,
      group: name,
      kind: "group",
      revision: 1,
      openedAt: now,
      announcedSeverity: severity,
      announcedAt: now,
      joining: [],
      mentions: [],
    };
    const row = this.row("opened", severity, incident);
    await this.store.write("test.open", (tables) => {
      tables.incidents.put(incident);
      tables.incidents.putEntry(entryOf(incident.id, alertOf(name, severity, now), now));
      tables.outbox.add(row);
    });
    return { incident, row };
  }

  row(kind: AnnouncementKind, severity: Severity, incident: Incident): OutboxRow {
    const now = this.clock.now();
    return {
      id: newId(this.clock),
      channel: incident.channel,
      kind,
      severity,
      incident: incident.id,
      episodes: [],
      createdAt: now,
      state: "pending",
      attempts: 0,
      dueAt: now,
      reduced: 0,
    };
  }

  async announce(kind: AnnouncementKind, severity: Severity, id: string): Promise<OutboxRow> {
    const incident = this.incident(id);
    const row = this.row(kind, severity, incident);
    await this.store.write("test.announce", (tables) => {
      tables.incidents.put({ ...incident, revision: incident.revision + 1, announcedSeverity: severity });
      tables.outbox.add(row);
    });
    return row;
  }

  /** The value moves: nothing but the number is new. */
  async move(id: string, value: number): Promise<void> {
    await this.store.write("test.move", (tables) => {
      const incident = this.incident(id);
      for (const entry of tables.incidents.entries(id)) {
        tables.incidents.putEntry({ ...entry, alert: { ...entry.alert, value } });
      }
      tables.incidents.put({ ...incident, revision: incident.revision + 1 });
    });
  }

  async join(id: string, name: string, severity: Severity): Promise<void> {
    const now = this.clock.now();
    await this.store.write("test.join", (tables) => {
      const incident = this.incident(id);
      tables.incidents.putEntry(entryOf(id, alertOf(name, severity, now), now));
      tables.incidents.put({ ...incident, revision: incident.revision + 1 });
    });
  }

  async end(id: string): Promise<void> {
    const now = this.clock.now();
    await this.store.write("test.end", (tables) => {
      for (const entry of tables.incidents.entries(id)) {
        const alert: Alert = { ...entry.alert, state: "resolved", endedAt: now };
        tables.incidents.putEntry({ ...entry, endedAt: now, alert });
      }
      const incident = this.incident(id);
      tables.incidents.put({ ...incident, revision: incident.revision + 1, endedAt: now, outcome: "recovered" });
    });
  }

  /** The incident ends and begins again so often that a line in its thread tells of the last `count` turns. */
  async turn(id: string, count: number): Promise<OutboxRow> {
    const at = this.clock.now();
    const turns = Array.from({ length: count }, (_, index): IncidentTurn => ({
      at: at + index,
      to: index % 2 === 0 ? "reopened" : "ended",
      severity: "warning",
    }));
    const row: OutboxRow = { ...this.row("thread", "info", this.incident(id)), turns };
    await this.store.write("test.turn", (tables) => tables.outbox.add(row));
    return row;
  }

  incident(id: string): Incident {
    const incident = this.store.read((tables) => tables.incidents.get(id));
    if (!incident) throw new Error(`no incident ${id}`);
    return incident;
  }

  outbox(id: string): OutboxRow {
    const row = this.store.read((tables) => tables.outbox.get(id));
    if (!row) throw new Error(`no row ${id}`);
    return row;
  }
}

export interface Stage {
  readonly clock: FakeClock;
  readonly store: Store;
  readonly discord: FakeDiscord;
  readonly news: Newsroom;
  /** The sender of the present life of the process. */
  sender: Sender;
  /** A new life after a crash: everything but the store and Discord is forgotten. */
  restart(options?: Partial<SenderOptions>): void;
  /** Passes and advances until `ms` are over; a pass every `stepMs`. */
  run(ms: number, stepMs?: number): Promise<void>;
}

export async function createStage(
  options: Partial<SenderOptions> & { readonly discordOptions?: Partial<FakeDiscordOptions> } = {},
): Promise<Stage> {
  // The real monotonic clock tells fractions of a millisecond, which moments that are kept must not have.
  const clock = new FakeClock(undefined, 0.3);
  const store = await openStore({ dataDir: undefined, clock, log: silentLogs.for("store") });
  const discord = new FakeDiscord({ clock, ...options.discordOptions });
  const create = (more: Partial<SenderOptions>): Sender =>
    createSender({
      store,
      clock,
      log: silentLogs.for("sender"),
      receiver: discord,
      render: testRenderer,
      budget: createDirectBudget(),
      random: () => 0.5,
      ...options,
      ...more,
    });
  const stage: Stage = {
    clock,
    store,
    discord,
    news: new Newsroom(store, clock),
    sender: create({}),
    restart(more = {}) {
      stage.sender = create(more);
    },
    async run(ms, stepMs = 1_000) {
      for (let passed = 0; passed < ms; passed += stepMs) {
        await stage.sender.runOnce();
        await clock.advance(stepMs);
      }
      await stage.sender.runOnce();
    },
  };
  return stage;
}
