import { ApplicationCommandOptionType, Client, Events, GatewayIntentBits, MessageFlags } from "discord.js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { Simulator } from "../../../simulator/index.js";

describe("the simulator driven by discord.js", () => {
  let discord: Simulator;
  let client: Client;

  beforeEach(async () => {
    discord = await Simulator.start({ seed: 7 });
    client = new Client({ intents: [GatewayIntentBits.Guilds], rest: { api: discord.apiUrl } });
  });

  afterEach(async () => {
    await client.destroy();
    await discord.stop();
  });

  it("goes from login to command, reply with response, edit and follow-up", async () => {
    const ready = new Promise<void>((resolve) => {
      client.once(Events.ClientReady, () => resolve());
    });
    await client.login(discord.token);
    await ready;
    expect(client.guilds.cache.get(discord.guildId)?.channels.cache.has(discord.opsChannelId)).toBe(true);

    await client.application?.commands.set(
      [
        {
          name: "health",
          description: "How it is",
          options: [{ type: ApplicationCommandOptionType.String, name: "target", description: "Which" }],
        },
      ],
      discord.guildId,
    );
    const replied: string[] = [];
    client.on(Events.InteractionCreate, (interaction) => {
      void (async () => {
        if (!interaction.isChatInputCommand()) return;
        const sent = await interaction.reply({ content: "looking", withResponse: true });
        replied.push(sent.resource?.message?.id ?? "");
        await interaction.editReply({
          content: `well: ${interaction.options.getString("target")} ${interaction.locale}`,
        });
        await interaction.followUp({ content: "only you", flags: MessageFlags.Ephemeral });
      })();
    });
    const asked = await discord.control.as("viewer").command("health", { target: "web" }, { locale: "ja" });
    const [followUp] = await asked.followUps(1);
    const answer = await asked.response();

    expect(answer.state).toBe("message");
    expect(answer.message?.id).toBe(replied[0]);
    expect(answer.message?.content).toBe("well: web ja");
    expect(answer.message?.history.map((version) => version.content)).toEqual(["looking"]);
    expect(followUp?.ephemeralFor).toBe((await discord.control.identity()).people["viewer"]);
    expect(answer.callbackMs).toBeGreaterThan(0);
    expect(discord.defects).toEqual([]);
  });
});
