import type { Services } from "../commands/services.js";
import { createAnswers } from "./answer/answers.js";
import type { Answers } from "./answer/answers.js";
import { createAuditReading } from "./answer/audit.js";
import { createPermissionsReading } from "./answer/permissions.js";
import { createIncidents } from "./answer/incidents.js";
import { createPanels } from "./answer/panels.js";
import { AuditHead } from "./app/audit-head.js";
import type { AppContext } from "./app/context.js";
import { Housekeeping, lastAliveAt } from "./app/housekeeping.js";
import { createListening } from "./app/listening.js";
import type { Listening } from "./app/listening.js";
import { createLogAnswers } from "./app/logs.js";
import { createOperating } from "./app/operating.js";
import { createNotices, watchStore } from "./app/notices.js";
import type { Notices } from "./app/notices.js";
import { ownNumbers } from "./app/own-numbers.js";
import type { Settings, SettingsResult } from "./app/settings.js";
import { createSpeaking } from "./app/speaking.js";
import type { Speaking } from "./app/speaking.js";
import { serviceManager } from "./app/systemd-notify.js";
import type { ServiceManager } from "./app/systemd-notify.js";
import { VERSION } from "./app/version.js";
import { createWatching } from "./app/watching.js";
import type { Watching } from "./app/watching.js";
import { createWatchdog } from "./app/watchdog.js";
import { systemClock } from "./base/clock.js";
import type { Clock } from "./base/clock.js";
import { Lifecycle } from "./base/lifecycle.js";
import type { StopFailure } from "./base/lifecycle.js";
import { createLogs } from "./base/log.js";
import type { Logs } from "./base/log.js";
import type { Secret } from "./base/secret.js";
import { EXIT } from "./cli/exit-code.js";
import type { ExitCode } from "./cli/exit-code.js";
import { RESTART_ONLY, differences } from "./config/diff.js";
import { problemText } from "./config/problem.js";
import type { GatewayState } from "./discord/gateway/state.js";
import { Traffic } from "./discord/rest/traffic.js";
import { catalogueFor } from "./locale/index.js";
import type { Actor } from "./model/contract/actor.js";
import type { OwnNumbers } from "./model/contract/probe.js";
import type { Operate } from "./operate/operate.js";
import { closeRefusesBot } from "./notify/verdict.js";
import { authorize } from "./permit/authorize.js";
import { probeKinds } from "./probe/index.js";
import type { Store } from "./store/contract.js";
import type { Claim, Instance } from "./store/instance-lock.js";
import { openStore } from "./store/open.js";

/** What tests hand in instead of the real thing. */
export interface AppOverrides {
  readonly clock?: Clock;
  readonly logs?: Logs;
  readonly random?: () => number;
  readonly actor?: Actor;
  /** The right to run on the data directory; absent: nobody else is there. */
  readonly instance?: Pick<Instance, "claim">;
}

/** The whole bot, embeddable. `start` gives it; nothing of it runs after `stop`. */
export class App {
  readonly #context: AppContext;
  readonly #traffic: Traffic;
  readonly #notices: Notices;
  readonly #speaking: Speaking;
  readonly #watching: Watching;
  readonly #listening: Listening;
  readonly #answers: Answers;
  readonly #operate: Operate;
  readonly #housekeeping: Housekeeping;
  readonly #auditHead: AuditHead;
  readonly #manager: ServiceManager;
  readonly #startedAt: number;
  readonly #ended: { readonly promise: Promise<ExitCode>; readonly resolve: (code: ExitCode) => void };
  #settings: Settings;
  #reloads: Promise<void> = Promise.resolve();
  #stopping = false;

  private constructor(
    settings: Settings,
    parts: { clock: Clock; logs: Logs; lifecycle: Lifecycle; store: Store; random: () => number; actor?: Actor },
    claim: () => Claim,
  ) {
    const { clock, logs, lifecycle, store } = parts;
    this.#settings = settings;
    this.#startedAt = clock.now();
    this.#context = { ...parts, settings: () => this.#settings };
    this.#ended = settlable();
    this.#traffic = new Traffic(clock);
    this.#manager = serviceManager(clock, logs.for("app"), settings.env);
    this.#housekeeping = new Housekeeping({
      clock,
      log: logs.for("store"),
      store,
      own: () => this.own(),
      look: () => {
        const found = claim();
        if (found.status === "taken") this.#onTaken(found.pid);
      },
    });
    lifecycle.onStop("housekeeping", () => this.#housekeeping.stop());
    this.#auditHead = new AuditHead({
      store,
      clock,
      log: logs.for("app"),
      timezone: () => this.#settings.config.timezone,
      opsChannel: () => this.#settings.config.opsChannel,
      onCommitted: () => this.#speaking.sender.poke(),
    });
    lifecycle.onStop("audit head", () => this.#auditHead.stop());
    this.#speaking = createSpeaking(this.#context, (detail) => this.#onRefused(detail));
    this.#notices = createNotices({
      store,
      clock,
      log: logs.for("app"),
      opsChannel: () => this.#settings.config.opsChannel,
      onCommitted: () => this.#speaking.sender.poke(),
    });
    this.#watching = createWatching(this.#context, () => this.own(), {
      onRun: (run) => {
        this.#answers.observe(run);
        this.#operate.observe(run);
      },
      stopped: (target) => this.#operate.stopped().has(target),
      onCommitted: () => this.#speaking.sender.poke(),
    });
    this.#answers = createAnswers({
      store,
      clock,
      host: settings.config.host,
      targets: () => this.#settings.config.targets,
      rules: () => this.#settings.rules,
      kinds: probeKinds.kinds,
      own: () => this.own(),
      stopped: () => this.#operate.stopped(),
    });
    this.#operate = createOperating(this.#context, {
      ...(parts.actor ? { actor: parts.actor } : {}),
      measure: (target) => this.#watching.scheduler.runOnce(target),
      onCommitted: () => this.#speaking.sender.poke(),
    });
    lifecycle.onStop("actions", () => this.#operate.stop());
    this.#listening = createListening(this.#context, {
      traffic: this.#traffic,
      edge: this.#speaking.sender.edge,
      services: this.#services(),
      postToChannel: (channel, message) => this.#notices.answer(channel, message),
      onState: (state) => this.#onGatewayState(state),
      onRights: (channels) => this.#speaking.sender.rightsChanged(channels),
    });
  }

  /** Opens the store, recovers what was under way, and starts every loop. Alerts can leave before Discord's gateway is ready. */
  static async start(settings: Settings, overrides: AppOverrides = {}): Promise<App> {
    const clock = overrides.clock ?? systemClock;
    const logs = overrides.logs ?? logsOf(settings);
    const lifecycle = new Lifecycle(clock);
    const claim = (): Claim => overrides.instance?.claim() ?? { status: "held" };
    try {
      const { dataDir } = settings.config;
      const mayUse = (): boolean => claim().status !== "taken";
      const store = await openStore({ dataDir, clock, log: logs.for("store"), mayUse });
      lifecycle.onStop("store", () => store.close());
      const parts = {
        clock,
        logs,
        lifecycle,
        store,
        random: overrides.random ?? Math.random,
        ...(overrides.actor ? { actor: overrides.actor } : {}),
      };
      const app = new App(settings, parts, claim);
      await app.#begin();
      return app;
    } catch (thrown) {
      await lifecycle.stop();
      throw thrown;
    }
  }

  /** Resolves when the bot cannot go on, with the code to exit with. */
  get ended(): Promise<ExitCode> {
    return this.#ended.promise;
  }

  /** What the program knows about itself. */
  own(): OwnNumbers {
    const { clock, store } = this.#context;
    return ownNumbers({
      version: VERSION,
      startedAt: this.#startedAt,
      now: () => clock.now(),
      store: () => ({ status: store.status(), numbers: store.numbers() }),
      sender: () => this.#speaking.sender.numbers(),
      scheduler: () => this.#watching.scheduler.numbers(),
      guards: () => this.#watching.guards.numbers(),
      handling: () => this.#listening.dispatcher.numbers(),
      traffic: () => this.#traffic.numbers(),
      gateway: () => this.#listening.gateway.state(),
    });
  }

  /**
   * Takes new settings over, one reload after the other. Anything wrong with them changes nothing, and is said in the log and in the
   * channel. Never rejects.
   */
  reload(result: SettingsResult): Promise<void> {
    const before = this.#reloads;
    const next = async (): Promise<void> => {
      await before;
      if (this.#stopping) return;
      try {
        await this.#take(result);
      } catch (thrown) {
        this.#context.logs
          .for("config")
          .error({ err: thrown }, "the new configuration could not be taken over in full");
      }
    };
    this.#reloads = next();
    return this.#reloads;
  }

  async #take(result: SettingsResult): Promise<void> {
    const log = this.#context.logs.for("config");
    if (!result.ok) {
      log.error(
        { problems: result.problems.map(problemText) },
        "the new configuration is refused; the last good one stays",
      );
      this.#notices.say("config_rejected", "warning", { count: result.problems.length });
      return;
    }
    const changes = differences(this.#settings.config, result.settings.config);
    const kept = Object.fromEntries(RESTART_ONLY.map((key) => [key, this.#settings.config[key]]));
    const ignored = changes.filter((change) => (RESTART_ONLY as readonly string[]).includes(change.name));
    if (ignored.length > 0)
      log.warn({ settings: ignored.map((change) => change.name) }, "these change only with a restart");
    const before = this.#settings;
    this.#settings = { ...result.settings, config: { ...result.settings.config, ...kept } };
    this.#context.logs.hide(secretsOf(this.#settings.secrets));
    this.#context.logs.level = this.#settings.config.logLevel;
    const { token } = this.#settings.secrets;
    this.#speaking.receiver.setToken(token);
    this.#listening.rest.setToken(token);
    const renewed = token.reveal() !== before.secrets.token.reveal();
    this.#listening.gateway.reload(renewed ? token : undefined);
    await this.#watching.reconfigure(this.#settings);
    await this.#speaking.sender.retryNow();
    this.#listening.register();
    log.info({ changes }, "the configuration was read again");
  }

  /** Switches between the configured log level and debug. */
  toggleDebug(): void {
    const { logs } = this.#context;
    logs.level = logs.level === "debug" ? this.#settings.config.logLevel : "debug";
    logs.for("app").info({ log_level: logs.level }, "log level changed");
  }

  async stop(): Promise<readonly StopFailure[]> {
    const { lifecycle, logs } = this.#context;
    this.#stopping = true;
    await this.#manager.notify("STOPPING=1");
    const failures = await lifecycle.stop();
    if (failures.length > 0) logs.for("app").error({ failures }, "not everything could be stopped");
    this.#ended.resolve(failures.length > 0 ? EXIT.failed : EXIT.well);
    return failures;
  }

  async #begin(): Promise<void> {
    const { clock, logs, lifecycle, store } = this.#context;
    const { evaluator, scheduler } = this.#watching;
    lifecycle.onStop("store watch", watchStore(store, clock, this.#notices));
    await evaluator.recover({ lastAliveAt: lastAliveAt(store), now: clock.now() });
    this.#speaking.sender.start();
    // Its first round trips run while the probes are set up.
    this.#listening.gateway.start();
    evaluator.start();
    await scheduler.reconfigure(this.#settings.config.targets);
    scheduler.start();
    this.#operate.start();
    this.#housekeeping.start();
    this.#auditHead.start();
    const watchdog = createWatchdog({ clock, log: logs.for("app"), manager: this.#manager, loops: this.#loops() });
    lifecycle.onStop("watchdog", () => watchdog.stop());
    watchdog.start();
    await this.#manager.notify("READY=1");
    logs
      .for("app")
      .info(
        { version: VERSION, targets: this.#settings.config.targets.length, store: store.status() },
        "Toban is on duty",
      );
  }

  #loops(): Parameters<typeof createWatchdog>[0]["loops"] {
    const { evaluator, scheduler } = this.#watching;
    const { sender } = this.#speaking;
    return [
      { name: "scheduler", lastProgressAt: () => scheduler.lastProgressAt },
      { name: "evaluator", lastProgressAt: () => evaluator.lastProgressAt },
      { name: "sender", lastProgressAt: () => sender.lastProgressAt },
      { name: "store", lastProgressAt: () => this.#housekeeping.lastProgressAt },
    ];
  }

  #services(): Services {
    const { store, clock } = this.#context;
    return {
      answers: this.#answers,
      audit: createAuditReading({ store, clock, timezone: () => this.#settings.config.timezone }),
      incidents: createIncidents(store),
      logs: createLogAnswers(clock, () => this.#settings.config),
      operate: this.#operate,
      panels: createPanels(store, clock),
      permissions: createPermissionsReading({
        policy: () => this.#settings.config.permissions,
        roleName: (guild, role) => this.#listening.gateway.roleName(guild, role),
      }),
      publicCatalogue: () => catalogueFor(this.#settings.config.locale),
      may: (principal, verb, target) => authorize(principal, verb, target, this.#settings.config.permissions).allowed,
    };
  }

  /** A refusal of the bot itself holds for REST as well. One of the connection alone (its version, its intents) leaves alerts their way. */
  #onGatewayState({ refused }: GatewayState): void {
    if (refused === undefined || (refused !== 401 && !closeRefusesBot(refused))) return;
    this.#speaking.sender.refuse(`the gateway answered ${refused}`);
  }

  /** The directory was away, and another Toban took it meanwhile: two on one directory would say everything twice. */
  #onTaken(pid: number | undefined): void {
    this.#context.logs
      .for("app")
      .fatal(
        { data_dir: this.#settings.config.dataDir, pid },
        "another Toban has taken the data directory; this one ends",
      );
    this.#ended.resolve(EXIT.usage);
  }

  #onRefused(detail: string): void {
    this.#context.logs
      .for("app")
      .fatal({ detail }, "Discord refuses this bot, and there is no fallback to speak through");
    this.#ended.resolve(EXIT.refused);
  }
}

function logsOf({ config, secrets }: Settings): Logs {
  const { logLevel: level, logFormat, logColour } = config;
  const terminal = process.stdout.isTTY;
  const format = logFormat === "auto" ? (terminal ? "pretty" : "json") : logFormat;
  return createLogs({ level, format, colour: terminal && logColour, secrets: secretsOf(secrets) });
}

function secretsOf({ token, fallbackUrl }: Settings["secrets"]): readonly Secret[] {
  return fallbackUrl ? [token, fallbackUrl] : [token];
}

function settlable<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
