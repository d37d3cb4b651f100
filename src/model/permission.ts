import type { Verb } from "./principal.js";

/** Whose right it is by. */
export type GrantedBy =
  /** The summary, where no grant takes it away. */
  | { readonly kind: "everybody" }
  | { readonly kind: "manage_server" }
  /** Discord's ids; the role whose id is the server's is everybody's. */
  | { readonly kind: "role"; readonly role: string }
  /** Named in person. */
  | { readonly kind: "person" }
  /** Whoever runs the program on the machine itself. */
  | { readonly kind: "local" };

/** What would help: nothing, Manage Server, or one of these roles; `people`: others are named in person. */
export type Needed =
  | { readonly kind: "nothing" }
  | { readonly kind: "manage_server" }
  | { readonly kind: "grant"; readonly roles: readonly string[]; readonly people: boolean };

/** Why somebody may or may not do something. */
export type Explanation =
  | { readonly may: "yes"; readonly by: GrantedBy }
  /** On targets whose names fit, when none was asked about. */
  | { readonly may: "some"; readonly by: GrantedBy; readonly on: readonly string[] }
  | { readonly may: "no"; readonly needs: Needed };

/** What `/permissions check` tells. */
export interface PermissionView {
  /** The name of whom it is about. */
  readonly name: string;
  readonly self: boolean;
  /** Not of the server that is served: may nothing at all. */
  readonly outside: boolean;
  readonly target?: string;
  readonly lines: readonly { readonly verb: Verb; readonly explanation: Explanation }[];
  /** Names of roles as far as they are known; else ids. */
  readonly roleNames: Readonly<Record<string, string>>;
}
