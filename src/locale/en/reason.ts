/** Why a run was bad, in two lengths: a few words for a line of a list, and a sentence each for what it means and what to do. */
export interface Explanation {
  /** Follows a name: `web` refused the connection. */
  readonly short: string;
  readonly means: string;
  readonly do: string;
}

/** One for each of the model's `REASONS`: the target's bad answers. */
const reasons = {
  refused: {
    short: "refused the connection",
    means: "The host answers, but nothing listens on that port.",
    do: "Check that the service runs and listens on the configured address and port.",
  },
  unreachable: {
    short: "unreachable",
    means: "No route leads to the address.",
    do: "Check the address, the network between, and whether the machine is up.",
  },
  reset: {
    short: "broke the connection",
    means: "The connection was cut before the answer was complete.",
    do: "Look into the service's log for a crash or a restart at that moment.",
  },
  timeout: {
    short: "no answer in time",
    means: "The target did not answer completely before the deadline.",
    do: "Check whether it hangs or is overloaded, or raise the interval of this target.",
  },
  name_not_found: {
    short: "name not found",
    means: "The name has no address.",
    do: "Check its spelling and its record in the name service.",
  },
  tls: {
    short: "TLS failed",
    means: "No encrypted connection could be agreed on. TLS 1.2 or newer with a common cipher is expected.",
    do: "Check the server's TLS settings.",
  },
  certificate_invalid: {
    short: "certificate not valid",
    means: "The certificate or one of its chain is expired, for another name, or not from a trusted authority.",
    do: "Renew or correct it, or set insecure: true to accept it knowingly.",
  },
  wrong_protocol: {
    short: "speaks another protocol",
    means: "What answers there speaks neither HTTP nor, for an https address, HTTPS.",
    do: "Check scheme and port of the address.",
  },
  bad_http: {
    short: "speaks HTTP, but badly",
    means: "The answer breaks the rules of HTTP, in the parser's words as shown.",
    do: "Correct what the server or a proxy before it sends, or set lenient: true to take what browsers take.",
  },
  headers_too_large: {
    short: "headers too large",
    means: "The answer's headers were longer than maxHeaders, most often for cookies that pile up.",
    do: "See what the server sets, or raise maxHeaders.",
  },
  too_large: {
    short: "answer too large",
    means: "The body was longer than maxBody, and what was read of it does not decide.",
    do: "Point the check at a smaller page, or raise maxBody.",
  },
  undecodable: {
    short: "answer cannot be decoded",
    means: "The body is not what its headers say, or is written in a way that is not read here.",
    do: "Correct the server's headers, or have it send this address uncompressed, or with gzip, deflate or br.",
  },
  wrong_status: {
    short: "wrong status",
    means: "The answer has another status than expected.",
    do: "Look into the service's log for the cause, or correct expect.status.",
  },
  redirected: {
    short: "redirects elsewhere",
    means: "The answer leads to another address instead of the page that is compared; redirects are not followed.",
    do: "Check whether a login or another host is asked for, or point the check at the right address.",
  },
  body_mismatch: {
    short: "text missing in the answer",
    means: "The answer does not contain the expected text.",
    do: "Open the address and compare, look into the service's log, or correct expect.body.",
  },
  json_mismatch: {
    short: "JSON differs",
    means: "A field of the JSON answer is missing or has another value than expected.",
    do: "See which field, look into that part of the service, or correct expect.json.",
  },
  not_json: {
    short: "answer is no JSON",
    means: "The answer cannot be read as JSON, and fields of it are checked.",
    do: "Check the address, or remove expect.json.",
  },
  inactive: {
    short: "is not active",
    means: "The unit is not active, and it should run.",
    do: "See its last log lines, then start it, or set expect: inactive if it should not run.",
  },
  failed: {
    short: "failed",
    means: "The unit's process ended with an error, was killed, or did not start in time.",
    do: "See its last log lines, then restart it.",
  },
  not_found: {
    short: "is unknown to systemd",
    means: "No unit of that name is known to systemd.",
    do: "Check the spelling, and run systemctl daemon-reload after installing it.",
  },
  masked: {
    short: "is masked",
    means: "The unit is masked, so systemd refuses to start it.",
    do: "Find out who masked it, then run systemctl unmask and start it.",
  },
  unexpectedly_active: {
    short: "runs, though it should not",
    means: "The unit is active, and it should not be.",
    do: "Find out who started it, then stop it, or remove expect: inactive.",
  },
  stuck_starting: {
    short: "is stuck while starting",
    means: "The unit has been starting for longer than its own timeout, or than 5 minutes if it has none.",
    do: "See its last log lines for what it waits for, then restart it.",
  },
  stuck_reloading: {
    short: "is stuck while reloading",
    means:
      "The unit has been reloading for longer than its own timeout, or than 5 minutes if it has none; systemd holds back whatever else is asked of it.",
    do: "See its last log lines, then restart it.",
  },
  stuck_stopping: {
    short: "is stuck while stopping",
    means: "The unit has been stopping for longer than its own timeout, or than 5 minutes if it has none.",
    do: "See its last log lines and which of its processes are left, then kill them.",
  },
  died_reloading: {
    short: "has died while reloading",
    means: "The unit's main process has ended, and systemd still waits for its reload.",
    do: "See its last log lines for the error, then restart it.",
  },
} satisfies Readonly<Record<string, Explanation>>;

/** One for each of the model's `FAILURES`: our own trouble. */
const failures = {
  not_permitted: {
    short: "not permitted to measure",
    means: "Toban's user may not read what this check looks at.",
    do: "Grant it read access, or run the check from where it is allowed.",
  },
  no_descriptors: {
    short: "no descriptors left to measure with",
    means: "Toban has no file descriptor or local port left.",
    do: "Raise LimitNOFILE of Toban's unit, or watch fewer targets.",
  },
  resolver: {
    short: "own name resolution failed",
    means: "This host's name resolution did not answer.",
    do: "Check /etc/resolv.conf and the name servers in it.",
  },
  bus_unreachable: {
    short: "systemd could not be asked",
    means: "The system bus or systemd behind it did not answer.",
    do: "Check dbus.service, and that this host runs systemd.",
  },
  lagging: {
    short: "Toban itself was slow",
    means: "The deadline passed while Toban itself was held up.",
    do: "Check the load of this host and the limits of Toban's unit.",
  },
  deadline: {
    short: "could not be measured in time",
    means: "The measurement did not end before its deadline.",
    do: "Check the load of this host, or raise the interval of this target.",
  },
  aborted: {
    short: "measurement broken off",
    means: "The measurement was broken off, because Toban was stopping or the target was reconfigured.",
    do: "Nothing; the next run measures it again.",
  },
  unsupported: {
    short: "cannot be measured on this platform",
    means: "This platform does not offer what the check reads: it needs Linux with systemd and /proc.",
    do: "Remove the target, or watch it from another host.",
  },
  bug: {
    short: "a fault in Toban",
    means: "The check itself failed, which is a fault in Toban.",
    do: "Find the reference in Toban's log and report it.",
  },
} satisfies Readonly<Record<string, Explanation>>;

export const reason = { reasons, failures };
