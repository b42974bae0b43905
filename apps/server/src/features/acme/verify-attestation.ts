import { type Certificate, type Crypto, PkiError, parseCertificate, verifyChain } from "@pomona/pki";
import { type AttestedClaims, freshnessOf, readClaims } from "./attestation-claims.ts";

/** Apple sends a leaf and one intermediate. */
const MOST_CERTIFICATES = 5;
const MOST_CERTIFICATE_BYTES = 8_192;

export interface AttestationQuestion {
  /** DER, the leaf first; roots among them prove nothing and are not trusted. */
  readonly chain: readonly Uint8Array[];
  readonly roots: readonly Certificate[];
  /** ms */
  readonly now: number;
  /**
   * Freshness codes that are good, at least one: SHA-256 of the token for ACME, the DeviceAttestationNonce itself for
   * DevicePropertiesAttestation (a Mac may answer it from a cache with an earlier nonce: name those that still count).
   */
  readonly freshness: readonly Uint8Array[];
}

/** Why an attestation was refused; for the operator and the log. */
export type AttestationFailure =
  | "no-roots"
  | "no-chain"
  | "too-long"
  | "unreadable-certificate"
  | "untrusted"
  | "expired"
  | "leaf-is-ca"
  | "no-freshness"
  | "stale"
  | "no-serial-number";

export type AttestationVerdict =
  | {
      readonly ok: true;
      readonly leaf: Certificate;
      readonly claims: AttestedClaims & { readonly serialNumber: string };
      readonly freshness: Uint8Array;
    }
  | { readonly ok: false; readonly reason: AttestationFailure; readonly detail?: string };

const refuse = (reason: AttestationFailure, detail?: string): AttestationVerdict => ({
  ok: false,
  reason,
  ...(detail === undefined ? {} : { detail }),
});

/**
 * Verifies a Managed Device Attestation (Apple: validating a managed device attestation): the chain to a given root, that it was made
 * for our question, and that it names a Mac. Whose serial number that has to be is the caller's to compare. Pure; never throws.
 */
export function verifyAttestation(crypto: Crypto, question: AttestationQuestion): AttestationVerdict {
  const { chain, roots, now, freshness } = question;
  if (roots.length === 0) return refuse("no-roots");
  if (chain.length === 0) return refuse("no-chain");
  if (chain.length > MOST_CERTIFICATES || chain.some((der) => der.length > MOST_CERTIFICATE_BYTES))
    return refuse("too-long");
  const certificates = parseAll(chain);
  const leaf = certificates?.[0];
  if (certificates === undefined || leaf === undefined) return refuse("unreadable-certificate");
  // Also keeps a root, or an issuer below it, from standing as its own leaf.
  if (leaf.isCa) return refuse("leaf-is-ca");
  const verdict = verifyChain(crypto, leaf, certificates.slice(1), roots, now);
  if (!verdict.ok) return refuse(verdict.reason === "expired" ? "expired" : "untrusted", verdict.reason);
  if (verdict.path.length < 2) return refuse("untrusted", "the leaf is a root");
  const found = freshnessOf(leaf);
  if (found === undefined) return refuse("no-freshness");
  if (!freshness.some((expected) => expected.length > 0 && Buffer.from(expected).equals(found))) return refuse("stale");
  const claims = readClaims(leaf);
  const { serialNumber } = claims;
  if (serialNumber === null) return refuse("no-serial-number");
  return { ok: true, leaf, claims: { ...claims, serialNumber }, freshness: found };
}

function parseAll(chain: readonly Uint8Array[]): readonly Certificate[] | undefined {
  try {
    return chain.map((der) => parseCertificate(der));
  } catch (error) {
    if (error instanceof PkiError) return undefined;
    throw error;
  }
}
