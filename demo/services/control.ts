/**
 * Asks the demo's supervisor to do something to a service, as `systemctl` asks systemd. Ends with 0 when it is done.
 * Usage: node control.js SOCKET restart|start|stop NAME
 */
import { connect } from "node:net";

const [path = "", word = "", name = ""] = process.argv.slice(2);
const socket = connect(path);
let answer = "";
socket.on("connect", () => socket.write(`${word} ${name}\n`));
socket.on("data", (chunk: Buffer) => {
  answer += chunk.toString("utf8");
});
socket.on("error", (error) => {
  answer = `the supervisor cannot be reached: ${error.message}`;
});
socket.on("close", () => {
  const done = answer.trim() === "done";
  (done ? process.stdout : process.stderr).write(`${answer.trim() || "no answer"}\n`);
  process.exitCode = done ? 0 : 1;
});
