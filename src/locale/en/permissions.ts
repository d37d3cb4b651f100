import type { Text } from "../../base/text.js";
import { join, text } from "../../base/text.js";
import { act, actOnSome } from "./user-error.js";

const on = (target: string | undefined): Text => (target === undefined ? [] : text` on ${{ code: target }}`);

/** Who may do what, and why. */
export const permissions = {
  title: (name: string, self: boolean, target: string | undefined): Text =>
    self ? text`what you may do${on(target)}` : text`what @${name} may do${on(target)}`,
  /** One verb: the answer in one line. */
  answer: (name: string, self: boolean, may: "yes" | "some" | "no", verb: string, target: string | undefined): Text => {
    const who = self ? "you" : `@${name}`;
    const what = may === "some" ? actOnSome(verb) : act({ verb, ...(target === undefined ? {} : { target }) });
    return text`${who} may${may === "no" ? " not" : ""} ${what} (${{ strong: verb }})`;
  },
  outside: (name: string): Text => text`@${name} is not in the server that this bot serves, and may nothing`,
  verb: (verb: string): Text => text`${{ strong: verb }}`,
  by: {
    everybody: text`everybody may`,
    manage_server: text`by the permission ${{ quote: "Manage Server" }}: the configuration has no ${{ code: "permissions" }}`,
    role: (name: string): Text => text`by the role ${{ quote: name }}`,
    person: text`named in the configuration`,
    local: text`works on the machine itself`,
  },
  only: (patterns: readonly string[]): Text =>
    text` on ${join(
      patterns.map((pattern): Text => text`${{ code: pattern }}`),
      ", ",
    )}`,
  no: text`no`,
  needs: {
    nothing: text`no entry under ${{ code: "permissions" }} in the configuration gives it to anybody`,
    manage_server: text`needs the permission ${{ quote: "Manage Server" }}`,
    roles: (names: readonly string[], people: boolean): Text => {
      const roles = join(
        names.map((name): Text => text`${{ quote: name }}`),
        ", ",
      );
      if (names.length === 0) return text`only people named in the configuration`;
      return text`needs ${names.length === 1 ? "the role" : "one of the roles"} ${roles}${people ? ", or to be named in the configuration" : ""}`;
    },
  },
} as const;
