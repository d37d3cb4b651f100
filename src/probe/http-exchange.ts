import type { LookupAddress } from "node:dns";
import { request as httpRequest } from "node:http";
import type { IncomingMessage } from "node:http";
import { connect as connectTcp, isIP } from "node:net";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
import type { TLSSocket } from "node:tls";

import type { Clock } from "../base/clock.js";
import { certificateOf } from "./http-certificate.js";
import type { PeerCertificate } from "./http-certificate.js";
import { LenientAnswer } from "./http-lenient.js";
import { cutBy, verdictOf } from "./http-reason.js";
import type { HttpPhase, Verdict } from "./http-reason.js";
import type { Resolver } from "./http-resolve.js";

/** How long one of several addresses may take to connect before the next is tried. */
const ADDRESS_TIMEOUT_MS = 1_000;

export interface ExchangeRequest {
  readonly url: URL;
  readonly method: "GET" | "HEAD";
  readonly headers: Readonly<Record<string, string>>;
  readonly insecure: boolean;
  /** Nothing is read beyond, whether the body is wanted or not. */
  readonly maxBodyBytes: number;
  readonly maxHeaderBytes: number;
  /** Take answers that break the rules of HTTP as browsers take them. */
  readonly lenient: boolean;
  /** How much of the body of an answer with this status is kept. */
  readonly keptBytes: (status: number) => number;
}

/** The headers that say how an answer is to be read. */
export interface AnswerHeaders {
  readonly contentEncoding: string | undefined;
  readonly contentType: string | undefined;
  readonly location: string | undefined;
}

/** What was seen of one exchange, also if it ended early. */
export interface Exchange {
  /** Seconds of each phase that was completed. */
  readonly phases: ReadonlyMap<HttpPhase, number>;
  readonly totalSeconds: number;
  readonly address: string | undefined;
  readonly certificate: PeerCertificate | undefined;
  readonly url: URL;
  readonly status: number | undefined;
  readonly headers: AnswerHeaders | undefined;
  /** The length of the whole body, as it was sent. */
  readonly bodyBytes: number | undefined;
  /** As much of it as was to be kept. */
  readonly body: Buffer;
  /** There is more than was kept. */
  readonly bodyCut: boolean;
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
  #headers: AnswerHeaders | undefined;
  #bodyBytes: number | undefined;
  readonly #chunks: Buffer[] = [];
  #bodyCut = false;
  /** The first error after the request was sent: the parser's word, if it was the parser that gave up. */
  #broken: Error | undefined;

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
      // Its phases add up to it, whatever this process is held up by afterwards.
      totalSeconds: ((ended === undefined ? this.#phaseBegan : this.#clock.monotonic()) - this.#began) / 1_000,
      address: this.#address,
      certificate: this.#certificate,
      url: this.#request.url,
      status: this.#status,
      headers: this.#headers,
      bodyBytes: this.#bodyBytes,
      body: Buffer.concat(this.#chunks),
      bodyCut: this.#bodyCut,
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
      this.#certificate = certificateOf(secure, this.#clock.now());
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
    this.#headers = headersOf(answer);
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
    const { url, method, lenient, maxHeaderBytes } = this.#request;
    const connection: Duplex = lenient ? new LenientAnswer(socket, maxHeaderBytes) : socket;
    return new Promise((resolve, reject) => {
      const request = httpRequest({
        createConnection: () => connection,
        maxHeaderSize: maxHeaderBytes,
        insecureHTTPParser: lenient,
        method,
        path: `${url.pathname}${url.search}`,
        headers: this.#sentHeaders(),
      });
      // Their number is bounded by their size; what is beyond Node's own number would be left out in silence.
      request.maxHeadersCount = 0;
      request.on("error", (error) => {
        // It may come before anybody waits for the body.
        this.#broken ??= error;
        reject(error);
      });
      request.once("response", (answer) => {
        answer.on("error", (error) => (this.#broken ??= error));
        resolve(answer);
      });
      // An answer 101 nobody asked for: its status is the measurement, and there is no body.
      request.once("upgrade", (answer) => {
        answer.push(null);
        resolve(answer);
      });
      request.end();
    });
  }

  #sentHeaders(): Record<string, string> {
    const { url, headers } = this.#request;
    const sent: Record<string, string> = {
      host: url.host,
      connection: "close",
      "user-agent": "toban",
      accept: "*/*",
      // Not every server heeds it; what is compressed all the same is decoded.
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
    const { maxBodyBytes, keptBytes } = this.#request;
    const kept = Math.min(maxBodyBytes, keptBytes(answer.statusCode ?? 0));
    let bytes = 0;
    return new Promise((resolve, reject) => {
      const onClose = (): void => reject(this.#broken ?? closedError());
      const settle = (length: number | undefined): void => {
        answer.off("close", onClose);
        this.#bodyBytes = length;
        resolve();
      };
      answer.on("data", (chunk: Buffer) => {
        if (bytes < kept) this.#chunks.push(chunk.subarray(0, kept - bytes));
        bytes += chunk.length;
        this.#bodyCut = bytes > kept;
        if (bytes <= maxBodyBytes) return;
        settle(declaredLength(answer));
        answer.pause();
      });
      if (answer.closed) onClose();
      answer.once("close", onClose);
      // What comes after a whole answer, be it against the rules, changes nothing of it.
      answer.once("end", () => settle(bytes));
    });
  }

  #endedBy(thrown: unknown): Verdict {
    if (this.#signal.aborted) return cutBy(this.#signal.reason, this.#phase);
    if (thrown instanceof BadAnswer) return thrown.verdict;
    const verdict = verdictOf(thrown, this.#phase);
    if (!verdict) throw thrown;
    return verdict;
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

function headersOf({ headers }: IncomingMessage): AnswerHeaders {
  return {
    contentEncoding: headers["content-encoding"],
    contentType: headers["content-type"],
    location: headers.location,
  };
}

/** The length of a body that was not read to its end, if the answer told it. */
function declaredLength({ headers }: IncomingMessage): number | undefined {
  const said = headers["transfer-encoding"] === undefined ? headers["content-length"] : undefined;
  return said !== undefined && /^\d{1,15}$/u.test(said) ? Number(said) : undefined;
}
