import type { BusCall } from "../bus/connection.js";

/** systemd on the bus (org.freedesktop.systemd1(5)). */
export const SYSTEMD = "org.freedesktop.systemd1";
export const MANAGER_PATH = "/org/freedesktop/systemd1";
export const MANAGER_INTERFACE = "org.freedesktop.systemd1.Manager";
export const UNIT_INTERFACE = "org.freedesktop.systemd1.Unit";
export const PROPERTIES_INTERFACE = "org.freedesktop.DBus.Properties";

/** Asks for all properties of one interface of an object of systemd's. */
export function getAll(path: string, ofInterface: string): BusCall {
  return {
    destination: SYSTEMD,
    path,
    interface: PROPERTIES_INTERFACE,
    member: "GetAll",
    signature: "s",
    body: [ofInterface],
  };
}

/** Calls a method of systemd's manager. */
export function managerCall(member: string, signature: string = "", body: readonly unknown[] = []): BusCall {
  const call = { destination: SYSTEMD, path: MANAGER_PATH, interface: MANAGER_INTERFACE, member };
  return signature === "" ? call : { ...call, signature, body };
}
