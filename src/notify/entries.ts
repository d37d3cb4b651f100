import type { Clock } from "../base/clock.js";
import type { FiledEntry } from "../message/storm.js";
import type { IncidentAlert } from "../model/incident.js";
import type { EntryPlace, Store, Tables } from "../store/contract.js";

/** An incident with more entries is kept in memory between its edits: reading a storm anew takes longer than anything else may. */
const KEPT_FROM = 64;
/** Entries read and put into words in one turn of the event loop. */
const PAGE = 100;
const BEGINNING: EntryPlace = { revision: -1, episode: "" };

interface Kept {
  readonly entries: FiledEntry[];
  /** Where in `entries`, by episode. */
  readonly at: Map<string, number>;
  /** What stands before it has been read, and will not be put again without coming behind it. */
  read: EntryPlace;
}

export interface EntriesOptions {
  readonly store: Pick<Store, "read">;
  readonly clock: Clock;
  /** An entry's line in its incident's file. */
  readonly fileLine: (entry: IncidentAlert) => string;
}

/** The entries of incidents as messages are made of them. Of large incidents only what has changed is read again. */
export class Entries {
  readonly #options: EntriesOptions;
  readonly #kept = new Map<string, Kept>();
  /** Long strings that all entries share. */
  readonly #shared = new Map<string, string>();

  constructor(options: EntriesOptions) {
    this.#options = options;
  }

  /** Reads what is new of a large incident, a page in each turn of the event loop, so that {@link of} has little left to read. */
  async prepare(incident: string): Promise<void> {
    const { store, clock } = this.#options;
    const [isLarge, revision] = store.read(({ incidents }) => [
      incidents.holdsMore(incident, KEPT_FROM),
      incidents.get(incident)?.revision ?? 0,
    ]);
    if (!isLarge) return;
    const kept = this.#kept.get(incident) ?? { entries: [], at: new Map<string, number>(), read: BEGINNING };
    this.#kept.set(incident, kept);
    for (let more: EntryPlace | undefined = kept.read; more !== undefined;) {
      more = store.read((tables) => this.#readPage(kept, incident, tables, more));
      if (more !== undefined) await clock.nextTurn();
    }
    kept.read = { revision, episode: "" };
  }

  /** Every entry, in any order, in the same snapshot as whatever else is read of `tables`. To be used before the next turn. */
  of(tables: Tables, incident: string): readonly FiledEntry[] {
    const kept = this.#kept.get(incident);
    if (!kept) return tables.incidents.entries(incident);
    for (let more: EntryPlace | undefined = kept.read; more !== undefined;) {
      more = this.#readPage(kept, incident, tables, more);
    }
    return kept.entries;
  }

  forget(incident: string): void {
    this.#kept.delete(incident);
    if (this.#kept.size === 0) this.#shared.clear();
  }

  /** The store has changed between file and memory. */
  clear(): void {
    this.#kept.clear();
    this.#shared.clear();
  }

  #readPage(kept: Kept, incident: string, tables: Tables, from: EntryPlace | undefined): EntryPlace | undefined {
    const { entries, next } = tables.incidents.entriesSince(incident, from ?? kept.read, PAGE);
    for (const entry of entries) {
      const known = kept.at.get(entry.episode);
      const at = known ?? kept.entries.length;
      kept.entries[at] = this.#compact(entry);
      if (known === undefined) kept.at.set(entry.episode, at);
    }
    return next;
  }

  /**
   * What all entries of a storm say alike is kept once. The entry is fresh from the store, so it is changed in place: thousands of copies with a
   * property more would each get a hidden class of their own, which is larger than they are.
   */
  #compact(entry: IncidentAlert): FiledEntry {
    const { alert, episode } = entry;
    const fileLine = this.#options.fileLine(entry);
    Object.assign(alert, {
      // Begins every episode, so that the text of one serves for both.
      fingerprint: episode.startsWith(alert.fingerprint)
        ? episode.slice(0, alert.fingerprint.length)
        : alert.fingerprint,
      episode,
      rule: this.#share(alert.rule),
      ruleChecksum: this.#share(alert.ruleChecksum),
      host: this.#share(alert.host),
    });
    return Object.assign(entry, { incident: this.#share(entry.incident), fileLine });
  }

  #share(value: string): string {
    const known = this.#shared.get(value);
    if (known !== undefined) return known;
    this.#shared.set(value, value);
    return value;
  }
}
