import { SimulatedClock } from "../clock.js";
import { isObject } from "../json.js";
import { ControlError, createControl } from "./client.js";
import type { Control } from "./client.js";
import type { Operations } from "./types.js";

type Input<K extends keyof Operations> = Parameters<Operations[K]>[0];
type Result<K extends keyof Operations> = ReturnType<Operations[K]>;

/** The control operations of a simulator in another process: each is one `POST <controlUrl>/<operation>`. */
class RemoteOperations implements Operations {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** The other side is this program's own server, whose answers have the operation's type by construction. */
  async #post<T>(name: keyof Operations, input: unknown = {}): Promise<T> {
    const response = await fetch(`${this.#url}/${name}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(input),
    });
    const body: unknown = await response.json();
    if (!isObject(body) || !response.ok) {
      throw new ControlError(isObject(body) ? String(body["error"]) : `HTTP ${response.status}`);
    }
    return body["result"] as T;
  }

  identity(): Result<"identity"> {
    return this.#post("identity");
  }

  changed(input: Input<"changed">): Result<"changed"> {
    return this.#post("changed", input);
  }

  act(input: Input<"act">): Result<"act"> {
    return this.#post("act", input);
  }

  interaction(input: Input<"interaction">): Result<"interaction"> {
    return this.#post("interaction", input);
  }

  say(input: Input<"say">): Result<"say"> {
    return this.#post("say", input);
  }

  messages(input: Input<"messages">): Result<"messages"> {
    return this.#post("messages", input);
  }

  deleteMessage(input: Input<"deleteMessage">): Result<"deleteMessage"> {
    return this.#post("deleteMessage", input);
  }

  attachment(input: Input<"attachment">): Result<"attachment"> {
    return this.#post("attachment", input);
  }

  channels(): Result<"channels"> {
    return this.#post("channels");
  }

  guild(): Result<"guild"> {
    return this.#post("guild");
  }

  createChannel(input: Input<"createChannel">): Result<"createChannel"> {
    return this.#post("createChannel", input);
  }

  deleteChannel(input: Input<"deleteChannel">): Result<"deleteChannel"> {
    return this.#post("deleteChannel", input);
  }

  setThread(input: Input<"setThread">): Result<"setThread"> {
    return this.#post("setThread", input);
  }

  setPermissions(input: Input<"setPermissions">): Result<"setPermissions"> {
    return this.#post("setPermissions", input);
  }

  setCommandPermissions(input: Input<"setCommandPermissions">): Result<"setCommandPermissions"> {
    return this.#post("setCommandPermissions", input);
  }

  addRole(input: Input<"addRole">): Result<"addRole"> {
    return this.#post("addRole", input);
  }

  setRole(input: Input<"setRole">): Result<"setRole"> {
    return this.#post("setRole", input);
  }

  deleteRole(input: Input<"deleteRole">): Result<"deleteRole"> {
    return this.#post("deleteRole", input);
  }

  addMember(input: Input<"addMember">): Result<"addMember"> {
    return this.#post("addMember", input);
  }

  setMember(input: Input<"setMember">): Result<"setMember"> {
    return this.#post("setMember", input);
  }

  removeBot(): Result<"removeBot"> {
    return this.#post("removeBot");
  }

  addBot(): Result<"addBot"> {
    return this.#post("addBot");
  }

  setGuildAvailable(input: Input<"setGuildAvailable">): Result<"setGuildAvailable"> {
    return this.#post("setGuildAvailable", input);
  }

  addWebhook(input: Input<"addWebhook">): Result<"addWebhook"> {
    return this.#post("addWebhook", input);
  }

  deleteWebhook(input: Input<"deleteWebhook">): Result<"deleteWebhook"> {
    return this.#post("deleteWebhook", input);
  }

  commands(input: Input<"commands"> = {}): Result<"commands"> {
    return this.#post("commands", input);
  }

  setToken(input: Input<"setToken">): Result<"setToken"> {
    return this.#post("setToken", input);
  }

  requests(input: Input<"requests">): Result<"requests"> {
    return this.#post("requests", input);
  }

  clearRequests(): Result<"clearRequests"> {
    return this.#post("clearRequests");
  }

  invalidRequests(): Result<"invalidRequests"> {
    return this.#post("invalidRequests");
  }

  liftBan(): Result<"liftBan"> {
    return this.#post("liftBan");
  }

  fault(input: Input<"fault">): Result<"fault"> {
    return this.#post("fault", input);
  }

  faultState(input: Input<"faultState">): Result<"faultState"> {
    return this.#post("faultState", input);
  }

  faultStruck(input: Input<"faultStruck">): Result<"faultStruck"> {
    return this.#post("faultStruck", input);
  }

  removeFault(input: Input<"removeFault">): Result<"removeFault"> {
    return this.#post("removeFault", input);
  }

  clearFaults(): Result<"clearFaults"> {
    return this.#post("clearFaults");
  }

  outage(input: Input<"outage">): Result<"outage"> {
    return this.#post("outage", input);
  }

  gateway(input: Input<"gateway">): Result<"gateway"> {
    return this.#post("gateway", input);
  }

  gatewayState(): Result<"gatewayState"> {
    return this.#post("gatewayState");
  }

  setSessionStartLimit(input: Input<"setSessionStartLimit">): Result<"setSessionStartLimit"> {
    return this.#post("setSessionStartLimit", input);
  }

  clock(input: Input<"clock">): Result<"clock"> {
    return this.#post("clock", input);
  }

  switches(input: Input<"switches">): Result<"switches"> {
    return this.#post("switches", input);
  }
}

/** The control interface of a simulator in another process, by the URL that it announces. */
export function createControlClient(controlUrl: string): Control {
  const clock = new SimulatedClock();
  return createControl(new RemoteOperations(controlUrl), () => clock.monotonic());
}
