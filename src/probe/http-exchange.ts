import type { LookupAddress } from "node:dns";
import { request as httpRequest } from "node:http";
import type { IncomingMessage } from "node:http";
import { connect as connectTcp, isIP } from "node:net";
import type { Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { TLSSocket } from "node:tls";

import { DeadlineError } from "../base/clock.js";
import type { Clock } from "../base/clock.js";
import { messageOf } from "../base/errors.js";
import { verdictOf } from "./http-reason.js";
import type { HttpPhase, Verdict } from "./http-reason.js";
import type { Resolver } from "./http-resolve.js";

/** How long one of several addresses may take to connect before the next is tried. */
const ADDRESS_TIMEOUT_MS = 1_000;

export interface ExchangeRequest {
  readonly url: URL;
  readonly method: "GET" | "HEAD";
  readonly headers: Readonly<Record<string, string>>;
  readonly insecure: boolean;
  readonly maxBodyBytes: number;
  /** Whether the body will be compared; it is read to its end either way. */
  readonly keepBody: boolean;
}

export interface PeerCertificate {
  readonly subject: string;
  readonly issuer: string;
  /** UTC milliseconds. */
  readonly validTo: number;
  /** Why it is not valid, as OpenSSL names it (`CERT_HAS_EXPIRED`, …). */
  readonly problem: string | undefined;
}

/** What was seen of one exchange, also if it ended early. */
export interface Exchange {
  /** Seconds of each phase that was completed. */
  readonly phases: ReadonlyMap<HttpPhase, number>;
  readonly totalSeconds: number;
  readonly address: string | undefined;
  readonly certificate: PeerCertificate | undefined;
  readonly status: number | undefined;
  readonly bodyBytes: number | undefined;
  readonly body: Buffer;
  /** `undefined`: there was a whole answer. */
  readonly ended: Verdict | undefined;
}

/** A bad answer that no system error tells of. */
class BadAnswer extends Error {
  override readonly name = "BadAnswer";
  readonly verdict: Verdict;
  constructor(verdict: Verdict) {
    super(JSON.stringify(verdict));
    this.verdict = verdict;
  }
}

/**
 * One request and its answer on a connection of its own, phase by phase. A certificate is checked before anything is sent, so that
 * headers with secrets do not reach an impostor. Leaves no socket behind, however it ends. Throws only what is a bug.
 */
export async function exchange(
  request: ExchangeRequest,
  deps: { readonly clock: Clock; readonly resolver: Resolver },
  signal: AbortSignal,
): Promise<Exchange> {
  const run = new ExchangeRun(request, deps.clock, signal);
  return run.go(deps.resolver);
}

class ExchangeRun {
  readonly #request: ExchangeRequest;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #began: number;
  readonly #phases = new Map<HttpPhase, number>();
  #phase: HttpPhase = "dns";
  #phaseBegan: number;
  #socket: Socket | undefined;
  #address: string | undefined;
  #certificate: PeerCertificate | undefined;
  #status: number | undefined;
  #bodyBytes: number | undefined;
  readonly #chunks: Buffer[] = [];

  constructor(request: ExchangeRequest, clock: Clock, signal: AbortSignal) {
    this.#request = request;
    this.#clock = clock;
    this.#signal = signal;
    this.#began = clock.monotonic();
    this.#phaseBegan = this.#began;
  }

  async go(resolver: Resolver): Promise<Exchange> {
    const onAbort = (): void => void this.#socket?.destroy();
    this.#signal.addEventListener("abort", onAbort, { once: true });
    let ended: Verdict | undefined;
    try {
      await this.#stages(resolver);
    } catch (thrown) {
      ended = this.#endedBy(thrown);
    } finally {
      this.#signal.removeEventListener("abort", onAbort);
      this.#socket?.destroy();
    }
    return {
      phases: this.#phases,
      totalSeconds: (this.#clock.monotonic() - this.#began) / 1_000,
      address: this.#address,
      certificate: this.#certificate,
      status: this.#status,
      bodyBytes: this.#bodyBytes,
      body: Buffer.concat(this.#chunks),
      ended,
    };
  }

  async #stages(resolver: Resolver): Promise<void> {
    const { url } = this.#request;
    const hostname = url.hostname.replace(/^\[|\]$/g, "");
    const addresses = await resolver.resolve(hostname, this.#signal);
    this.#enter("connect");
    const tcp = await this.#connect(hostname, addresses);
    let socket: Socket = tcp;
    if (url.protocol === "https:") {
      this.#enter("tls");
      const secure = await this.#secure(tcp, hostname);
      this.#certificate = certificateOf(secure);
      if (!secure.authorized && !this.#request.insecure) {
        // The handshake itself was good; its time is a measurement as well.
        this.#complete();
        throw new BadAnswer({ kind: "bad", reason: "certificate_invalid" });
      }
      socket = secure;
    }
    this.#enter("first_byte");
    const answer = await this.#ask(socket);
    this.#status = answer.statusCode;
    this.#enter("transfer");
    await this.#receive(answer);
    this.#complete();
  }

  #enter(next: HttpPhase): void {
    this.#complete();
    this.#phase = next;
    this.#signal.throwIfAborted();
  }

  #complete(): void {
    const now = this.#clock.monotonic();
    this.#phases.set(this.#phase, (now - this.#phaseBegan) / 1_000);
    this.#phaseBegan = now;
  }

  #connect(hostname: string, addresses: readonly LookupAddress[]): Promise<Socket> {
    const { url } = this.#request;
    const port = Number(url.port) || (url.protocol === "https:" ? 443 : 80);
    const socket = connectTcp({
      host: hostname,
      port,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: ADDRESS_TIMEOUT_MS,
      lookup: (_hostname, _options, callback) => callback(null, [...addresses]),
    });
    this.#socket = socket;
    return new Promise((resolve, reject) => {
      const onClose = (): void => reject(closedError());
      socket.on("error", reject);
      socket.once("close", onClose);
      socket.once("connect", () => {
        socket.off("close", onClose);
        this.#address = socket.remoteAddress;
        resolve(socket);
      });
    });
  }

  #secure(tcp: Socket, hostname: string): Promise<TLSSocket> {
    const secure = connectTls({
      socket: tcp,
      host: hostname,
      // A server name must not be an address (RFC 6066, section 3).
      ...(isIP(hostname) === 0 && { servername: hostname }),
      ALPNProtocols: ["http/1.1"],
      // Checked right after the handshake, and before anything is sent: an invalid certificate is to be measured too.
      rejectUnauthorized: false,
    });
    this.#socket = secure;
    return new Promise((resolve, reject) => {
      secure.on("error", reject);
      secure.once("close", () => reject(closedError()));
      secure.once("secureConnect", () => resolve(secure));
    });
  }

  #ask(socket: Socket): Promise<IncomingMessage> {
    const { url, method } = this.#request;
    return new Promise((resolve, reject) => {
      const request = httpRequest({
        createConnection: () => socket,
        method,
        path: `${url.pathname}${url.search}`,
        headers: this.#headers(),
      });
      request.on("error", reject);
      request.once("response", resolve);
      // An answer 101 nobody asked for: its status is the measurement, and there is no body.
      request.once("upgrade", (answer) => {
        answer.push(null);
        resolve(answer);
      });
      request.end();
    });
  }

  #headers(): Record<string, string> {
    const { url, headers } = this.#request;
    const sent: Record<string, string> = {
      host: url.host,
      connection: "close",
      "user-agent": "toban",
      accept: "*/*",
      // A compressed body could not be compared.
      "accept-encoding": "identity",
    };
    if (url.username !== "" || url.password !== "") {
      const pair = `${decoded(url.username)}:${decoded(url.password)}`;
      sent["authorization"] = `Basic ${Buffer.from(pair).toString("base64")}`;
    }
    for (const [name, value] of Object.entries(headers)) sent[name.toLowerCase()] = value;
    return sent;
  }

  #receive(answer: IncomingMessage): Promise<void> {
    const { maxBodyBytes, keepBody } = this.#request;
    let bytes = 0;
    return new Promise((resolve, reject) => {
      answer.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > maxBodyBytes) reject(new BadAnswer({ kind: "bad", reason: "too_large" }));
        else if (keepBody) this.#chunks.push(chunk);
      });
      const onClose = (): void => reject(closedError());
      answer.on("error", reject);
      answer.once("close", onClose);
      answer.once("end", () => {
        answer.off("close", onClose);
        this.#bodyBytes = bytes;
        resolve();
      });
    });
  }

  #endedBy(thrown: unknown): Verdict {
    if (this.#signal.aborted) return this.#cutBy(this.#signal.reason);
    if (thrown instanceof BadAnswer) return thrown.verdict;
    const verdict = verdictOf(thrown, this.#phase);
    if (!verdict) throw thrown;
    return verdict;
  }

  /** Silence until the deadline is the target's; but a name that did not resolve in time is our resolver's, which serves every name. */
  #cutBy(reason: unknown): Verdict {
    if (!(reason instanceof DeadlineError)) return { kind: "trouble", failure: "aborted", detail: messageOf(reason) };
    if (this.#phase !== "dns") return { kind: "bad", reason: "timeout" };
    return { kind: "trouble", failure: "resolver", detail: `the name was ${messageOf(reason)}` };
  }
}

/** A socket that closed without an error of its own. */
function closedError(): NodeJS.ErrnoException {
  return Object.assign(new Error("the connection was closed"), { code: "ECONNRESET" });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function certificateOf(socket: TLSSocket): PeerCertificate | undefined {
  const peer = socket.getPeerX509Certificate();
  if (!peer) return undefined;
  // The type says Error; Node gives the code as a string where OpenSSL has one.
  const problem: unknown = socket.authorizationError;
  return {
    subject: commonName(peer.subject),
    issuer: commonName(peer.issuer),
    validTo: Date.parse(peer.validTo),
    problem: socket.authorized ? undefined : typeof problem === "string" ? problem : messageOf(problem),
  };
}

/** The common name of a distinguished name (one `key=value` a line), or all of it. */
function commonName(name: string): string {
  return /^CN=(.+)$/m.exec(name)?.[1] ?? name.replaceAll("\n", ", ");
}
