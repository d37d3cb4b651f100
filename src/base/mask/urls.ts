import type { Form } from "./form.js";
import { shaped } from "./form.js";
import { isPlaceholder } from "./value.js";

const SLASHES = String.raw`:(?:\\{0,7}\/){2}`;
const USER = String.raw`[^\s:@/?#"'<>\\]{0,128}`;
/** What must stand behind a password: `@`, and what reads as hosts up to the end of the authority. */
const LAST_HOST = String.raw`(?=@[A-Za-z0-9._,:[\]%-]*(?:\\?\/|[?\s"'\\;)>#&]|$)|@(?:tcp|unix)\()`;
const ENCODED_SLASHES = "%3A(?:%2F){2}";

function isPassword(value: string): boolean {
  return !isPlaceholder(value);
}

export const URL_PASSWORDS: readonly Form[] = [
  shaped({
    anchors: ["://", ":\\[\\/]"],
    head: `${SLASHES}${USER}:`,
    secret: String.raw`[^\s/?#"'<>\\]{1,512}?${LAST_HOST}`,
    accept: isPassword,
  }),
  // A token in the place of the user.
  shaped({
    anchors: ["://", ":\\[\\/]"],
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

const USER_OF_DATABASE = new RegExp(
  `(?<=(?:${ENGINES})(?:\\+\\w{1,16})?)${SLASHES}${USER}:(?!\\d{1,5}(?:[/?,\\s]|$))`,
  "iy",
);
/** As far as a password may reach: to the next address at most. */
const UP_TO_NEXT = /(?:(?!:\/\/)[^\s"'<>\\]){1,512}/y;
const HOST = /@(?:[A-Za-z0-9._,:[\]-]*(?:\\{0,7}\/|[?\s"'\\;)>#]|$)|(?:tcp|unix)\()/y;
const MOST_SIGNS = 8;

/** Where the last `@` stands that has a host behind it, before the parameters of an address. */
function lastHost(window: string, start: number): number | undefined {
  UP_TO_NEXT.lastIndex = start;
  if (!UP_TO_NEXT.test(window)) return undefined;
  let end = UP_TO_NEXT.lastIndex;
  for (let tries = 0; tries < MOST_SIGNS; tries++) {
    end = window.lastIndexOf("@", end);
    if (end <= start) return undefined;
    HOST.lastIndex = end;
    const asked = window.lastIndexOf("?", end);
    if (HOST.test(window) && (asked < start || !window.slice(start, asked).includes("@"))) return end;
    end--;
  }
  return undefined;
}

/** Passwords of database addresses, which people write with characters that a URL does not allow there. */
/** What Go's MySQL driver takes, without a scheme: `user:password@tcp(host)/name`. */
const BEFORE_ADDRESS = /(?<=(?:^|[\s"'=(:>\x60])[\w.-]{1,32}:)[^\s"'<>\\:/]{1,48}$/u;

export const DATABASE_URLS: readonly Form[] = [
  {
    anchors: ["@tcp", "@uni"],
    gate: String.raw`@(?:tcp|unix)\(`,
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
  {
    anchors: ["://", ":\\[\\/]"],
    gate: USER_OF_DATABASE.source,
    find(window, at) {
      USER_OF_DATABASE.lastIndex = at;
      if (!USER_OF_DATABASE.test(window)) return undefined;
      const start = USER_OF_DATABASE.lastIndex;
      const end = lastHost(window, start);
      return end === undefined || !isPassword(window.slice(start, end)) ? undefined : { start, end };
    },
  },
  shaped({
    anchors: ["dsn", "_url", "data"],
    head: String.raw`(?:dsn|_url|data source name)["']?[ \t]{0,8}[=:][ \t]{0,8}["']?[\w.-]{1,64}:`,
    secret: String.raw`(?!\/\/)[^\s"'<>\\]{1,256}?(?=@(?:tcp|unix)\()`,
    flags: "i",
    accept: isPassword,
  }),
];
