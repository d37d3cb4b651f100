/**
 * A map seen through changes that are not yet certain. Reads see the changes, the map beneath does not, until `commit`. That is
 * how memory follows the store and never runs ahead of it.
 */
export class Overlay<K, V> {
  readonly #base: Map<K, V>;
  readonly #changes = new Map<K, V | undefined>();

  constructor(base: Map<K, V>) {
    this.#base = base;
  }

  get(key: K): V | undefined {
    return this.#changes.has(key) ? this.#changes.get(key) : this.#base.get(key);
  }

  set(key: K, value: V): void {
    this.#changes.set(key, value);
  }

  delete(key: K): void {
    this.#changes.set(key, undefined);
  }

  /** Keys that were set or deleted, with what they hold now. */
  changes(): IterableIterator<[K, V | undefined]> {
    return this.#changes.entries();
  }

  commit(): void {
    for (const [key, value] of this.#changes) {
      if (value === undefined) this.#base.delete(key);
      else this.#base.set(key, value);
    }
    this.#changes.clear();
  }
}
