import { describe, expect, it } from "vitest";

import { USER_ERROR_CODES } from "../../../src/base/errors.js";
import { plain } from "../../../src/base/text.js";
import { userError } from "../../../src/locale/en/user-error.js";
import { VERBS } from "../../../src/model/principal.js";
import { STORE_TROUBLES } from "../../../src/store/contract.js";

function said(code: (typeof USER_ERROR_CODES)[number], details: Readonly<Record<string, string>> = {}): string {
  return plain(userError.sentences[code](details));
}

describe("what people are told", () => {
  it.each(USER_ERROR_CODES)("%s is whole sentences even without any detail", (code) => {
    expect(said(code)).toMatch(/^[A-Z].*\.$/s);
    expect(said(code)).not.toMatch(/undefined|null|\s{2}| \.|_/);
  });

  it.each(VERBS)("a refusal of %s reads as English, with a target and without", (verb) => {
    for (const details of [{ verb }, { verb, target: "web" }]) {
      expect(said("not_permitted", { ...details, needs: "manage_server" })).toMatch(
        /^You may not [A-Za-z ]+( web)?\. That needs the permission “Manage Server”\.$/,
      );
    }
  });

  it.each([
    [{ roles: "operator" }, "You may not restart shop-bot. That needs the role “operator”."],
    [{ roles: "operator\nadmin" }, "You may not restart shop-bot. That needs one of the roles “operator”, “admin”."],
    [{ roles: "", users: "1" }, "You may not restart shop-bot. Only people named in the configuration may."],
    [
      { roles: "operator", users: "1" },
      "You may not restart shop-bot. That needs the role “operator”, or to be named in the configuration.",
    ],
  ])("what would be needed: %j", (details, sentence) => {
    expect(said("not_permitted", { verb: "restart", target: "shop-bot", needs: "grant", ...details })).toBe(sentence);
  });

  it("says where to grant what nobody has", () => {
    expect(said("not_permitted", { verb: "deploy", needs: "nothing_helps" })).toBe(
      "You may not deploy anything here. Nobody may: no entry under permissions in the configuration allows it.",
    );
  });

  it.each(STORE_TROUBLES)("the store's trouble %s has words", (trouble) => {
    expect(said("store_unavailable", { trouble })).toMatch(
      /^Toban cannot write its database: [^.]+\. So nothing was done/,
    );
    expect(said("store_unavailable", { trouble })).not.toContain(trouble.includes("_") ? trouble : "\u0000");
  });

  it("a value that does not fit is shown with what was expected", () => {
    expect(said("invalid_option", { option: "lines", found: "0", expected: "at least 1" })).toBe(
      "lines was 0, which does not fit. Expected: at least 1.",
    );
    expect(said("invalid_option", { option: "target", expected: "something (it is required)" })).toBe(
      "target does not fit. Expected: something (it is required).",
    );
  });
});
