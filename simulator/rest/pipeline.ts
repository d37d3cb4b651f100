import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";

import type { SimulatedClock } from "../clock.js";
import { ApiError, discordErrors, invalidForm } from "../errors.js";
import type { FaultOrder, FaultStage, Faults, StruckRequest } from "../faults.js";
import { limits } from "../limits.js";
import { issue, length, tooLong } from "../rules/issue.js";
import type { World } from "../world.js";
import type { Revision } from "../revision.js";
import { objectBody, parseBody, readAll } from "./body.js";
import type { Limiter } from "./limiter.js";
import type { RequestLog, RequestRecord } from "./log.js";
import { failed, faultAnswer, json, limited, page, succeeded } from "./outgoing.js";
import type { Outgoing } from "./outgoing.js";
import type { Route, RouteMatch, Router } from "./route.js";

/** Observes requests in process; a promise holds the request up until it settles. */
export type RequestHook = (request: StruckRequest) => void | Promise<void>;

export interface PipelineParts {
  readonly clock: SimulatedClock;
  readonly world: World;
  readonly router: Router;
  readonly limiter: Limiter;
  readonly log: RequestLog;
  readonly faults: Faults;
  readonly revision: Revision;
  /** Reports a defect of the simulator itself. */
  readonly onDefect: (error: unknown) => void;
}

const API_PREFIX = /^\/api(?:\/v(\d+))?(?=\/)/;
const USER_AGENT = /^DiscordBot \([^,)]+,\s*[^)]+\)/;
/** Header fields worth keeping in the log; the token is never among them. */
const LOGGED_HEADERS = ["user-agent", "content-type", "x-audit-log-reason"] as const;

/** What a request goes through, in the order in which Discord looks at it. */
export class Pipeline {
  readonly #parts: PipelineParts;
  readonly #hooks = new Set<RequestHook>();
  readonly #hung = new Set<ServerResponse>();

  constructor(parts: PipelineParts) {
    this.#parts = parts;
  }

  hook(hook: RequestHook): () => void {
    this.#hooks.add(hook);
    return () => this.#hooks.delete(hook);
  }

  /** Cuts the connections of all requests that were left hanging. */
  releaseHung(): void {
    for (const response of this.#hung) response.destroy();
    this.#hung.clear();
  }

  async serve(request: IncomingMessage, response: ServerResponse, receivedAt: number): Promise<void> {
    const url = new URL(request.url ?? "/", "http://discord.invalid");
    const prefix = API_PREFIX.exec(url.pathname);
    const path = prefix === null ? url.pathname : url.pathname.slice(prefix[0].length);
    const method = request.method ?? "GET";
    let match: RouteMatch | undefined;
    let failure: unknown;
    try {
      match = this.#parts.router.match(method, path);
      if ((match.route.class === "open") !== (prefix === null)) throw new ApiError(discordErrors.NotFound);
      if (prefix !== null && prefix[1] !== "10") throw new ApiError(discordErrors.InvalidVersion);
    } catch (error) {
      failure = error;
    }
    const record = this.#record(request, method, path, url, match?.route, receivedAt);
    try {
      const bytes = await readAll(request);
      const started = this.#parts.clock.monotonic();
      if (await this.#disturbed("before", record, response)) return;
      const outgoing = await this.#answer(request, url, bytes, match, failure, record);
      record.ownMs = this.#parts.clock.monotonic() - started;
      if (await this.#disturbed("after-processing", record, response)) return;
      this.#note(record, outgoing, match);
      response.writeHead(outgoing.status, outgoing.headers);
      response.end(outgoing.payload);
      if (!response.writableFinished) await Promise.race([once(response, "finish"), once(response, "close")]);
      await this.#disturbed("after-answer", record, response);
    } catch (error) {
      record.outcome = "aborted";
      response.destroy();
      if (!request.destroyed) this.#parts.onDefect(error);
    }
  }

  #record(
    request: IncomingMessage,
    method: string,
    path: string,
    url: URL,
    route: Route | undefined,
    receivedAt: number,
  ): RequestRecord {
    const headers = LOGGED_HEADERS.flatMap((name) => {
      const value = request.headers[name];
      return typeof value === "string" ? [[name, value] as const] : [];
    });
    const record: RequestRecord = {
      id: this.#parts.log.nextId(),
      method,
      path: hideToken(path),
      route: route?.path,
      routeClass: route === undefined ? undefined : this.#classOf(route, path),
      query: url.search,
      at: this.#parts.clock.now(),
      receivedAt,
      status: 0,
      outcome: "answered",
      code: undefined,
      bucket: undefined,
      processed: false,
      ownMs: 0,
      body: undefined,
      headers: Object.fromEntries(headers),
      rateLimit: {},
      avoidable429: false,
    };
    this.#parts.log.add(record);
    return record;
  }

  /** Webhook routes serve interactions too: those whose webhook is the application. */
  #classOf(route: Route, path: string): Route["class"] {
    if (route.class !== "webhook") return route.class;
    return path.startsWith(`/webhooks/${this.#parts.world.applicationId}/`) ? "interaction-webhook" : "webhook";
  }

  async #answer(
    request: IncomingMessage,
    url: URL,
    bytes: Buffer | undefined,
    match: RouteMatch | undefined,
    failure: unknown,
    record: RequestRecord,
  ): Promise<Outgoing> {
    const { limiter, world } = this.#parts;
    const banned = limiter.banned();
    if (banned > 0 && match?.route.class !== "open") return page(429, Math.ceil(banned / 1000));
    if (match === undefined || failure !== undefined) return failed(failure, {}, this.#parts.onDefect);
    const { route, params } = match;
    const open = route.class === "open";
    if (!open && !USER_AGENT.test(request.headers["user-agent"] ?? "")) {
      return json(403, discordErrors.CloudflareBlocked, {});
    }
    const authorized = world.tokenValid && request.headers.authorization === `Bot ${world.token}`;
    if (route.class === "bot" && !authorized) return json(401, discordErrors.Unauthorized, {});
    const admission = limiter.admit(
      { ...route, class: record.routeClass ?? route.class },
      params,
      route.variant?.(params),
    );
    record.bucket = admission.bucket?.id;
    if (admission.refusal !== undefined) return limited(admission.refusal, admission.headers);
    try {
      checkAuditReason(record.headers["x-audit-log-reason"]);
      const body = parseBody(bytes, request.headers["content-type"]);
      record.body = summary(body.json, body.files);
      const reply = await route.handle({
        method: record.method,
        params,
        query: url.searchParams,
        json: body.json,
        body: Array.isArray(body.json) ? {} : objectBody(body),
        files: body.files,
        authorized,
        receivedAt: record.receivedAt,
        auditReason: record.headers["x-audit-log-reason"],
      });
      record.processed = true;
      return succeeded(reply, admission);
    } catch (error) {
      return failed(error, admission.headers, this.#parts.onDefect);
    }
  }

  /** Writes the outcome into the record and into the books of who was told what. */
  #note(record: RequestRecord, outgoing: Outgoing, match: RouteMatch | undefined): void {
    const { log, limiter } = this.#parts;
    record.status = outgoing.status;
    this.#parts.revision.bump();
    record.code = outgoing.code;
    record.rateLimit = Object.fromEntries(
      Object.entries(outgoing.headers).filter(([name]) => name.startsWith("x-ratelimit") || name === "retry-after"),
    );
    limiter.countInvalid(outgoing.status, outgoing.headers["x-ratelimit-scope"]);
    if (match === undefined || record.bucket === undefined) return;
    const key = `${record.bucket}/${match.route.major.map((name) => match.params[name] ?? "").join("/")}`;
    if (outgoing.status === 429) record.avoidable429 = log.wasToldExhausted(key, record.at);
    const reset = Number(outgoing.headers["x-ratelimit-reset"]);
    if (outgoing.headers["x-ratelimit-remaining"] === "0") log.toldExhausted(key, reset * 1000);
  }

  /** Lets hooks see the request and a fault strike it. True if there is no answer any more. */
  async #disturbed(stage: FaultStage, record: RequestRecord, response: ServerResponse): Promise<boolean> {
    const { id, method, path, route, routeClass } = record;
    const request: StruckRequest = { id, method, path, route, routeClass, stage };
    for (const hook of this.#hooks) await hook(request);
    const fault = this.#parts.faults.strike(request);
    return fault === undefined ? false : this.#strike(fault, request, record, response);
  }

  async #strike(
    fault: FaultOrder,
    request: StruckRequest,
    record: RequestRecord,
    response: ServerResponse,
  ): Promise<boolean> {
    switch (fault.kind) {
      case "slow":
        await this.#parts.clock.wait(fault.ms);
        return false;
      case "reset":
        record.outcome = "reset";
        cut(response);
        return true;
      case "hang":
        record.outcome = "hung";
        this.#hung.add(response);
        response.once("close", () => this.#hung.delete(response));
        return true;
      case "kill-callback":
        await fault.run(request);
        if (request.stage === "after-answer") return false;
        record.outcome = "reset";
        cut(response);
        return true;
      default: {
        if (response.headersSent) return false;
        const outgoing = faultAnswer(fault);
        this.#note(record, outgoing, undefined);
        response.writeHead(outgoing.status, outgoing.headers);
        response.end(outgoing.payload);
        return true;
      }
    }
  }
}

/** The reason for the audit log travels URL-encoded and is at most 512 characters long. */
function checkAuditReason(header: string | undefined): void {
  if (header === undefined) return;
  let reason: string;
  try {
    reason = decodeURIComponent(header);
  } catch {
    throw invalidForm([issue(["X-Audit-Log-Reason"], "BASE_TYPE_BAD_FORMAT", "Not URL-encoded UTF-8.")]);
  }
  if (length(reason) > limits.auditReasonLength) {
    throw invalidForm([tooLong(["X-Audit-Log-Reason"], limits.auditReasonLength)]);
  }
}

function cut(response: ServerResponse): void {
  const { socket } = response;
  if (socket === null) response.destroy();
  else socket.resetAndDestroy();
}

/** Tokens in a path are secrets: the log shows where one stood, not what it was. */
function hideToken(path: string): string {
  return path.replace(/^(\/(?:webhooks|interactions)\/\d+\/)[^/]+/, "$1:token");
}

function summary(body: unknown, files: readonly { readonly filename: string; readonly bytes: Buffer }[]): unknown {
  if (files.length === 0) return body;
  return { payload: body, files: files.map((file) => ({ filename: file.filename, bytes: file.bytes.length })) };
}
