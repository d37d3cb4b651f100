import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { requireEngines } from "./engine/list.js";

const execute = promisify(execFile);

export interface KeyPair {
  readonly key: string;
  readonly cert: string;
}

/** An authority of one's own, made with the openssl program, and what it signs. */
export class Authority implements AsyncDisposable {
  readonly #directory: string;
  #made = 0;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  static async create(): Promise<Authority> {
    requireEngines(["openssl"]);
    const authority = new Authority(await mkdtemp(join(tmpdir(), "toban-certificates-")));
    await authority.#openssl(
      "req",
      "-x509",
      ...NEW_KEY,
      "-keyout",
      "ca.key",
      "-out",
      "ca.pem",
      "-subj",
      "/CN=Test Authority",
    );
    return authority;
  }

  /** The authority's own certificate, for NODE_EXTRA_CA_CERTS. */
  get path(): string {
    return join(this.#directory, "ca.pem");
  }

  /** A certificate for one name or address (`DNS:localhost`, `IP:127.0.0.1`), signed by the authority; `expired`: it was valid in 2001. */
  async issue(name: string, options: { readonly expired?: boolean } = {}): Promise<KeyPair> {
    const stem = `leaf-${(this.#made += 1)}`;
    await writeFile(join(this.#directory, `${stem}.ext`), `subjectAltName=${name}\n`);
    await this.#openssl("req", ...NEW_KEY, "-keyout", `${stem}.key`, "-out", `${stem}.csr`, "-subj", "/CN=Test Leaf");
    await writeFile(join(this.#directory, `${stem}.cnf`), caConfiguration(this.#directory, stem));
    await writeFile(join(this.#directory, `${stem}.index`), "");
    const dates = options.expired ? ["-startdate", "20010101000000Z", "-enddate", "20010201000000Z"] : ["-days", "30"];
    const signed = ["-config", `${stem}.cnf`, "-in", `${stem}.csr`, "-out", `${stem}.pem`, "-extfile", `${stem}.ext`];
    await this.#openssl("ca", "-batch", "-notext", ...signed, ...dates);
    return this.#pair(stem);
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

  async #pair(stem: string): Promise<KeyPair> {
    const [key, cert] = await Promise.all(
      ["key", "pem"].map((suffix) => readFile(join(this.#directory, `${stem}.${suffix}`), "utf8")),
    );
    return { key: key ?? "", cert: cert ?? "" };
  }

  async #openssl(...args: readonly string[]): Promise<void> {
    await execute("openssl", [...args], { cwd: this.#directory, timeout: 15_000 });
  }
}

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
