import type { Socket } from "node:net";

/** Longest line of the login that is taken; a bus sends some 40 bytes. */
const MAX_LINE_BYTES = 16 * 1024;

export type Authenticated =
  /** `rest`: bytes that came after the last line of the login. */
  | { readonly ok: true; readonly rest: Buffer }
  | { readonly ok: false; readonly kind: "not_permitted" | "unreachable"; readonly message: string };

/** Reads up to the first line end; the bytes behind it are given back. Rejects on abort, error, end and an endless line. */
function readLine(socket: Socket, signal: AbortSignal): Promise<{ line: string; rest: Buffer }> {
  return new Promise((resolve, reject) => {
    let seen = Buffer.alloc(0);
    const done = (settle: () => void): void => {
      socket.off("data", onData);
      socket.off("error", onError);
      socket.off("close", onClose);
      signal.removeEventListener("abort", onAbort);
      settle();
    };
    const onData = (chunk: Buffer): void => {
      seen = Buffer.concat([seen, chunk]);
      const end = seen.indexOf("\n");
      if (end >= 0) {
        socket.pause();
        const line = seen.subarray(0, end).toString("latin1").trimEnd();
        done(() => resolve({ line, rest: seen.subarray(end + 1) }));
      } else if (seen.length > MAX_LINE_BYTES) done(() => reject(new Error("an endless line instead of a login")));
    };
    const onError = (error: Error): void => done(() => reject(error));
    const onClose = (): void => done(() => reject(new Error("the connection ended during the login")));
    const onAbort = (): void => done(() => reject(signal.reason as Error));
    if (signal.aborted) return onAbort();
    socket.on("data", onData);
    socket.on("error", onError);
    socket.on("close", onClose);
    signal.addEventListener("abort", onAbort, { once: true });
  });
}

/**
 * Logs in by the mechanism EXTERNAL: the kernel tells the bus who we are (D-Bus Specification, "Authentication Protocol"). No other
 * is tried: the system bus takes no other. Rejects on abort and on errors of the socket.
 */
export async function authenticate(socket: Socket, uid: number, signal: AbortSignal): Promise<Authenticated> {
  socket.write(`\0AUTH EXTERNAL ${Buffer.from(String(uid)).toString("hex")}\r\n`);
  const { line, rest } = await readLine(socket, signal);
  if (line.startsWith("OK ")) {
    socket.write("BEGIN\r\n");
    return { ok: true, rest };
  }
  if (line.startsWith("REJECTED")) {
    return { ok: false, kind: "not_permitted", message: `the bus does not let user ${uid} in` };
  }
  return { ok: false, kind: "unreachable", message: "what answers there is no D-Bus message bus" };
}
