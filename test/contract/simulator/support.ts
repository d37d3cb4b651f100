import { WebSocket } from "ws";

import { Simulator } from "../../../simulator/index.js";
import type { SimulatorOptions } from "../../../simulator/index.js";

type Json = Readonly<Record<string, unknown>>;

/** One answer of the API, its JSON ready to be walked. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body; an empty object if it is none. */
  readonly body: Json;
  readonly list: readonly Json[];
  /** The JSON error code, 0 if there is none. */
  readonly code: number;
}

export interface CallOptions {
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: FormData;
  readonly raw?: string;
}

const USER_AGENT = "DiscordBot (https://example.org, 1.0)";

function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at a path of keys, e.g. `at(answer.body, "errors", "embeds", "_errors", 0, "code")`. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== "object" || found === null) return undefined;
    found = Reflect.get(found, key);
  }
  return found;
}

/** A simulator with a plain HTTP client for its API. */
export class Bench {
  readonly discord: Simulator;
  readonly messages: string;
  /** Simulated milliseconds that pass before each call, so that buckets do not interfere. */
  pause = 0;

  constructor(discord: Simulator) {
    this.discord = discord;
    this.messages = `/channels/${discord.opsChannelId}/messages`;
  }

  async call(method: string, path: string, body?: unknown, options: CallOptions = {}): Promise<Answer> {
    if (this.pause > 0) await this.discord.control.clock.advance(this.pause);
    const token = options.token === undefined ? this.discord.token : options.token;
    const payload = options.form ?? options.raw ?? (body === undefined ? null : JSON.stringify(body));
    const response = await fetch(`${this.discord.apiUrl}/v10${path}`, {
      method,
      headers: {
        "user-agent": USER_AGENT,
        ...(token === null ? {} : { authorization: `Bot ${token}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...options.headers,
      },
      body: payload,
    });
    const text = await response.text();
    const isText = response.headers.get("content-type")?.startsWith("application/json") !== true;
    const parsed: unknown = isText || text === "" ? undefined : JSON.parse(text);
    const list = Array.isArray(parsed) ? parsed.filter(isJson) : [];
    const object = isJson(parsed) ? parsed : {};
    const code = typeof object["code"] === "number" ? object["code"] : 0;
    return { status: response.status, headers: response.headers, text, body: object, list, code };
  }

  post(body: unknown): Promise<Answer> {
    return this.call("POST", this.messages, body);
  }

  /** Makes a message and returns its id. */
  async say(content: string): Promise<string> {
    const answer = await this.post({ content });
    if (answer.status !== 200) throw new Error(`expected a message, found ${answer.status} ${answer.text}`);
    return String(answer.body["id"]);
  }
}

export async function startBench(options: SimulatorOptions = {}): Promise<Bench> {
  const switches = { bucketSizes: "observed", missingHeaders: 0, ...options.switches } as const;
  return new Bench(await Simulator.start({ seed: 1, ...options, switches }));
}

/** A bench on which calls are far apart in simulated time. */
export async function startUnhurried(options: SimulatorOptions = {}): Promise<Bench> {
  const bench = await startBench(options);
  await bench.discord.control.clock.freeze();
  bench.pause = 20_000;
  return bench;
}

export interface Frame {
  readonly op: number;
  readonly t: string | null;
  readonly s: number | null;
  readonly d: unknown;
}

/** A gateway client that keeps what it gets. */
export class GatewayProbe {
  readonly socket: WebSocket;
  readonly frames: Frame[] = [];
  closed: number | undefined;
  readonly #waiting = new Set<() => void>();

  constructor(url: string) {
    this.socket = new WebSocket(url);
    this.socket.on("message", (data) => {
      this.frames.push(JSON.parse(Buffer.from(data as Buffer).toString("utf8")) as Frame);
      this.#wake();
    });
    this.socket.on("close", (code) => {
      this.closed = code;
      this.#wake();
    });
    this.socket.on("error", () => undefined);
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  async until<T>(look: () => T | undefined): Promise<T> {
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        this.#waiting.add(resolve);
      });
    }
  }

  frame(test: (frame: Frame) => boolean): Promise<Frame> {
    return this.until(() => this.frames.find(test));
  }

  event(name: string): Promise<Frame> {
    return this.frame((frame) => frame.t === name);
  }

  close(): Promise<number> {
    return this.until(() => this.closed);
  }

  send(payload: unknown): void {
    this.socket.send(typeof payload === "string" ? payload : JSON.stringify(payload));
  }
}

export const PROPERTIES = { os: "linux", browser: "test", device: "test" } as const;

/** Connects and waits for HELLO. */
export async function connect(bench: Bench, query = "?v=10&encoding=json"): Promise<GatewayProbe> {
  const url = bench.discord.apiUrl.replace("http:", "ws:").replace("/api", "/gateway");
  const probe = new GatewayProbe(url + query);
  await probe.until(() => probe.frames[0] ?? probe.closed);
  return probe;
}

export async function identify(bench: Bench, intents = 1, token = bench.discord.token): Promise<GatewayProbe> {
  const probe = await connect(bench);
  probe.send({ op: 2, d: { token, intents, properties: PROPERTIES } });
  return probe;
}
