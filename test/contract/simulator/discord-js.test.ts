import {
  ActionRowBuilder,
  ApplicationCommandOptionType,
  ButtonBuilder,
  ButtonStyle,
  Client,
  Events,
  GatewayIntentBits,
  LabelBuilder,
  MessageFlags,
  ModalBuilder,
  TextInputBuilder,
  TextInputStyle,
} from "discord.js";
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

  it("resumes after a cut with the interaction that came meanwhile", async () => {
    const ready = new Promise<void>((resolve) => {
      client.once(Events.ClientReady, () => resolve());
    });
    await client.login(discord.token);
    await ready;
    const got = new Promise<string>((resolve) => {
      client.once(Events.InteractionCreate, (interaction) => resolve(interaction.id));
    });
    const resumed = new Promise<void>((resolve) => {
      client.once(Events.ShardResume, () => resolve());
    });
    await discord.control.gateway.dropSocket();
    await discord.control.waitFor("the lost socket", async () =>
      (await discord.control.gateway.state()).sessions.every((session) => !session.connected),
    );
    const asked = await discord.control.as("admin").command("anything", {}, { force: true });
    expect((await asked.view()).delivered).toBe(false);
    await resumed;
    expect(await got).toBe(asked.id);
    const state = await discord.control.gateway.state();
    expect(state.connections.map((entry) => entry.event)).toEqual([
      "connected",
      "identified",
      "closed",
      "connected",
      "resumed",
    ]);
  });

  it("buttons, modals and updates go both ways", async () => {
    const ready = new Promise<void>((resolve) => {
      client.once(Events.ClientReady, () => resolve());
    });
    await client.login(discord.token);
    await ready;
    client.on(Events.InteractionCreate, (interaction) => {
      void (async () => {
        if (interaction.isButton()) {
          const input = new TextInputBuilder().setCustomId("why").setStyle(TextInputStyle.Short);
          const label = new LabelBuilder().setLabel("Why").setTextInputComponent(input);
          await interaction.showModal(
            new ModalBuilder().setCustomId("form").setTitle("Reason").addLabelComponents(label),
          );
        } else if (interaction.isModalSubmit() && interaction.isFromMessage()) {
          await interaction.update({
            content: `because ${interaction.fields.getTextInputValue("why")}`,
            components: [],
          });
        }
      })();
    });
    const channel = await client.channels.fetch(discord.opsChannelId);
    const button = new ButtonBuilder().setStyle(ButtonStyle.Primary).setLabel("Restart").setCustomId("restart");
    const row = new ActionRowBuilder<ButtonBuilder>().addComponents(button);
    const sent =
      channel?.isSendable() === true ? await channel.send({ content: "web is down", components: [row] }) : undefined;
    const pressed = await discord.control.as("operator").press(sent?.id ?? "", "restart");
    expect(await pressed.response()).toMatchObject({ state: "modal", modal: { custom_id: "form" } });
    const submitted = await discord.control.as("operator").submitModal(pressed, { why: "disk full" });
    const answer = await submitted.response();
    expect(answer).toMatchObject({
      state: "updated",
      message: { id: sent?.id, content: "because disk full", components: [] },
    });
    expect(discord.defects).toEqual([]);
  });
});
