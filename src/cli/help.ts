import type { Catalogue } from "../locale/index.js";
import type { CliCommand } from "./command.js";

/** Where the second column begins. */
const COLUMN = 24;

function row(left: string, right: string): string {
  return left.length < COLUMN - 2 ? `  ${left.padEnd(COLUMN - 2)}${right}` : `  ${left}\n${" ".repeat(COLUMN)}${right}`;
}

function called(command: CliCommand, catalogue: Catalogue): string {
  const { takes } = command.words(catalogue);
  return takes === undefined ? command.name : `${command.name} ${takes}`;
}

/** What there is, one line a command. */
export function overview(commands: readonly CliCommand[], catalogue: Catalogue): string {
  const { cli: words } = catalogue;
  return [
    words.usage,
    "",
    ...commands.map((command) => row(called(command, catalogue), command.words(catalogue).summary)),
    row("help", words.helpHelp),
    row("version", words.helpVersion),
    "",
    words.helpOfOne,
    words.exitCodes,
  ].join("\n");
}

/** Everything about one command. */
export function helpOf(command: CliCommand, catalogue: Catalogue): string {
  const { cli: words } = catalogue;
  const { summary, options = {}, more = [] } = command.words(catalogue);
  const rows = Object.entries(command.options).map(([name, option]) => {
    const said = options[name];
    const value = option.type === "string" ? ` ${said?.takes ?? "VALUE"}` : "";
    const short = option.short === undefined ? "" : `-${option.short}, `;
    return row(`${short}--${name}${value}`, said?.help ?? (name === "json" ? words.helpJson : ""));
  });
  return [
    words.usageOf(called(command, catalogue), rows.length > 0),
    "",
    `  ${summary}`,
    ...(rows.length > 0 ? ["", ...rows] : []),
    ...(more.length > 0 ? ["", ...more.map((line) => `  ${line}`)] : []),
    "",
    words.exitCodes,
  ].join("\n");
}
