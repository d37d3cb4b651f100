import type { PageAction } from "../simulator/index.js";

import type { DemoService } from "./service.js";
import type { DemoWorld } from "./world.js";

const BURN_SECONDS = 60;
const AWAY_SECONDS = 60;
const LIMITED_SECONDS = 30;

function serviceActions(service: DemoService): readonly PageAction[] {
  const { name } = service;
  return [
    {
      id: `break-${name}`,
      group: "Services",
      label: `Break ${name}`,
      hint: "kill -9 of its process; the alert comes within two checks",
      nature: "real",
      run: async () => {
        if (!service.running) return `${name} does not run`;
        await service.kill();
        return `${name} is killed`;
      },
    },
    {
      id: `mend-${name}`,
      group: "Services",
      label: `Mend ${name}`,
      hint: "starts it again; the same message turns green",
      nature: "real",
      run: async () => {
        if (service.running) return `${name} runs already`;
        await service.start();
        return `${name} runs again`;
      },
    },
  ];
}

function hostActions({ burner }: DemoWorld): readonly PageAction[] {
  return [
    {
      id: "burn-cpu",
      group: "This machine",
      label: `Burn every core for ${BURN_SECONDS} s`,
      hint: "HostCpu fires when it has lasted for 10 s",
      nature: "real",
      run: async () => {
        burner.start(BURN_SECONDS);
        return "every core is at work";
      },
    },
    {
      id: "cool-cpu",
      group: "This machine",
      label: "Stop burning",
      hint: "the alert ends after its clear limit is met",
      nature: "real",
      run: async () => {
        burner.stop();
        return "the cores rest";
      },
    },
  ];
}

function discordActions({ discord }: DemoWorld): readonly PageAction[] {
  const { control } = discord;
  return [
    {
      id: "outage",
      group: "Discord",
      label: `Cut Discord off for ${AWAY_SECONDS} s`,
      hint: "what happens meanwhile is told late, once, and says so",
      nature: "simulated",
      run: async () => {
        await control.outage(AWAY_SECONDS * 1_000);
        return `Discord is out of reach for ${AWAY_SECONDS} s`;
      },
    },
    {
      id: "rate-limit",
      group: "Discord",
      label: `Answer 429 for ${LIMITED_SECONDS} s`,
      hint: "every message of the bot has to wait; none is lost",
      nature: "simulated",
      run: async () => {
        const until = (await control.clock.now()) + LIMITED_SECONDS * 1_000;
        const limited = await control.fault({
          match: { route: /\/messages/, routeClass: "bot", times: "always" },
          kind: "rate-limit",
          retryAfterMs: 5_000,
          scope: "shared",
        });
        setTimeout(() => void limited.remove().catch(() => undefined), until - (await control.clock.now())).unref();
        return `messages are answered with 429 for ${LIMITED_SECONDS} s`;
      },
    },
    {
      id: "drop-gateway",
      group: "Discord",
      label: "Drop the gateway connection",
      hint: "the bot resumes its session; nothing is missed",
      nature: "simulated",
      run: async () => {
        await control.gateway.dropSocket();
        return "the gateway connection is cut";
      },
    },
  ];
}

function botActions({ bot }: DemoWorld): readonly PageAction[] {
  return [
    {
      id: "kill-bot",
      group: "The bot",
      label: "kill -9 the bot",
      hint: "it starts again at once, and nothing is said twice",
      nature: "real",
      run: async () => {
        await bot.stop("SIGKILL");
        bot.start();
        return "the bot was killed and starts again";
      },
    },
    {
      id: "stop-bot",
      group: "The bot",
      label: "Stop the bot",
      hint: "commands are then answered by “The application did not respond”",
      nature: "real",
      run: async () => {
        await bot.stop();
        return "the bot has stopped";
      },
    },
    {
      id: "start-bot",
      group: "The bot",
      label: "Start the bot",
      hint: "it takes up what it had in hand",
      nature: "real",
      run: async () => {
        if (bot.pid !== undefined) return "the bot runs already";
        bot.start();
        return "the bot starts";
      },
    },
  ];
}

/** Everything the page can make happen in the demo. */
export function demoActions(world: DemoWorld): readonly PageAction[] {
  return [
    ...[...world.services.values()].flatMap(serviceActions),
    ...hostActions(world),
    ...discordActions(world),
    ...botActions(world),
  ];
}
