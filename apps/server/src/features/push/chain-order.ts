import type { Certificate, Crypto } from "@pomona/pki";

/** What is wrong with a chain in which each certificate should be signed by the next; undefined when nothing is. */
export function brokenLink(crypto: Crypto, chain: readonly Certificate[]): string | undefined {
  for (const [at, certificate] of chain.entries()) {
    const issuer = chain[at + 1];
    if (issuer === undefined) return undefined;
    if (!isSignedBy(crypto, certificate, issuer)) {
      return (
        `"${certificate.subject.text}" is not signed by "${issuer.subject.text}", which follows it. ` +
        "The certificates must stand in order: the own one first, then its issuer, up to the root."
      );
    }
  }
  return undefined;
}

function isSignedBy(crypto: Crypto, certificate: Certificate, issuer: Certificate): boolean {
  if (certificate.issuer.text !== issuer.subject.text || certificate.signatureAlgorithm === undefined) return false;
  const key = crypto.importPublicKey(issuer.spki);
  return crypto.verify(key, certificate.signatureAlgorithm, certificate.tbs, certificate.signature);
}
