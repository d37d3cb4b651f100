import type { Check } from "../check.js";
import { actions } from "./actions.js";
import { channels } from "./channels.js";
import { clock } from "./clock.js";
import { dataDirectory } from "./data-directory.js";
import { gateway } from "./gateway.js";
import { grants } from "./grants.js";
import { guild } from "./guild.js";
import { logs } from "./logs.js";
import { mentions } from "./mentions.js";
import { node } from "./node.js";
import { polkit } from "./polkit.js";
import { secretFiles } from "./secret-files.js";
import { systemd } from "./systemd.js";
import { token } from "./token.js";

/** Everything that is looked at, in the order it is told: one line each. */
export const CHECKS: readonly Check[] = [
  token,
  guild,
  channels,
  mentions,
  gateway,
  clock,
  node,
  dataDirectory,
  secretFiles,
  systemd,
  polkit,
  grants,
  actions,
  logs,
];
