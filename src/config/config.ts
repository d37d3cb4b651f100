import type { LogFormat, LogLevel } from "../base/log.js";
import type { LineLevel } from "../model/log.js";
import type { Labels } from "../model/labels.js";
import type { PermissionPolicy } from "../model/principal.js";
import type { Route } from "../model/route.js";
import type { RuleOverride } from "../model/rule.js";
import type { Target } from "../model/target.js";

/** Everything the program is told, validated and with its defaults filled in. No secret in it. */
export interface Config {
  readonly guild: string;
  readonly opsChannel: string;
  /** Base of the REST interface, without a trailing slash and without `/v10`. */
  readonly apiUrl: string;
  readonly dataDir: string;
  /** Absolute path of the configuration file; undefined where there is none. */
  readonly file: string | undefined;
  readonly logLevel: LogLevel;
  /** `auto`: by whether the log goes to a terminal. */
  readonly logFormat: LogFormat | "auto";
  /** False: no colours on a terminal either. */
  readonly logColour: boolean;
  readonly locale: string;
  readonly timezone: string;
  readonly host: string;
  readonly labels: Labels;
  readonly targets: readonly Target[];
  /** Log files that may be read, by source name (`<target>/<name>`). */
  readonly logSources: readonly {
    readonly source: string;
    readonly target: string;
    readonly file: string;
    /** How its times are written, in the tokens of `parseStampFormat`. */
    readonly stamp?: string;
    /** Texts that stand for a level. */
    readonly level?: Readonly<Partial<Record<LineLevel, readonly string[]>>>;
  }[];
  readonly actions: {
    /** Actions on one target within any hour. */
    readonly perHour: number;
    /** How long a target is watched after it was started or restarted. */
    readonly watchMs: number;
  };
  readonly rules: readonly RuleOverride[];
  readonly routes: readonly Route[];
  readonly permissions: PermissionPolicy;
  readonly systemBusAddress: string | undefined;
  /** Where the kernel's files are, and the root directory of the host they tell of; undefined: ours. */
  readonly procRoot: string;
  readonly hostRoot: string | undefined;
}
