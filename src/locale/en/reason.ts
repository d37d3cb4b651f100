/** Why a run was bad, in two lengths: a few words for a line of a list, and sentences that say what is, what was expected and what to do. */
export interface Explanation {
  /** Follows a name: `web` refused the connection. */
  readonly short: string;
  readonly sentence: string;
}

/** One for each of the model's `REASONS`: the target's bad answers. */
const reasons = {
  refused: {
    short: "refused the connection",
    sentence:
      "The host answers, but nothing listens on that port. Expected an open port: check that the service runs and listens on the configured address.",
  },
  unreachable: {
    short: "unreachable",
    sentence:
      "No route leads to the address. Expected a way there: check the address, the network between, and whether the machine is up.",
  },
  reset: {
    short: "broke the connection",
    sentence:
      "The connection was cut before the answer was complete. Expected a whole answer: look into the service's log for a crash or a restart at that moment.",
  },
  timeout: {
    short: "no answer in time",
    sentence:
      "The target did not answer completely before the deadline. Expected an answer within it: check whether it hangs or is overloaded, or raise the interval of this target.",
  },
  name_not_found: {
    short: "name not found",
    sentence:
      "The name has no address. Expected a name that resolves: check its spelling and the record in the name service.",
  },
  tls: {
    short: "TLS failed",
    sentence:
      "No encrypted connection could be agreed on. Expected TLS 1.2 or newer with a common cipher: check the server's TLS settings.",
  },
  certificate_invalid: {
    short: "certificate not valid",
    sentence:
      "The certificate or one of its chain is expired, or it is for another name, or not from a trusted authority. Expected a valid one: renew or correct it, or set insecure: true to accept it knowingly.",
  },
  wrong_protocol: {
    short: "speaks another protocol",
    sentence:
      "What answers there does not speak the expected protocol. Expected HTTP, or HTTPS for an https address: check scheme and port.",
  },
  bad_http: {
    short: "speaks HTTP, but badly",
    sentence:
      "The answer breaks the rules of HTTP, in the parser's words as shown. Expected valid HTTP: correct what the server or a proxy before it sends, or set lenient: true to take what browsers take.",
  },
  headers_too_large: {
    short: "headers too large",
    sentence:
      "The answer's headers were longer than maxHeaders. Expected fewer or shorter ones, most often cookies that pile up: see what the server sets, or raise maxHeaders.",
  },
  too_large: {
    short: "answer too large",
    sentence:
      "The body was longer than maxBody, and what was read of it does not decide. Expected at most maxBody: point the check at a smaller page, or raise maxBody.",
  },
  undecodable: {
    short: "answer cannot be decoded",
    sentence:
      "The body is not what its headers say, or is written in a way that is not read here. Expected gzip, deflate, br or no compression, and a character set that browsers know: correct the server's headers, or have it send this address uncompressed.",
  },
  wrong_status: {
    short: "wrong status",
    sentence:
      "The answer has another status than expected. Look into the service's log for the cause, or correct expect.status.",
  },
  redirected: {
    short: "redirects elsewhere",
    sentence:
      "The answer leads to another address instead of what is compared. Expected the page itself, and redirects are not followed: check whether a login or another host is asked for, or point the check at the right address.",
  },
  body_mismatch: {
    short: "text missing in the answer",
    sentence:
      "The answer does not contain the expected text. Open the address and compare, look into the service's log, or correct expect.body.",
  },
  json_mismatch: {
    short: "JSON differs",
    sentence:
      "A field of the JSON answer is missing or has another value than expected. See which one, look into that part of the service, or correct expect.json.",
  },
  not_json: {
    short: "answer is no JSON",
    sentence:
      "The answer cannot be read as JSON. Expected JSON because fields of it are checked: check the address, or remove expect.json.",
  },
  inactive: {
    short: "is not active",
    sentence:
      "The unit is not active. Expected it to run: see its last log lines, then start it, or set expect: inactive if it should not run.",
  },
  failed: {
    short: "failed",
    sentence:
      "The unit has failed: its process ended with an error, was killed, or did not start in time. Expected a healthy unit: see its last log lines, then restart it.",
  },
  not_found: {
    short: "is unknown to systemd",
    sentence:
      "No unit of that name is known to systemd. Expected an installed unit: check the spelling, and run systemctl daemon-reload after installing it.",
  },
  masked: {
    short: "is masked",
    sentence:
      "The unit is masked, so systemd refuses to start it. Expected it to run: find out who masked it, then run systemctl unmask and start it.",
  },
  unexpectedly_active: {
    short: "runs, though it should not",
    sentence:
      "The unit is active. Expected it to be inactive: find out who started it, then stop it, or remove expect: inactive.",
  },
  stuck_starting: {
    short: "is stuck while starting",
    sentence:
      "The unit has been starting for longer than its own timeout, or than 5 minutes if it has none. Expected it to be active by now: see its last log lines for what it waits for, then restart it.",
  },
  stuck_reloading: {
    short: "is stuck while reloading",
    sentence:
      "The unit has been reloading for longer than its own timeout, or than 5 minutes if it has none; systemd holds back whatever else is asked of it. Expected the reload to end: see its last log lines, then restart it.",
  },
  stuck_stopping: {
    short: "is stuck while stopping",
    sentence:
      "The unit has been stopping for longer than its own timeout, or than 5 minutes if it has none. Expected it to be inactive by now: see its last log lines and which of its processes are left, then kill them.",
  },
  died_reloading: {
    short: "has died while reloading",
    sentence:
      "The unit's main process has ended, but systemd still waits for its reload. Expected a running process: see its last log lines for the error, then restart it.",
  },
} satisfies Readonly<Record<string, Explanation>>;

/** One for each of the model's `FAILURES`: our own trouble. */
const failures = {
  not_permitted: {
    short: "not permitted to measure",
    sentence:
      "Toban may not look there. Expected read access for Toban's user: grant it, or run the check from where it is allowed.",
  },
  no_descriptors: {
    short: "no descriptors left to measure with",
    sentence:
      "Toban has no file descriptor or local port left. Expected free ones: raise LimitNOFILE of Toban's unit, or watch fewer targets.",
  },
  resolver: {
    short: "own name resolution failed",
    sentence:
      "This host's name resolution did not answer. Expected a working resolver: check /etc/resolv.conf and the name servers in it.",
  },
  bus_unreachable: {
    short: "systemd could not be asked",
    sentence:
      "The system bus or systemd behind it did not answer. Expected a running D-Bus: check dbus.service, and that this host runs systemd.",
  },
  lagging: {
    short: "Toban itself was slow",
    sentence:
      "The deadline passed while Toban itself was held up. Expected a responsive process: check the load of this host and the limits of Toban's unit.",
  },
  deadline: {
    short: "could not be measured in time",
    sentence:
      "The measurement did not end before its deadline. Expected it well within: check the load of this host, or raise the interval of this target.",
  },
  aborted: {
    short: "measurement broken off",
    sentence:
      "The measurement was broken off, because Toban was stopping or the target was reconfigured. Nothing is to be done.",
  },
  unsupported: {
    short: "cannot be measured on this platform",
    sentence:
      "This platform does not offer what the check reads. Expected Linux with systemd and /proc: remove the target, or watch it from another host.",
  },
  bug: {
    short: "a fault in Toban",
    sentence:
      "The check itself failed, which is a fault in Toban. Expected a measurement: find the reference in Toban's log and report it.",
  },
} satisfies Readonly<Record<string, Explanation>>;

export const reason = { reasons, failures };
