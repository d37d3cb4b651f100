import type { Form } from "./form.js";
import { QUOTE, shaped } from "./form.js";
import { isPlaceholder, looksRandom } from "./value.js";

interface Option {
  /** Programs that take it, as a regular expression. */
  readonly programs: string;
  readonly anchors: readonly string[];
  /** From the space before it to the value. */
  readonly option: string;
  readonly value?: string;
}

/** How programs take a password as an option that its name does not give away. */
const OPTIONS: readonly Option[] = [
  {
    programs:
      "(?:mysql|mariadb)(?:-?(?:dump|admin|import|check|show|sh|slap|binlog|backup|upgrade))?|mydumper|xtrabackup|innobackupex",
    anchors: [" -p"],
    option: String.raw`[ ]-p`,
  },
  { programs: "7z[ar]?|rar|unrar", anchors: [" -p"], option: String.raw`[ ]-p` },
  {
    programs:
      "mongo(?:sh|dump|restore|export|import|stat|top)?|docker[ ]login|podman[ ]login|az[ ]login|oc[ ]login|cf[ ]login|sqlcmd|tsql|impacket[\\w-]*|crackmapexec|rpcclient",
    anchors: [" -p "],
    option: String.raw`[ ]-p[ \t]{1,4}`,
  },
  {
    programs: "sqlcmd|bcp|isql|unzip|zip|sybase|zabbix_[a-z]+",
    anchors: [" -P", " -P "],
    option: String.raw`[ ]-P[ \t]{0,4}`,
  },
  {
    programs: "redis-cli|redis-benchmark|valkey-cli|keydb-cli",
    anchors: [" -a "],
    option: String.raw`[ ]-a[ \t]{1,4}`,
  },
  {
    programs: "ldap(?:search|modify|add|delete|passwd|whoami|modrdn|compare)",
    anchors: [" -w "],
    option: String.raw`[ ]-w[ \t]{1,4}`,
  },
  {
    programs: "https?|xh|wget|lftp|ab|siege|curl",
    anchors: [" -a ", " -u ", " -A "],
    option: `[ ]-[auA][ \\t]{1,4}${QUOTE}?[\\w.@+\\\\-]{1,64}[:,]`,
  },
  {
    programs: "smbclient|rpcclient|net|mount.cifs|winexe",
    anchors: [" -u ", " --u"],
    option: `[ ](?:-U|--user(?:=|[ ]))[ \\t]{0,4}${QUOTE}?[\\w.@+\\\\/-]{1,64}%`,
  },
  {
    programs: "htpasswd",
    anchors: [" -b ", " -[cniB]b", " -b[cniB]"],
    option: String.raw`[ ]-[A-Za-z]{0,4}b[A-Za-z]{0,4}[ \t]+[^\s]{1,128}[ \t]+[\w.@-]{1,64}[ \t]+`,
  },
  {
    programs: "rabbitmqctl",
    anchors: ["add_", "chan"],
    option: String.raw`(?<=[ ])(?:add_user|change_password)[ \t]+[\w.@-]{1,64}[ \t]+`,
  },
];

/** The password of a line of PostgreSQL's `.pgpass`: host, port, database, user, password; nothing but these five. */
const PGPASS = shaped({
  anchors: ["[0123456789][0123456789][0123456789]:", ":*:"],
  head: String.raw`(?<=(?:^|[\s"'=\x60(])(?!\d{1,3}:)[\w.*-]{1,48}:\d{0,2}|(?:^|[\s"'=\x60(])[\w.*-]{1,48}(?=:\*:))(?:\d{3}:|:\*:)(?=[^:\s]*[A-Za-z_*])[\w.*$-]{1,63}:(?=[^:\s]*[A-Za-z_])[\w.*$@-]{1,63}:`,
  secret: String.raw`(?:\\[:\\]|[^\s:"'\\])+(?=\\{0,7}[\s"'\x60)]|$)`,
  accept: (value) => !isPlaceholder(value) && (looksRandom(value, 6) || value.length >= 12),
});

export const COMMANDS: readonly Form[] = [
  ...OPTIONS.map(({ programs, anchors, option, value = String.raw`[^\s"'\\|;&<>]+` }) =>
    shaped({
      anchors,
      head: `(?<=(?<![\\w.-])(?:${programs})(?:\\.exe)?\\b[^\\r\\n|;&]{0,50})${option}${QUOTE}?`,
      secret: value,
      rest: "[^\\s\"'\\\\]",
      accept: (found) => !isPlaceholder(found) && !found.startsWith("-"),
    }),
  ),
  PGPASS,
  // `user:password` handed to chpasswd.
  shaped({
    anchors: ["echo", "prin"],
    head: `(?<![\\w-])(?:echo|printf)(?:[ \\t]+-[ne]{1,2})?[ \\t]+${QUOTE}?[\\w.-]{1,32}:`,
    secret: String.raw`[^\s"'\\|]{1,128}(?=\\{0,7}["']?[ \t]*\|[ \t]*(?:sudo[ \t]+)?chpasswd)`,
    accept: (found) => !isPlaceholder(found),
  }),
];
