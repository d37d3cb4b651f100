import { X509Certificate } from "node:crypto";
import { rootCertificates } from "node:tls";
import type { DetailedPeerCertificate, TLSSocket } from "node:tls";

import { messageOf } from "../base/errors.js";

/** The certificate of the server's chain that ends first: clients refuse the server from then on. */
export interface PeerCertificate {
  readonly subject: string;
  readonly issuer: string;
  /** UTC milliseconds. */
  readonly validTo: number;
  /** The name of the server's own certificate, if another one of its chain ends before it. */
  readonly leaf?: string;
  /** Why the chain is not valid, as OpenSSL names it (`CERT_HAS_EXPIRED`, …). */
  readonly problem: string | undefined;
}

/** No chain in use is longer, and a server may send what it likes. */
const LONGEST_CHAIN = 10;

/** `now`: UTC milliseconds. */
export function certificateOf(socket: TLSSocket, now: number): PeerCertificate | undefined {
  const [leaf, ...issuers] = chainOf(socket);
  if (!leaf) return undefined;
  // The type says Error; Node gives the code as a string where OpenSSL has one.
  const problem: unknown = socket.authorizationError;
  const first = [leaf, ...neededOf(leaf, issuers, socket.authorized ? now : undefined)].reduce((a, b) =>
    endOf(b) < endOf(a) ? b : a,
  );
  return {
    subject: commonName(first.subject),
    issuer: commonName(first.issuer),
    validTo: endOf(first),
    ...(first !== leaf && { leaf: commonName(leaf.subject) }),
    problem: socket.authorized ? undefined : typeof problem === "string" ? problem : messageOf(problem),
  };
}

/** As the server sent it, each certificate followed by the one that vouches for it. */
function chainOf(socket: TLSSocket): readonly X509Certificate[] {
  const chain: X509Certificate[] = [];
  let next: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  // The last one vouches for itself.
  for (let seen: unknown; next?.raw && next !== seen && chain.length < LONGEST_CHAIN;) {
    chain.push(new X509Certificate(next.raw));
    seen = next;
    next = next.issuerCertificate;
  }
  return chain;
}

/**
 * Those that a client needs. Servers go on sending an authority's certificate by an older one, for clients that do not know the authority itself;
 * it may end, or have ended, without harm: whoever knows the authority asks no further.
 */
function neededOf(
  leaf: X509Certificate,
  issuers: readonly X509Certificate[],
  /** When the chain was found valid. */
  validAt: number | undefined,
): readonly X509Certificate[] {
  const needed: X509Certificate[] = [];
  for (const issuer of issuers) {
    const matters = endOf(issuer) < endOf(leaf);
    const root = matters ? knownRoot(issuer) : undefined;
    if (root) return [...needed, root];
    // It has ended, and the chain was found valid all the same: it was not used.
    if (validAt !== undefined && endOf(issuer) < validAt) return needed;
    needed.push(issuer);
  }
  return needed;
}

let roots: readonly X509Certificate[] | undefined;

/** The authority of Node's own list with the same name and key. The list is read when a chain asks for it: that takes 20 ms. */
function knownRoot(certificate: X509Certificate): X509Certificate | undefined {
  roots ??= rootCertificates.map((pem) => new X509Certificate(pem));
  const { subject, publicKey } = certificate;
  return roots.find((root) => root.subject === subject && root.publicKey.equals(publicKey));
}

function endOf(certificate: X509Certificate): number {
  return Date.parse(certificate.validTo);
}

/** The common name of a distinguished name (one `key=value` a line), or all of it. */
function commonName(name: string): string {
  return /^CN=(.+)$/m.exec(name)?.[1] ?? name.replaceAll("\n", ", ");
}
