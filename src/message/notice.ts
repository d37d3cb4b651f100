import type { Text } from "../base/text.js";
import { text } from "../base/text.js";
import type { Catalogue } from "../locale/index.js";
import type { OutboxRow } from "../model/incident.js";
import type { Labels } from "../model/labels.js";
import type { Message } from "../model/message.js";
import { fitted, shortName } from "./alert-words.js";
import { toneOfSeverity } from "./tone.js";

export interface NoticeView {
  readonly announcement: Pick<OutboxRow, "notice" | "severity">;
  readonly host: string;
  readonly globalLabels: Labels;
  readonly lateMs?: number;
}

/** A notice of Toban's own, in the catalogue's words. A key that this version does not know is shown as it stands. */
export function renderNotice(view: NoticeView, catalogue: Catalogue): Message {
  const { notice, severity } = view.announcement;
  const key = notice?.key ?? "";
  const known = Object.hasOwn(catalogue.notice, key);
  const said = known ? catalogue.notice[key as keyof Catalogue["notice"]](notice?.values ?? {}) : undefined;
  const late = view.lateMs === undefined || view.lateMs <= 0 ? [] : catalogue.alert.late(view.lateMs / 1_000);
  const summary: Text = said?.summary ?? text`${{ code: key === "" ? "?" : key }}`;
  return {
    locale: catalogue.locale,
    tone: said?.tone ?? toneOfSeverity(severity),
    summary: text`${fitted((length) => text`${shortName(view.host, length)}: ${summary}`)}${late}`,
    mentions: [],
    lines:
      said?.lines ??
      Object.entries(notice?.values ?? {}).map(([name, value]): Text => text`${name}: ${{ code: String(value) }}`),
    footer: Object.values(view.globalLabels).join(" · ") === "" ? [] : [Object.values(view.globalLabels).join(" · ")],
    actions: [],
    files: [],
  };
}
