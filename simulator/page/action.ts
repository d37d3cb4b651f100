/** Something that can be made to happen beside the page: a service that ends, a core that burns, Discord that is away. */
export interface PageAction {
  /** Short and stable; the page sends it back. */
  readonly id: string;
  readonly group: string;
  readonly label: string;
  /** What a person should expect to see, in one sentence. */
  readonly hint: string;
  /** `real`: it happens to this machine or its processes; `simulated`: only the local Discord pretends. */
  readonly nature: "real" | "simulated";
  /** Why it cannot be done here; the button is then shown, with the reason, and does nothing. */
  readonly unavailable?: string;
  /** Does it; resolves with what came of it, in words. */
  run(): Promise<string>;
}
