import type { Config } from "../config/config.js";
import { catalogueFor } from "../locale/index.js";
import type { Offers } from "../message/incident.js";
import { createDiscordReceiver } from "../notify/discord-receiver.js";
import type { DiscordReceiver } from "../notify/discord-receiver.js";
import { createRenderer } from "../notify/render.js";
import type { Renderer } from "../notify/render.js";
import { createSender } from "../notify/sender.js";
import type { Sender } from "../notify/sender.js";
import { createWebhookFallback } from "../notify/webhook-fallback.js";
import type { AppContext } from "./context.js";
import { logSourcesOf } from "./logs.js";

/** The half that speaks: it needs Discord's REST interface alone. */
export interface Speaking {
  readonly sender: Sender;
  readonly receiver: DiscordReceiver;
}

export function createSpeaking(context: AppContext, onRefused: (detail: string) => void): Speaking {
  const { clock, logs, lifecycle, store, settings, random } = context;
  const { config, secrets } = settings();
  const receiver = createDiscordReceiver({ apiUrl: config.apiUrl, token: secrets.token, clock });
  lifecycle.onStop("receiver", () => receiver.stop());
  const sender = createSender({
    store,
    clock,
    log: logs.for("sender"),
    receiver,
    render: rendererOf(context),
    get opsChannel() {
      return settings().config.opsChannel;
    },
    get fallback() {
      const { fallbackUrl } = settings().secrets;
      return fallbackUrl && createWebhookFallback(clock, fallbackUrl);
    },
    onRefused,
    random,
  });
  lifecycle.onStop("sender", async () => {
    const { drained } = await sender.stop();
    if (!drained) logs.for("sender").warn({}, "requests were cut off; they are looked up at the next start");
  });
  return { sender, receiver };
}

/** The buttons of an alert follow the configuration: what has a log can be read, what lists a restart can be restarted. */
function offersOf(config: Config): (target: string) => Offers {
  return (name) => ({
    logs: logSourcesOf(config).some((source) => source.target === name),
    restart: config.targets.some(
      (target) => target.name === name && target.actions.some((one) => one.name === "restart"),
    ),
  });
}

/** Asks for the settings at each message, so that language, host and labels follow a reload. */
function rendererOf({ settings }: AppContext): Renderer {
  const current = (): Renderer => {
    const { config } = settings();
    const { host, labels, locale } = config;
    return createRenderer({ host, globalLabels: labels, catalogue: catalogueFor(locale), offers: offersOf(config) });
  };
  return {
    incident: (view) => current().incident(view),
    announcement: (view) => current().announcement(view),
    fileLine: (entry) => current().fileLine(entry),
    threadName: (view) => current().threadName(view),
  };
}
