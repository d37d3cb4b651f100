/** Writes messages as a bot does, and edits every second one; asks its parent before each message. */
const [apiUrl, channel, token, count] = process.argv.slice(2);

const headers = {
  authorization: `Bot ${token}`,
  "user-agent": "DiscordBot (https://example.org, 1.0)",
  "content-type": "application/json",
};
const url = `${apiUrl}/v10/channels/${channel}/messages`;
const embeds = [{ title: "Disk", description: "93 % of 49 GiB", fields: [{ name: "host", value: "web-1" }] }];

for (let at = 0; at < Number(count); at += 1) {
  const allowed = new Promise((resolve) => process.once("message", resolve));
  process.send?.("next");
  await allowed;
  const made = await fetch(url, {
    method: "POST",
    headers,
    body: JSON.stringify({ content: `message ${at}`, embeds }),
  });
  const { id } = (await made.json()) as { id: string };
  if (at % 2 === 0) continue;
  const edit = await fetch(`${url}/${id}`, { method: "PATCH", headers, body: JSON.stringify({ content: "edited" }) });
  await edit.arrayBuffer();
}
process.disconnect();
