import type { Form } from "./form.js";
import { shaped } from "./form.js";
import { isPlaceholder } from "./value.js";

const SLASHES = String.raw`:(?:\\{0,7}\/){2}`;
const USER = String.raw`[^\s:@/?#"'<>\\]{0,128}`;
/** What must stand behind a password: `@`, and what reads as hosts up to the end of the authority. */
const HOST = String.raw`(?=@[A-Za-z0-9._,:[\]-]*(?:\\?\/|[?\s"'\\;)>#]|$|@)|@(?:tcp|unix)\()`;
const LAST_HOST = String.raw`(?=@[A-Za-z0-9._,:[\]%-]*(?:\\?\/|[?\s"'\\;)>#&]|$)|@(?:tcp|unix)\()`;
const ENCODED_SLASHES = "%3A(?:%2F){2}";

function isPassword(value: string): boolean {
  return !isPlaceholder(value);
}

export const URL_PASSWORDS: readonly Form[] = [
  shaped({
    anchors: ["://", ":\\"],
    head: `${SLASHES}${USER}:`,
    secret: String.raw`[^\s/?#"'<>\\]{1,512}?${LAST_HOST}`,
    accept: isPassword,
  }),
  // A token in the place of the user.
  shaped({
    anchors: ["://", ":\\"],
    head: SLASHES,
    secret: String.raw`(?=[\w%-]*\d)(?=[\w%-]*[A-Za-z])[\w%-]{20,512}(?=:?@)`,
    accept: isPassword,
  }),
  shaped({
    anchors: ["%[3][aA]%"],
    head: `${ENCODED_SLASHES}(?:(?!%3A|%40|%2F)[^\\s"'&/]){0,128}%3A`,
    secret: String.raw`(?:(?!%40|%2F)[^\s"'&/]){1,512}(?=%40)`,
    flags: "i",
    accept: isPassword,
  }),
];

const ENGINES = [
  "postgres(?:ql)?|pgsql|mysql|mariadb|mongodb|rediss?|valkey|amqps?|mssql|sqlserver|oracle|clickhouse|cockroachdb|cassandra|couchdb|",
  "elasticsearch|influxdb|neo4j|bolt|memcached|nats|kafka|ldaps?|db2|snowflake|trino|jdbc:[a-z]{2,20}",
].join("");

/** Passwords of database addresses, which people write with characters that a URL does not allow there. */
/** What Go's MySQL driver takes, without a scheme: `user:password@tcp(host)/name`. */
const BEFORE_ADDRESS = /(?<=(?:^|[\s"'=(:>\x60])[\w.-]{1,32}:)[^\s"'<>\\:/]{1,48}$/u;

export const DATABASE_URLS: readonly Form[] = [
  {
    anchors: ["@tcp", "@uni"],
    find(window, at) {
      if (!/^@(?:tcp|unix)\(/u.test(window.slice(at, at + 6))) return undefined;
      const value = BEFORE_ADDRESS.exec(window.slice(0, at))?.[0];
      return value === undefined || isPlaceholder(value) ? undefined : { start: at - value.length, end: at };
    },
  },
  shaped({
    anchors: ["thin"],
    head: String.raw`(?<=oracle:)thin:[\w$#]{1,64}\\{0,7}\/`,
    secret: String.raw`[^\s"'<>\\@]{1,256}(?=@)`,
    flags: "i",
    accept: isPassword,
  }),
  shaped({
    anchors: ["://", ":\\"],
    head: `(?<=(?:${ENGINES})(?:\\+[\\w]{1,16})?)${SLASHES}${USER}:`,
    secret: String.raw`(?!\d{1,5}(?:[/?,\s]|$))[^\s"'<>\\]{1,512}?${HOST}(?!@[^\s"'\\?]*@[\w.-]+(?::\d+)?(?:\\?\/|$))`,
    flags: "i",
    accept: isPassword,
  }),
  shaped({
    anchors: ["dsn", "_url", "data"],
    head: String.raw`(?:dsn|_url|data source name)["']?[ \t]{0,8}[=:][ \t]{0,8}["']?[\w.-]{1,64}:`,
    secret: String.raw`(?!\/\/)[^\s"'<>\\]{1,256}?(?=@(?:tcp|unix)\()`,
    flags: "i",
    accept: isPassword,
  }),
];
