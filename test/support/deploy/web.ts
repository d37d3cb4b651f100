import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A healthy web service on loopback. */
export async function startWeb(): Promise<{ readonly url: string } & AsyncDisposable> {
  const server = createServer((_, response) => response.end('{"status":"healthy"}'));
  await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    [Symbol.asyncDispose]: () => new Promise((settle) => server.close(() => settle())),
  };
}
