/** What the list shows: one entry with a stable key; `version` tells whether its element has to be made anew. */
export interface Entry {
  readonly key: string;
  readonly version: string;
  readonly make: () => HTMLElement;
}

/** Entries beyond the visible ones that stand ready on either side. */
const MARGIN = 8;
/** Never more elements than this, however small they are. */
const MOST_ELEMENTS = 150;
/** Before an entry was seen its height is guessed, pixels. */
const GUESSED_HEIGHT = 88;
/** Within this many pixels of the end the reader follows what is new. */
const NEAR_END = 60;

/**
 * A long list of which only the part around the visible one stands in the document. Heights are remembered once an entry was shown; what
 * the reader looks at stays where it is when something above it changes; a reader at the end stays at the end.
 */
export class VirtualList {
  readonly #box: HTMLElement;
  readonly #above: HTMLElement;
  readonly #below: HTMLElement;
  readonly #standing = new Map<string, { readonly version: string; readonly element: HTMLElement }>();
  readonly #heights = new Map<string, number>();
  #entries: readonly Entry[] = [];
  #atEnd = true;
  #frame = 0;
  #lastKey: string | undefined;

  constructor(box: HTMLElement) {
    this.#box = box;
    this.#above = document.createElement("div");
    this.#below = document.createElement("div");
    box.append(this.#above, this.#below);
    box.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    // Pictures that load and windows that turn change heights without anybody having scrolled.
    const observer = new ResizeObserver(() => {
      if (this.#atEnd) this.#toEnd();
    });
    observer.observe(box);
    box.addEventListener("load", () => this.#atEnd && this.#toEnd(), true);
  }

  show(entries: readonly Entry[]): void {
    const grown = entries.at(-1)?.key !== this.#lastKey;
    this.#lastKey = entries.at(-1)?.key;
    this.#entries = entries;
    this.#render();
    if (this.#atEnd) this.#toEnd();
    this.#box.classList.toggle("more-below", !this.#atEnd && (grown || this.#box.classList.contains("more-below")));
  }

  /** Forgets where the reader was: another channel begins at its end. */
  reset(): void {
    this.#atEnd = true;
    this.#heights.clear();
  }

  end(): void {
    this.#atEnd = true;
    this.#toEnd();
  }

  /** Brings an entry into view; false when there is none of that key. */
  reveal(key: string): boolean {
    const index = this.#entries.findIndex((entry) => entry.key === key);
    if (index < 0) return false;
    this.#atEnd = false;
    this.#box.scrollTop = this.#offset(index) - this.#box.clientHeight / 3;
    this.#render();
    const element = this.#standing.get(key)?.element;
    element?.scrollIntoView({ block: "center" });
    element?.classList.add("revealed");
    element?.addEventListener("animationend", () => element.classList.remove("revealed"), { once: true });
    return true;
  }

  #height(entry: Entry | undefined): number {
    return entry === undefined ? 0 : (this.#heights.get(entry.key) ?? GUESSED_HEIGHT);
  }

  #offset(index: number): number {
    let sum = 0;
    for (let at = 0; at < index; at += 1) sum += this.#height(this.#entries[at]);
    return sum;
  }

  #scrolled(): void {
    const { scrollTop, clientHeight, scrollHeight } = this.#box;
    this.#atEnd = scrollHeight - scrollTop - clientHeight < NEAR_END;
    if (this.#atEnd) this.#box.classList.remove("more-below");
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#render();
    });
  }

  #toEnd(): void {
    this.#box.scrollTop = this.#box.scrollHeight;
    this.#render();
    this.#box.scrollTop = this.#box.scrollHeight;
  }

  /** First and last index that should stand, by the present place of the reader. */
  #window(): { readonly first: number; readonly last: number } {
    const top = this.#atEnd ? Number.POSITIVE_INFINITY : this.#box.scrollTop;
    const wanted = Math.min(top, Math.max(0, this.#offset(this.#entries.length) - this.#box.clientHeight));
    let first = 0;
    let sum = 0;
    while (first < this.#entries.length - 1 && sum + this.#height(this.#entries[first]) <= wanted) {
      sum += this.#height(this.#entries[first]);
      first += 1;
    }
    let last = first;
    while (last < this.#entries.length - 1 && sum < wanted + this.#box.clientHeight) {
      sum += this.#height(this.#entries[last]);
      last += 1;
    }
    const from = Math.max(0, first - MARGIN);
    return { first: from, last: Math.min(this.#entries.length - 1, last + MARGIN, from + MOST_ELEMENTS - 1) };
  }

  /** The first visible element and where it stands, so that it can be put back there. */
  #anchor(): { readonly element: HTMLElement; readonly top: number; readonly key: string } | undefined {
    const edge = this.#box.getBoundingClientRect().top;
    for (const [key, { element }] of this.#standing) {
      const { top, bottom } = element.getBoundingClientRect();
      if (bottom > edge) return { element, top, key };
    }
    return undefined;
  }

  #render(): void {
    const anchor = this.#atEnd ? undefined : this.#anchor();
    const { first, last } = this.#window();
    const wanted = this.#entries.slice(first, last + 1);
    const keys = new Set(wanted.map((entry) => entry.key));
    for (const [key, { element }] of this.#standing) {
      if (keys.has(key)) continue;
      element.remove();
      this.#standing.delete(key);
    }
    this.#place(wanted);
    for (const { key } of wanted) {
      const height = this.#standing.get(key)?.element.offsetHeight;
      if (height !== undefined && height > 0) this.#heights.set(key, height);
    }
    this.#above.style.height = `${this.#offset(first)}px`;
    this.#below.style.height = `${this.#offset(this.#entries.length) - this.#offset(last + 1)}px`;
    const held = anchor === undefined ? undefined : this.#standing.get(anchor.key)?.element;
    if (anchor !== undefined && held !== undefined) {
      const moved = held.getBoundingClientRect().top - anchor.top;
      if (Math.abs(moved) >= 1) this.#box.scrollTop += moved;
    }
  }

  /** Puts the wanted entries into the document in their order; elements whose version is the same are kept. */
  #place(wanted: readonly Entry[]): void {
    let before: Element = this.#above;
    const order = new Map<string, { readonly version: string; readonly element: HTMLElement }>();
    for (const entry of wanted) {
      const standing = this.#standing.get(entry.key);
      const element = standing?.version === entry.version ? standing.element : entry.make();
      if (standing !== undefined && standing.element !== element) standing.element.replaceWith(element);
      if (before.nextElementSibling !== element) before.after(element);
      order.set(entry.key, { version: entry.version, element });
      before = element;
    }
    this.#standing.clear();
    for (const [key, value] of order) this.#standing.set(key, value);
  }
}
