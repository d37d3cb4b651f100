import { execFile } from "node:child_process";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { requireEngines } from "./engine/list.js";

const execute = promisify(execFile);

export interface KeyPair {
  readonly key: string;
  /** The certificate, followed by the intermediate ones that vouch for it. */
  readonly cert: string;
}

export interface Lifetime {
  /** It was valid in January 2001. */
  readonly expired?: boolean;
  readonly days?: number;
}

/** An authority of one's own, made with the openssl program, and what it signs. */
export class Authority implements AsyncDisposable {
  readonly #directory: string;
  /** The certificates that a server must send beside its own. */
  readonly #sent: string;
  #made = 0;

  private constructor(directory: string, sent: string) {
    this.#directory = directory;
    this.#sent = sent;
  }

  static async create(name: string = "Test Authority"): Promise<Authority> {
    requireEngines(["openssl"]);
    const directory = await mkdtemp(join(tmpdir(), "toban-certificates-"));
    await openssl(
      directory,
      "req",
      "-x509",
      ...NEW_KEY,
      "-keyout",
      "ca.key",
      "-out",
      "ca.pem",
      "-subj",
      `/CN=${name}`,
      // It outlives whatever it signs.
      "-days",
      "3650",
    );
    return new Authority(directory, "");
  }

  /** The authority's own certificate, for NODE_EXTRA_CA_CERTS. */
  get path(): string {
    return join(this.#directory, "ca.pem");
  }

  /** A certificate for one name or address (`DNS:localhost`, `IP:127.0.0.1`), signed by the authority; 30 days unless told otherwise. */
  async issue(name: string, lifetime: Lifetime = {}): Promise<KeyPair> {
    const stem = await this.#sign("/CN=Test Leaf", `subjectAltName=${name}\n`, lifetime);
    const { key, cert } = await this.#pair(stem);
    return { key, cert: `${cert}${this.#sent}` };
  }

  /** An authority whose certificate this one signed. */
  async intermediate(lifetime: Lifetime): Promise<Authority> {
    const stem = await this.#sign("/CN=Test Intermediate", A_CA, lifetime);
    const directory = await mkdtemp(join(tmpdir(), "toban-certificates-"));
    await copyFile(join(this.#directory, `${stem}.key`), join(directory, "ca.key"));
    await copyFile(join(this.#directory, `${stem}.pem`), join(directory, "ca.pem"));
    return new Authority(directory, `${(await this.#pair(stem)).cert}${this.#sent}`);
  }

  /** Another certificate for the very authority, by an older one, as servers send it for clients that know only that. */
  async signedBy(older: Authority, lifetime: Lifetime): Promise<string> {
    const stem = await older.#sign("/CN=Test Authority", A_CA, lifetime, join(this.#directory, "ca.key"));
    return readFile(join(older.#directory, `${stem}.pem`), "utf8");
  }

  /** A certificate that nobody but itself vouches for. */
  async selfSigned(name: string): Promise<KeyPair> {
    const stem = `leaf-${(this.#made += 1)}`;
    const subject = ["-subj", "/CN=Test Self", "-addext", `subjectAltName=${name}`];
    await this.#openssl("req", "-x509", ...NEW_KEY, "-keyout", `${stem}.key`, "-out", `${stem}.pem`, ...subject);
    return this.#pair(stem);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true });
  }

  async #sign(subject: string, extensions: string, { expired, days = 30 }: Lifetime, key?: string): Promise<string> {
    const stem = `leaf-${(this.#made += 1)}`;
    await writeFile(join(this.#directory, `${stem}.ext`), extensions);
    const keyed = key === undefined ? [...NEW_KEY, "-keyout", `${stem}.key`] : ["-new", "-key", key];
    await this.#openssl("req", ...keyed, "-out", `${stem}.csr`, "-subj", subject);
    await writeFile(join(this.#directory, `${stem}.cnf`), caConfiguration(this.#directory, stem));
    await writeFile(join(this.#directory, `${stem}.index`), "");
    const dates = expired ? ["-startdate", "20010101000000Z", "-enddate", "20010201000000Z"] : ["-days", String(days)];
    const signed = ["-config", `${stem}.cnf`, "-in", `${stem}.csr`, "-out", `${stem}.pem`, "-extfile", `${stem}.ext`];
    await this.#openssl("ca", "-batch", "-notext", ...signed, ...dates);
    return stem;
  }

  async #pair(stem: string): Promise<KeyPair> {
    const [key, cert] = await Promise.all(
      ["key", "pem"].map((suffix) => readFile(join(this.#directory, `${stem}.${suffix}`), "utf8")),
    );
    return { key: key ?? "", cert: cert ?? "" };
  }

  #openssl(...args: readonly string[]): Promise<void> {
    return openssl(this.#directory, ...args);
  }
}

async function openssl(directory: string, ...args: readonly string[]): Promise<void> {
  await execute("openssl", [...args], { cwd: directory, timeout: 15_000 });
}

const A_CA = "basicConstraints=critical,CA:true\n";

/** Elliptic keys are made in no time. */
const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"] as const;

/** What `openssl ca` wants to know: only it can date a certificate back. */
function caConfiguration(directory: string, stem: string): string {
  return `[ca]
default_ca = test
[test]
database = ${directory}/${stem}.index
new_certs_dir = ${directory}
certificate = ${directory}/ca.pem
private_key = ${directory}/ca.key
default_md = sha256
rand_serial = yes
policy = any
[any]
commonName = supplied
`;
}
