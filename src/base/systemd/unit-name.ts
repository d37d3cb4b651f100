/** The types of unit (systemd.unit(5)). */
const UNIT_TYPES = [
  "service",
  "socket",
  "target",
  "device",
  "mount",
  "automount",
  "swap",
  "timer",
  "path",
  "slice",
  "scope",
] as const;
export type UnitType = (typeof UNIT_TYPES)[number];

/** UNIT_NAME_MAX of systemd, less its terminating NUL. */
const LONGEST_NAME = 255;

export type UnitName = { readonly ok: true; readonly name: string } | { readonly ok: false; readonly message: string };

function typeOf(name: string): UnitType | undefined {
  const dot = name.lastIndexOf(".");
  return dot < 0 ? undefined : UNIT_TYPES.find((type) => type === name.slice(dot + 1));
}

/** The type of a full name as {@link unitName} gives it. */
export function unitType(name: string): UnitType {
  return typeOf(name) ?? "service";
}

/**
 * A unit's full name from what a person wrote: `.service` is added where there is no type, as `systemctl` does. Escapes
 * (`\x2d`) stay as they are. Refused: characters systemd does not allow, and templates without an instance (`worker@.service`),
 * which cannot run.
 */
export function unitName(written: string): UnitName {
  const type = typeOf(written);
  const name = type ? written : `${written}.service`;
  const stem = name.slice(0, name.lastIndexOf("."));
  const shown = JSON.stringify(written);
  if (!/^[A-Za-z0-9:_.\\@-]+$/.test(written)) {
    return { ok: false, message: `${shown} is no name of a unit: expected letters, digits and : - _ . \\ @` };
  }
  if (stem === "" || stem.startsWith("@")) {
    return { ok: false, message: `${shown} is no name of a unit: nothing stands before its type or its @` };
  }
  if (stem.endsWith("@")) {
    return {
      ok: false,
      message: `${shown} is a template, which cannot run: name an instance, as ${stem}one.${type ?? "service"}`,
    };
  }
  if (name.length > LONGEST_NAME) {
    return { ok: false, message: `${shown} is too long: expected at most ${LONGEST_NAME} characters` };
  }
  return { ok: true, name };
}

/** The object path of a unit, with systemd's escaping (sd_bus_path_encode(3)): what is no letter or digit is `_` and two hex digits. */
export function unitPath(name: string): string {
  const label = [...Buffer.from(name, "utf8")]
    .map((byte, index) => {
      const character = String.fromCharCode(byte);
      const kept = index === 0 ? /[A-Za-z]/ : /[A-Za-z0-9]/;
      return kept.test(character) ? character : `_${byte.toString(16).padStart(2, "0")}`;
    })
    .join("");
  return `/org/freedesktop/systemd1/unit/${label}`;
}

/** The D-Bus interface with the properties of one type of unit; none for types that have nothing to measure. */
export function typeInterface(type: UnitType): string | undefined {
  if (type === "target" || type === "device") return undefined;
  return `org.freedesktop.systemd1.${type[0]?.toUpperCase() ?? ""}${type.slice(1)}`;
}
