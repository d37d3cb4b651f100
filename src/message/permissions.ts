import type { Text } from "../base/text.js";
import { text } from "../base/text.js";
import type { Catalogue } from "../locale/index.js";
import type { Message, Tone } from "../model/message.js";
import type { Explanation, GrantedBy, PermissionView } from "../model/permission.js";
import { clip } from "./clip.js";
import { TONE_LOOKS } from "./tone.js";

const NAME_LENGTH = 32;
const TARGET_LENGTH = 64;

const TONES: Readonly<Record<Explanation["may"], Tone>> = { yes: "well", some: "info", no: "unknown" };

/** `/permissions check`: one verb as a sentence with its reason below, all as a list. */
export function renderPermissions(view: PermissionView, catalogue: Catalogue): Message {
  const words = catalogue.permissions;
  const name = clip(view.name, NAME_LENGTH);
  const target = view.target === undefined ? undefined : clip(view.target, TARGET_LENGTH);
  const common = { locale: catalogue.locale, mentions: [], actions: [], files: [] };
  if (view.outside) return { ...common, tone: "unknown", summary: words.outside(name), lines: [] };
  const because = (explanation: Explanation): Text => reason(explanation, view, catalogue);
  const [only, ...others] = view.lines;
  if (only && others.length === 0) {
    const { verb, explanation } = only;
    const summary = words.answer(name, view.self, explanation.may, verb, target);
    return { ...common, tone: TONES[explanation.may], summary, lines: [because(explanation)] };
  }
  return {
    ...common,
    tone: "info",
    summary: words.title(name, view.self, target),
    lines: view.lines.map(
      ({ verb, explanation }) =>
        text`${TONE_LOOKS[TONES[explanation.may]].icon} ${words.verb(verb)} · ${explanation.may === "no" ? text`${words.no}: ` : []}${because(explanation)}`,
    ),
  };
}

function reason(explanation: Explanation, view: PermissionView, catalogue: Catalogue): Text {
  const words = catalogue.permissions;
  switch (explanation.may) {
    case "yes":
      return grantWords(explanation.by, view, catalogue);
    case "some":
      return text`${grantWords(explanation.by, view, catalogue)}${words.only(explanation.on)}`;
    case "no": {
      const { needs } = explanation;
      if (needs.kind !== "grant") return words.needs[needs.kind];
      return words.needs.roles(
        needs.roles.map((role) => view.roleNames[role] ?? role),
        needs.people,
      );
    }
    default:
      return explanation satisfies never;
  }
}

function grantWords(by: GrantedBy, view: PermissionView, catalogue: Catalogue): Text {
  const words = catalogue.permissions.by;
  return by.kind === "role" ? words.role(view.roleNames[by.role] ?? by.role) : words[by.kind];
}
