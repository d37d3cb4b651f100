import { SimulatedClock } from "./clock.js";
import { createControl } from "./control/client.js";
import type { Control } from "./control/client.js";
import { ControlServer } from "./control/http.js";
import { LocalOperations } from "./control/local.js";
import type { Identity } from "./control/types.js";
import type { Core } from "./core.js";
import { Faults } from "./faults.js";
import { Gateway } from "./gateway/server.js";
import { Responder } from "./interactions/respond.js";
import { Interactions } from "./interactions/store.js";
import { NonceWindow } from "./messages/nonce.js";
import { Messages } from "./messages/service.js";
import { permission } from "./permissions.js";
import type { PermissionName } from "./permissions.js";
import { seededRandom } from "./random.js";
import { RequestLog } from "./rest/log.js";
import { Limiter } from "./rest/limiter.js";
import { Pipeline } from "./rest/pipeline.js";
import type { RequestHook } from "./rest/pipeline.js";
import { Router } from "./rest/route.js";
import { loadSchemas } from "./rest/schemas.js";
import { RestServer } from "./rest/server.js";
import { Revision } from "./revision.js";
import { allRoutes } from "./routes/table.js";
import { hostileSwitches } from "./switches.js";
import type { Switches } from "./switches.js";
import { World } from "./world.js";
import type { MemberOptions } from "./world.js";

export { createControlClient } from "./control/remote.js";
export { ControlError } from "./control/client.js";
export type {
  Actor,
  Control,
  FaultHandle,
  FaultInput,
  InteractionHandle,
  MessageTest,
  WaitOptions,
} from "./control/client.js";
export type {
  ActPlace,
  GatewayState,
  Identity,
  ShownChannel,
  ShownInteraction,
  ShownMessage,
} from "./control/types.js";
export type { FaultMatch, FaultStage, StruckRequest } from "./faults.js";
export { limits } from "./limits.js";
export type { PageAction } from "./page/action.js";
export { PageServer } from "./page/server.js";
export type { PageOptions } from "./page/server.js";
export type { RequestHook } from "./rest/pipeline.js";
export type { RequestFilter, RequestRecord } from "./rest/log.js";
export type { Switches } from "./switches.js";

export interface SimulatorOptions {
  /** Decides what varies from run to run: bucket sizes, tokens, the nonce window. Default: random. */
  readonly seed?: number;
  /** Port of API and gateway; 0 (the default) takes a free one. Always on 127.0.0.1. */
  readonly port?: number;
  /** Port of the control interface; default 0. */
  readonly controlPort?: number;
  readonly switches?: Partial<Switches>;
  readonly guildName?: string;
  readonly botName?: string;
  /** Roles of the guild: name → permission names and whether everybody may mention it. */
  readonly roles?: Readonly<
    Record<string, { readonly permissions?: readonly PermissionName[]; readonly mentionable?: boolean }>
  >;
  /** People besides the owner; default admin (Administrator), operator (role "operator"), viewer. */
  readonly members?: Readonly<Record<string, MemberOptions>>;
  readonly botPermissions?: readonly PermissionName[];
  /** Requests kept in the log; default 200,000. */
  readonly requestsKept?: number;
  /** Messages kept per channel; default 20,000. */
  readonly messagesKept?: number;
}

/** The rights that the invitation link of an ops bot asks for. */
const BOT_PERMISSIONS: readonly PermissionName[] = [
  "VIEW_CHANNEL",
  "SEND_MESSAGES",
  "EMBED_LINKS",
  "ATTACH_FILES",
  "READ_MESSAGE_HISTORY",
  "CREATE_PUBLIC_THREADS",
  "SEND_MESSAGES_IN_THREADS",
  "PIN_MESSAGES",
];

const DEFAULT_ROLES: NonNullable<SimulatorOptions["roles"]> = {
  admin: { permissions: ["ADMINISTRATOR"] },
  operator: {},
  "on-call": { mentionable: true },
};

const DEFAULT_MEMBERS: NonNullable<SimulatorOptions["members"]> = {
  admin: { roles: ["admin"] },
  operator: { roles: ["operator"] },
  viewer: {},
};

function sum(names: readonly PermissionName[] | undefined): bigint {
  return (names ?? []).reduce((bits, name) => bits | permission[name], 0n);
}

function buildWorld(clock: SimulatedClock, seed: number, options: SimulatorOptions): World {
  const random = seededRandom(seed);
  const switches = { ...hostileSwitches(random), ...options.switches };
  const roles = Object.entries(options.roles ?? DEFAULT_ROLES).map(([name, role]) => [
    name,
    { permissions: sum(role.permissions), mentionable: role.mentionable ?? false },
  ]);
  return new World(clock, random, switches, {
    guildName: options.guildName ?? "Operations",
    botName: options.botName ?? "toban",
    roles: Object.fromEntries(roles),
    members: options.members ?? DEFAULT_MEMBERS,
    botPermissions: sum(options.botPermissions ?? BOT_PERMISSIONS),
  });
}

/** A local Discord: REST v10 and Gateway v10 on loopback, as strict as the documentation says the real one is. */
export class Simulator {
  readonly control: Control;
  /** The simulator's clock, for tests in the same process. */
  readonly clock: SimulatedClock;
  readonly #world: World;
  readonly #seed: number;
  readonly #rest: RestServer;
  readonly #gateway: Gateway;
  readonly #controlServer: ControlServer;
  readonly #pipeline: Pipeline;
  readonly #revision: Revision;
  readonly #defects: unknown[] = [];
  #stopped = false;

  private constructor(options: SimulatorOptions) {
    const clock = new SimulatedClock();
    this.clock = clock;
    this.#seed = options.seed ?? Math.floor(Math.random() * 2 ** 31);
    const world = buildWorld(clock, this.#seed, options);
    this.#world = world;
    const revision = new Revision(clock);
    this.#revision = revision;
    const baseUrl = (): string => `http://127.0.0.1:${this.#rest.port}`;
    const gatewayUrl = (): string => `ws://127.0.0.1:${this.#rest.port}/gateway`;
    const gateway = new Gateway(world, clock, gatewayUrl);
    this.#gateway = gateway;
    const messages = new Messages(world, baseUrl, options.messagesKept ?? 20_000);
    const interactions = new Interactions(clock, world.ids, world.random, revision);
    const limiter = new Limiter(clock, this.#seed, world.random, () => world.switches);
    const core: Core = {
      clock,
      world,
      messages,
      nonces: new NonceWindow(clock),
      interactions,
      responder: new Responder(world, messages, interactions),
      limiter,
      baseUrl,
      gatewayInfo: () => ({ url: gatewayUrl(), shards: 1, session_start_limit: gateway.budget.state }),
    };
    const log = new RequestLog(options.requestsKept ?? 200_000);
    const faults = new Faults();
    const router = new Router(allRoutes(core));
    const onDefect = (error: unknown): void => void this.#defects.push(error);
    this.#pipeline = new Pipeline({ clock, world, router, limiter, log, faults, onDefect, revision });
    this.#rest = new RestServer(clock, this.#pipeline, (request, socket, head) =>
      gateway.upgrade(request, socket, head),
    );
    messages.onChange(() => revision.bump());
    gateway.onChange = () => revision.bump();
    const operations = new LocalOperations({
      core,
      gateway,
      faults,
      log,
      rest: this.#rest,
      pipeline: this.#pipeline,
      revision,
      identity: () => this.identity,
    });
    this.control = createControl(operations, () => clock.monotonic());
    this.#controlServer = new ControlServer(operations);
  }

  /** Starts everything; resolves when the API, the gateway and the control interface listen. */
  static async start(options: SimulatorOptions = {}): Promise<Simulator> {
    const simulator = new Simulator(options);
    const schemas = loadSchemas();
    await simulator.#rest.listen(options.port ?? 0);
    await simulator.#controlServer.listen(options.controlPort ?? 0);
    await schemas;
    return simulator;
  }

  get identity(): Identity {
    const { apiUrl, controlUrl, token, applicationId, botUserId, guildId, foreignGuildId, opsChannelId } = this;
    const people = Object.fromEntries(this.#world.people);
    const ids = { applicationId, botUserId, guildId, foreignGuildId, opsChannelId };
    return { apiUrl, controlUrl, token, ...ids, seed: this.#seed, people };
  }

  /** Base of the REST API, without the version: the value of DISCORD_API_URL. */
  get apiUrl(): string {
    return `http://127.0.0.1:${this.#rest.port}/api`;
  }

  get controlUrl(): string {
    return this.#controlServer.url;
  }

  /** The bot's token that is valid now. */
  get token(): string {
    return this.#world.token;
  }

  get applicationId(): string {
    return this.#world.applicationId;
  }

  get botUserId(): string {
    return this.#world.bot.id;
  }

  get guildId(): string {
    return this.#world.guildId;
  }

  /** A second guild, in which the bot is too but should serve nobody. */
  get foreignGuildId(): string {
    return this.#world.foreignGuildId;
  }

  get opsChannelId(): string {
    return this.#world.opsChannelId;
  }

  get seed(): number {
    return this.#seed;
  }

  /** Defects of the simulator itself that were answered with 500; a sound run has none. */
  get defects(): readonly unknown[] {
    return this.#defects;
  }

  /** Looks at requests at their stages; a returned promise holds the request up. Returns how to stop looking. */
  onRequest(hook: RequestHook): () => void {
    return this.#pipeline.hook(hook);
  }

  /** Ends everything at once; a second call does nothing. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#gateway.close();
    this.clock.close();
    this.#revision.close();
    await this.#rest.close();
    await this.#controlServer.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
