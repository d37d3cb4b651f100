/** systemd's one action for starting, stopping, restarting and signalling units; unit and verb are its details (from systemd 226 on). */
const MANAGE_UNITS = "org.freedesktop.systemd1.manage-units";

/** Unit → the verbs of systemd's manager that are allowed for it: `start`, `stop`, `restart`, `kill`. */
export type Grants = Readonly<Record<string, readonly string[]>>;

/**
 * The polkit rule (polkit(8), from version 0.106 on) that lets one user do exactly these verbs to exactly these units. Everything
 * else about units is refused for that user here already, so that no later rule can grant it by being generous.
 */
export function polkitRule(user: string, grants: Grants): string {
  return `// Written by Toban's installer from toban.yaml; "install.sh --refresh" writes it anew, and changes made here are lost.
// It lets the user "${user}" do exactly what is listed under "actions" there.
polkit.addRule(function (action, subject) {
  if (action.id !== "${MANAGE_UNITS}" || subject.user !== ${literal(user)}) {
    return polkit.Result.NOT_HANDLED;
  }
  var granted = ${literal(grants, 2)};
  var unit = action.lookup("unit");
  var verbs = Object.prototype.hasOwnProperty.call(granted, unit) ? granted[unit] : [];
  return verbs.indexOf(action.lookup("verb")) >= 0 ? polkit.Result.YES : polkit.Result.NO;
});
`;
}

/** JSON is JavaScript but for two line separators, and polkit's interpreter is told no encoding: ASCII alone says the same to all. */
function literal(value: unknown, indent?: number): string {
  const json = JSON.stringify(value, undefined, indent).replaceAll("\n", "\n  ");
  return json.replaceAll(/[^\n -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
