import type { DigestAlgorithm, PrivateKeyHandle, PublicKeyHandle } from "../crypto.ts";
import type { Certificate } from "../x509/certificate.ts";

/** How a SignerInfo or RecipientInfo names a certificate (RFC 5652 section 5.3). Bytes are content octets; `issuer` is the whole Name. */
export type CertificateIdentifier =
  | { readonly kind: "issuer-and-serial"; readonly issuer: Uint8Array; readonly serial: Uint8Array }
  | { readonly kind: "subject-key-id"; readonly keyId: Uint8Array };

export interface SignerInfo {
  readonly signer: CertificateIdentifier;
  readonly digestOid: string;
  readonly signatureOid: string;
  /** The original bytes of `[0] IMPLICIT SET`, tag and length included: re-tag 0x31 to verify. */
  readonly signedAttributes: Uint8Array | undefined;
  readonly signature: Uint8Array;
}

/** A parsed SignedData (RFC 5652 section 5.1); nothing is verified yet. Byte fields are views. */
export interface SignedData {
  readonly contentType: string;
  /** The embedded content, undefined when detached. */
  readonly content: Uint8Array | undefined;
  /** DER of each certificate, unparsed, in encoded order. */
  readonly certificates: readonly Uint8Array[];
  readonly signers: readonly SignerInfo[];
}

/** An attribute of a SignerInfo; values are whole DER elements. */
export interface CmsAttribute {
  readonly oid: string;
  readonly values: readonly Uint8Array[];
}

export interface VerifySignedDataOptions {
  /** The content when it is not embedded. If content is embedded as well, both must be equal byte for byte. */
  readonly detachedContent?: Uint8Array;
  /** A cache of parsed keys: handed the signer certificate's DER. Undefined lets the key be taken from the certificate. */
  readonly keyFor?: (certificate: Uint8Array) => PublicKeyHandle | undefined;
  /** Certificates that may have signed without being included. */
  readonly knownCertificates?: readonly Uint8Array[];
  /** Default "one": exactly one signer is demanded. "all" verifies every signer and reports the first. */
  readonly signers?: "one" | "all";
}

export type SignedDataFailure =
  | "no-content"
  | "content-mismatch"
  | "no-signer"
  | "several-signers"
  | "no-certificate"
  | "unsupported-algorithm"
  | "unusable-key"
  | "bad-attributes"
  | "digest-mismatch"
  | "bad-signature";

/** A signature verdict. `ok` says that the signature is right, not that the signer is trusted: check the certificate's chain or pin. */
export type SignedDataVerdict =
  | {
      readonly ok: true;
      /** DER of the certificate whose key verified. */
      readonly signerCertificate: Uint8Array;
      readonly digest: DigestAlgorithm;
      readonly contentType: string;
      readonly content: Uint8Array;
      readonly hasSignedAttributes: boolean;
      readonly messageDigest: Uint8Array;
      /** Claimed by the signer, milliseconds since 1970. */
      readonly signingTime: number | undefined;
      /** The signed attributes, parsed when called. */
      readonly signedAttributes: () => readonly CmsAttribute[];
    }
  | { readonly ok: false; readonly reason: SignedDataFailure };

export interface Signer {
  readonly certificate: Certificate;
  readonly key: PrivateKeyHandle;
}

export interface SignedDataSpec {
  readonly content: Uint8Array;
  /** Default id-data. */
  readonly contentType?: string;
  /** Leaves the content out of the message. */
  readonly detached?: boolean;
  readonly signer: Signer;
  /** DER certificates to include besides the signer's. */
  readonly extraCertificates?: readonly Uint8Array[];
  /** Default SHA-256. */
  readonly digest?: DigestAlgorithm;
  /** Milliseconds since 1970. */
  readonly signingTime?: number;
  /** Further signed attributes. */
  readonly attributes?: readonly CmsAttribute[];
}
