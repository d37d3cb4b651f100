/** The least a bot can be: discord.js, and the same words to every command. What the answer times are held against. */
import { Client, GatewayIntentBits } from "discord.js";

const client = new Client({
  intents: [GatewayIntentBits.Guilds],
  rest: { api: process.env["DISCORD_API_URL"] ?? "" },
  waitGuildTimeout: 2_000,
});
client.on("interactionCreate", (interaction) => {
  if (interaction.isChatInputCommand()) void interaction.reply("pong");
});
client.once("clientReady", () => {
  void client.application?.commands.set([{ name: "ping", description: "pong" }], process.env["DISCORD_GUILD_ID"] ?? "");
});
await client.login(process.env["DISCORD_TOKEN"] ?? "");
