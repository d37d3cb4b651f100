/** Where the system bus listens unless DBUS_SYSTEM_BUS_ADDRESS says otherwise (D-Bus Specification, "Well-known Message Bus Instances"). */
export const DEFAULT_SYSTEM_BUS_ADDRESS = "unix:path=/var/run/dbus/system_bus_socket";

/** Undoes the `%xx` escapes of an address value; `undefined` for a malformed one. */
function unescape(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}

/**
 * The sockets a bus address names, in the order to try them (`unix:path=/a;unix:abstract=b`). Only unix sockets are taken:
 * the system bus has no other, and the EXTERNAL login works on no other. An entry that is not understood is left out.
 *
 * @returns paths as `net.connect` takes them; an abstract name begins with a NUL.
 */
export function socketsOf(address: string): readonly string[] {
  return address.split(";").flatMap((entry) => {
    const match = /^unix:(.+)$/.exec(entry.trim());
    for (const pair of (match?.[1] ?? "").split(",")) {
      const [key = "", value = ""] = pair.split("=", 2);
      const path = unescape(value);
      if (!path) continue;
      if (key === "path") return [path];
      if (key === "abstract") return [`\0${path}`];
    }
    return [];
  });
}
