import { parseArgs } from "node:util";

import type { Catalogue } from "../locale/index.js";
import type { CliCall, CliCommand } from "./command.js";

export type ParsedCall =
  | { readonly kind: "call"; readonly command: CliCommand; readonly call: CliCall }
  | { readonly kind: "help"; readonly command?: CliCommand; readonly asked: boolean }
  | { readonly kind: "version" }
  /** One sentence that says what is wrong. */
  | { readonly kind: "mistake"; readonly complaint: string };

const EVERYWHERE = {
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "v" },
} as const;

/** Words of the arguments, held against what the commands declare. Options may stand before the command's name if they take no value. */
export function parseCall(argv: readonly string[], commands: readonly CliCommand[], catalogue: Catalogue): ParsedCall {
  const words = catalogue.cli;
  const at = argv.findIndex((word) => !word.startsWith("-"));
  const name = argv[at];
  if (at < 0 || name === undefined || name === "help" || name === "version") {
    return parseWithout(argv, at, commands, catalogue);
  }
  const command = find(commands, name, argv[at + 1]);
  if (!command) return { kind: "mistake", complaint: words.unknownCommand(name) };
  const rest = [...argv.slice(0, at), ...argv.slice(at + command.name.split(" ").length)];
  return parseOf(command, rest, catalogue);
}

/** The longest name that fits: `audit verify` before `audit`. */
function find(commands: readonly CliCommand[], first: string, second: string | undefined): CliCommand | undefined {
  const named = (name: string): CliCommand | undefined => commands.find((command) => command.name === name);
  return (second === undefined ? undefined : named(`${first} ${second}`)) ?? named(first);
}

/** Nothing to do but to say what there is. */
function parseWithout(
  argv: readonly string[],
  at: number,
  commands: readonly CliCommand[],
  { cli: words }: Catalogue,
): ParsedCall {
  const options = at < 0 ? argv : argv.filter((_word, index) => index !== at && index < at);
  const unknown = options.find((word) => !["-h", "--help", "-v", "--version"].includes(word));
  if (unknown !== undefined) return { kind: "mistake", complaint: words.unknownOption(unknown) };
  const name = argv[at];
  const [first, second, extra] = at < 0 ? [] : argv.slice(at + 1);
  if (name === "help" && first !== undefined) {
    const command = find(commands, first, second);
    if (!command) return { kind: "mistake", complaint: words.unknownCommand(first) };
    const more = command.name.includes(" ") ? extra : second;
    return more === undefined
      ? { kind: "help", command, asked: true }
      : { kind: "mistake", complaint: words.tooMuch(name, more) };
  }
  if (name === "version" && first !== undefined) return { kind: "mistake", complaint: words.tooMuch(name, first) };
  if (name === "version" || options.some((word) => word === "-v" || word === "--version")) return { kind: "version" };
  return { kind: "help", asked: argv.length > 0 };
}

function parseOf(command: CliCommand, args: readonly string[], catalogue: Catalogue): ParsedCall {
  const { cli: words } = catalogue;
  const declared = { ...command.options, ...EVERYWHERE };
  // Not strict: Node's own complaints go on with advice that helps nobody here.
  const { tokens } = parseArgs({
    args: [...args],
    options: declared,
    strict: false,
    tokens: true,
    allowPositionals: true,
  });
  const values: Record<string, string | boolean | undefined> = {};
  for (const [option, { type }] of Object.entries(command.options))
    values[option] = type === "boolean" ? false : undefined;
  const positionals: string[] = [];
  let help = false;
  let version = false;
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const { name, rawName, value } = token;
    const option: { readonly type: string } | undefined = Object.hasOwn(declared, name)
      ? declared[name as keyof typeof declared]
      : undefined;
    if (!option) return { kind: "mistake", complaint: words.tooMuch(command.name, rawName) };
    if (option.type === "boolean" && value !== undefined) {
      return { kind: "mistake", complaint: words.noValue(rawName, value) };
    }
    if (option.type === "string" && (value === undefined || (!token.inlineValue && value.startsWith("-")))) {
      return { kind: "mistake", complaint: words.needsValue(rawName) };
    }
    if (name === "help") help = true;
    else if (name === "version") version = true;
    else values[name] = value ?? true;
  }
  if (version) return { kind: "version" };
  if (help) return { kind: "help", command, asked: true };
  const { least = 0, most } = command.positionals ?? { most: 0 };
  const extra = positionals[most];
  if (extra !== undefined) return { kind: "mistake", complaint: words.tooMuch(command.name, extra) };
  if (positionals.length < least) {
    return { kind: "mistake", complaint: words.tooLittle(command.name, command.words(catalogue).takes ?? "") };
  }
  const format = values["json"] === true ? "json" : "text";
  return {
    kind: "call",
    command,
    call: { arguments: positionals, values: values as CliCall["values"], format, catalogue },
  };
}
