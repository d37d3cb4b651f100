import { setMaxListeners } from "node:events";

import { UserError, messageOf, newReference } from "../../base/errors.js";
import type { Logger } from "../../base/log.js";
import { warnIfSlow } from "../../base/slow.js";
import type { Catalogue } from "../../locale/index.js";
import type { Command, CommandReply } from "../../model/contract/command.js";
import { DISCORD_LIMITS } from "../../model/limits.js";
import type { Message } from "../../model/message.js";
import type { PermissionPolicy, Verb } from "../../model/principal.js";
import { authorize } from "../../permit/authorize.js";

import { completions } from "./complete.js";
import { Handling } from "./handling.js";
import type { HandlingNumbers } from "./handling.js";
import type { Asker, InteractionKind, Parsed, ReplyTo } from "./interaction.js";
import { parseInteraction } from "./parse.js";
import { notice, refusalOf, unexpectedMessage, userErrorMessage } from "./refusal.js";
import type { Denied } from "./refusal.js";
import { Responder } from "./reply.js";
import type { Delivery, Place, ReplyDeps } from "./reply.js";
import { commandTask, pressTask } from "./task.js";
import type { Task } from "./task.js";

/** An answer that is not there by then is promised: half of Discord's three seconds is left for the promise's own way. */
const DEFER_AFTER_MS = 1_500;
/** More at once than a team can mean; the rest is told to try again. */
const MOST_AT_ONCE = 64;

/**
 * Verbs that change something. They are begun only when the asker has been told that the request was heard: one that Discord
 * delivers late, after a reconnect, has long failed in the asker's eyes, and acting on it would surprise.
 */
const CHANGES: Readonly<Record<Verb, boolean>> = {
  "view-summary": false,
  view: false,
  logs: false,
  acknowledge: false,
  silence: false,
  restart: true,
  start: true,
  stop: true,
  deploy: true,
  backup: true,
  diagnose: true,
  run: true,
  admin: true,
};

export interface DispatchDeps<Services> extends ReplyDeps {
  readonly log: Logger;
  readonly commands: readonly Command<Services>[];
  readonly services: Services;
  /** Read for each interaction, so that a change is effective at once, also for buttons that already stand. */
  readonly policy: () => PermissionPolicy;
  readonly catalogue: (locale: string) => Catalogue;
  /** The configured language: of whatever everybody sees. */
  readonly locale: () => string;
  readonly roleName: (guild: string, role: string) => string | undefined;
  /** Told of attempts at something that changes things, when the gate refuses them. */
  readonly onDenied?: (denied: {
    readonly principal: Asker["principal"];
    readonly verb: Verb;
    readonly target: string | undefined;
    readonly denial: Denied["denial"];
  }) => void;
  /** Takes what came too late for its place, to be sent as an ordinary message. */
  readonly postToChannel: (channel: string, message: Message) => Promise<void>;
}

export interface Dispatcher {
  /** Takes one raw interaction. Returns at once and never throws. */
  take(raw: unknown): void;
  numbers(): HandlingNumbers;
  /** Resolves when nothing is being handled. */
  idle(): Promise<void>;
  /** Aborts what runs and waits for it; whatever still comes is told that Toban is stopping. */
  stop(): Promise<void>;
}

export function createDispatcher<Services>(deps: DispatchDeps<Services>): Dispatcher {
  return new Dispatch(deps);
}

/** One interaction on its way. */
interface Job {
  readonly responder: Responder;
  readonly replyTo: ReplyTo;
  readonly asker: Asker;
  readonly receivedAt: number;
  readonly reference: string;
}

class Dispatch<Services> implements Dispatcher {
  readonly #deps: DispatchDeps<Services>;
  readonly #handling: Handling;
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<void>>();

  constructor(deps: DispatchDeps<Services>) {
    this.#deps = deps;
    this.#handling = new Handling(deps.clock);
    // Each interaction under way listens; Node would take more than ten for a leak.
    setMaxListeners(0, this.#stopping.signal);
  }

  take(raw: unknown): void {
    const receivedAt = this.#deps.clock.monotonic();
    const running = this.#handle(parseInteraction(raw), receivedAt).catch((thrown: unknown) => {
      this.#deps.log.error({ err: describe(thrown) }, "an interaction could not be handled");
    });
    this.#running.add(running);
    void running.then(() => this.#running.delete(running));
  }

  numbers(): HandlingNumbers {
    return this.#handling.numbers();
  }

  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error("Toban is stopping"));
    await this.idle();
  }

  #responder(to: ReplyTo, receivedAt: number): Responder {
    return new Responder(this.#deps, to, receivedAt, this.#stopping.signal);
  }

  async #handle(parsed: Parsed, receivedAt: number): Promise<void> {
    const { log } = this.#deps;
    switch (parsed.kind) {
      case "unanswerable":
        log.warn({ problem: parsed.problem }, "an interaction cannot be answered");
        return;
      case "malformed": {
        log.warn({ interaction: parsed.replyTo.id, problem: parsed.problem }, "an interaction makes no sense");
        const responder = this.#responder(parsed.replyTo, receivedAt);
        if (parsed.answerWith === "choices") await responder.choices([]);
        else await responder.reply(this.#mistake(new UserError("invalid_option"), parsed.locale, ""), "ephemeral");
        return;
      }
      case "interaction": {
        const { replyTo, asker, what } = parsed;
        const responder = this.#responder(replyTo, receivedAt);
        const job = { responder, replyTo, asker, receivedAt, reference: newReference() };
        if (what.kind === "autocomplete") await responder.choices(this.#choices(what, asker));
        else await this.#answer(job, what);
        return;
      }
      default:
        parsed satisfies never;
    }
  }

  #choices(what: Extract<InteractionKind, { kind: "autocomplete" }>, asker: Asker): ReturnType<typeof completions> {
    const { commands, services, policy, catalogue, log } = this.#deps;
    const command = commands.find((candidate) => candidate.name === what.name);
    if (!command) return [];
    try {
      return completions(command, what, asker, services, policy(), catalogue(asker.locale), this.#stopping.signal);
    } catch (thrown) {
      log.error({ command: what.name, err: describe(thrown) }, "autocomplete failed");
      return [];
    }
  }

  async #answer(job: Job, what: Exclude<InteractionKind, { kind: "autocomplete" }>): Promise<void> {
    this.#handling.received();
    let task: Task;
    try {
      task = this.#admit(job, what);
    } catch (thrown) {
      await this.#send(job, this.#wordsFor(thrown, job), "ephemeral");
      return;
    }
    if (CHANGES[task.verb] && !task.reads && (await job.responder.defer(task.promised)) !== "sent") {
      await this.#toChannel(job, task, { kind: "nothing_done" });
      return;
    }
    const { message, place } = await this.#perform(job, task);
    if ((await this.#send(job, message, place)) === "sent") return;
    await this.#toChannel(job, task, place === "ephemeral" ? { kind: "private" } : { kind: "answer", message });
  }

  /** Parse, then the gate; whatever is thrown is the answer. */
  #admit(job: Job, what: Exclude<InteractionKind, { kind: "autocomplete" }>): Task {
    const { commands, services, catalogue, policy } = this.#deps;
    const { principal } = job.asker;
    const current = policy();
    this.#stopping.signal.throwIfAborted();
    // From outside nothing is said, not even which commands there are.
    const place = authorize(principal, "view-summary", undefined, current);
    if (!place.allowed && (place.denial === "direct_message" || place.denial === "foreign_guild")) {
      throw refusalOf(place, "view-summary", undefined, () => undefined);
    }
    if (this.#running.size > MOST_AT_ONCE) throw new UserError("busy");

    let task: Task;
    if (what.kind === "press") task = pressTask(commands, what, job.asker, services, job.replyTo.channel);
    else {
      const command = commands.find((candidate) => candidate.name === what.name);
      if (!command) throw new UserError("unknown_command", { command: `/${what.name.slice(0, 100)}` });
      task = commandTask(command, what, job.asker, services, catalogue(job.asker.locale), job.replyTo.channel);
    }
    const decision = authorize(principal, task.verb, task.target, current);
    if (decision.allowed) return task;
    const { verb, target } = task;
    if (CHANGES[verb]) this.#deps.onDenied?.({ principal, verb, target, denial: decision.denial });
    throw refusalOf(decision, task.verb, task.target, (role) => this.#deps.roleName(current.guild, role));
  }

  /** Runs the command; promises an answer if it takes long; turns whatever is thrown into words. */
  async #perform(job: Job, task: Task): Promise<{ readonly message: Message; readonly place: Place }> {
    const { clock } = this.#deps;
    using deadline = clock.deadline(DISCORD_LIMITS.interactionTokenMs, this.#stopping.signal);
    const timer = clock.setTimeout(() => void job.responder.defer(task.promised), DEFER_AFTER_MS);
    try {
      const reply = await this.#withinDeadline(task.execute(deadline.signal), deadline.signal);
      return { message: reply.message, place: task.place(reply) };
    } catch (thrown) {
      return { message: this.#wordsFor(thrown, job), place: "ephemeral" };
    } finally {
      timer.cancel();
    }
  }

  /** A command that does not heed its signal is left behind when nobody can be answered any more. */
  #withinDeadline(work: Promise<CommandReply>, signal: AbortSignal): Promise<CommandReply> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => reject(signal.reason as Error);
      signal.addEventListener("abort", onAbort, { once: true });
      work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
      if (signal.aborted) onAbort();
    });
  }

  #send(job: Job, message: Message, place: Place): Promise<Delivery> {
    const ms = this.#deps.clock.monotonic() - job.receivedAt;
    this.#handling.took(ms);
    warnIfSlow(this.#deps.log, "command", ms, { interaction: job.replyTo.id });
    return job.responder.reply(message, place);
  }

  #wordsFor(thrown: unknown, job: Job): Message {
    const { log, catalogue } = this.#deps;
    const { principal, locale } = job.asker;
    if (thrown instanceof UserError) {
      const about = { reference: job.reference, code: thrown.code, details: thrown.details, user: principal.id };
      log.info(about, "refused");
      return this.#mistake(thrown, locale, job.reference);
    }
    if (this.#stopping.signal.aborted) return notice("info", catalogue(locale).userError.stopping, locale);
    log.error({ reference: job.reference, user: principal.id, err: describe(thrown) }, "a command failed");
    return unexpectedMessage(catalogue(locale), locale, job.reference);
  }

  #mistake(error: UserError, locale: string, reference: string): Message {
    return userErrorMessage(error, this.#deps.catalogue(locale), locale, reference);
  }

  /** An answer that could not be given in its place is given in the channel, unless it was for the asker alone: then it is only said. */
  async #toChannel(job: Job, task: Task, late: Late): Promise<void> {
    const { log, postToChannel } = this.#deps;
    log.warn({ interaction: job.replyTo.id, asked: task.asked, late: late.kind }, "an answer missed its place");
    if (job.replyTo.channel === undefined) return;
    try {
      await postToChannel(job.replyTo.channel, this.#lateMessage(job.asker.principal, task.asked, late));
    } catch (thrown) {
      log.error({ err: describe(thrown) }, "an answer that missed its place could not be posted");
    }
  }

  #lateMessage(asker: Asker["principal"], asked: string, late: Late): Message {
    const locale = this.#deps.locale();
    const words = this.#deps.catalogue(locale).userError.tooLate;
    switch (late.kind) {
      case "answer":
        return { ...late.message, lines: [words.answer(asker.id, asker.name, asked), ...late.message.lines] };
      case "private":
        return notice("info", words.private(asker.id, asker.name, asked), locale);
      case "nothing_done":
        return notice("warning", words.nothingDone(asker.id, asker.name, asked), locale);
      default:
        return late satisfies never;
    }
  }
}

/** What is left to say when the place of an answer is gone. */
type Late =
  | { readonly kind: "answer"; readonly message: Message }
  | { readonly kind: "private" }
  /** It would have changed something, and was not begun. */
  | { readonly kind: "nothing_done" };

/** What the log keeps of an error: never its other fields, where a library may hold a URL with a token. */
function describe(thrown: unknown): { readonly type: string; readonly message: string; readonly stack?: string } {
  if (!(thrown instanceof Error)) return { type: typeof thrown, message: messageOf(thrown) };
  const { stack } = thrown;
  return { type: thrown.name, message: thrown.message, ...(stack === undefined ? {} : { stack }) };
}
