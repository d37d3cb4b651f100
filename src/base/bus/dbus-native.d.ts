/** The two modules of the library's codec that `codec.ts` uses; the package types only its connection. */
declare module "@homebridge/dbus-native/lib/message.js" {
  export function marshall(message: Readonly<Record<string, unknown>>): Buffer;
}

declare module "@homebridge/dbus-native/lib/dbus-buffer.js" {
  class DBusBuffer {
    constructor(
      buffer: Buffer,
      startPos: number | undefined,
      options: { readonly ayBuffer: boolean; readonly ReturnLongjs: boolean; readonly littleEndian: boolean },
    );
    align(power: number): void;
    /** One value per complete type of the signature; a variant is `[tree, [value]]`, a dictionary a list of pairs. */
    read(signature: string): unknown[];
  }
  export = DBusBuffer;
}
