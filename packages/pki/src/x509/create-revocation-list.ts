import { derSignatureAlgorithm, signatureAlgorithmFor } from "../algorithms.ts";
import { equalBytes, fromHex } from "../bytes.ts";
import type { Signer } from "../cms/signed-data.ts";
import type { Crypto } from "../crypto.ts";
import { contextPrimitiveTag, TAG } from "../der/tags.ts";
import { derTime } from "../der/time.ts";
import { derBitString, derElement, derExplicit, derInteger, derSequence } from "../der/write.ts";
import { OID } from "../oids.ts";
import { PkiError } from "../pki-error.ts";
import { derExtension } from "./encode-extensions.ts";

/** CRLReason (RFC 5280 section 5.3.1), those that an authority of end entities uses. */
export type RevocationReason =
  | "unspecified"
  | "keyCompromise"
  | "affiliationChanged"
  | "superseded"
  | "cessationOfOperation";

/** The values of CRLReason on the wire. */
export const revocationReasonCodes: Readonly<Record<RevocationReason, number>> = {
  unspecified: 0,
  keyCompromise: 1,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
};

export interface RevokedEntry {
  /** The serial number's content octets in lower hex, as `Certificate.serialHex` has them. */
  readonly serialHex: string;
  /** ms */
  readonly revokedAt: number;
  readonly reason: RevocationReason;
}

export interface RevocationListSpec {
  /** The authority whose certificates these are; it signs. */
  readonly issuer: Signer;
  readonly thisUpdate: number;
  /** A list is worth nothing after this. */
  readonly nextUpdate: number;
  /** Grows with every list of one issuer. */
  readonly number: number;
  readonly revoked: readonly RevokedEntry[];
}

/** Makes a version 2 CertificateList (RFC 5280 section 5), as DER. Throws PkiError `x509.spec`. */
export function createRevocationList(crypto: Crypto, spec: RevocationListSpec): Uint8Array {
  const { certificate, key } = spec.issuer;
  if (!equalBytes(crypto.publicKeyOf(key), certificate.spki))
    throw new PkiError("x509.spec", "the issuer's key does not belong to its certificate");
  if (!(spec.thisUpdate < spec.nextUpdate)) throw new PkiError("x509.spec", "nextUpdate must be later than thisUpdate");
  const algorithm = signatureAlgorithmFor(crypto, key);
  const { ski } = certificate;
  const extensions = derSequence(
    ...(ski === undefined
      ? []
      : [derExtension(OID.authorityKeyIdentifier, false, derSequence(derElement(contextPrimitiveTag(0), ski)))]),
    derExtension(OID.crlNumber, false, derInteger(numberOctets(spec.number))),
  );
  const tbs = derSequence(
    derInteger(1),
    derSignatureAlgorithm(algorithm),
    certificate.subject.der,
    derTime(spec.thisUpdate),
    derTime(spec.nextUpdate),
    // An empty list is left out altogether (RFC 5280 section 5.1.2.6).
    ...(spec.revoked.length === 0 ? [] : [derSequence(...spec.revoked.map(entry))]),
    derExplicit(0, extensions),
  );
  return derSequence(tbs, derSignatureAlgorithm(algorithm), derBitString(crypto.sign(key, algorithm, tbs)));
}

function entry({ serialHex, revokedAt, reason }: RevokedEntry): Uint8Array {
  const code = derElement(0x0a, Uint8Array.of(revocationReasonCodes[reason]));
  return derSequence(
    derElement(TAG.integer, fromHex(serialHex)),
    derTime(revokedAt),
    // "unspecified" is said by leaving the reason out (RFC 5280 section 5.3.1).
    ...(reason === "unspecified" ? [] : [derSequence(derExtension(OID.crlReason, false, code))]),
  );
}

/** Times in ms do not fit the 32 bits of small integers. */
function numberOctets(number: number): Uint8Array {
  if (!Number.isSafeInteger(number) || number < 0) throw new PkiError("x509.spec", "a CRL number is a whole number");
  return fromHex(number.toString(16).padStart(12, "0"));
}
