import type { DigestAlgorithm, PrivateKeyHandle } from "../crypto.ts";
import type { Certificate, KeyUsage } from "./certificate.ts";
import type { DistinguishedName, NameSpec } from "./name-types.ts";

/** The extensions of a certificate to be issued. SKI and AKI are always added, basicConstraints too. */
export interface ExtensionsSpec {
  /** Present: a CA, critical. Absent: an end entity. */
  readonly ca?: { readonly pathLength?: number };
  readonly keyUsage?: readonly KeyUsage[];
  /** OIDs; see `EKU`. */
  readonly extendedKeyUsage?: readonly string[];
  readonly sanDns?: readonly string[];
  readonly sanUri?: readonly string[];
  readonly sanEmail?: readonly string[];
  readonly sanIp?: readonly string[];
  /** Where the issuer's revocation list is (RFC 5280 section 4.2.1.13). */
  readonly crlUrls?: readonly string[];
  /** Where its OCSP responder and its own certificate are (RFC 5280 section 4.2.2.1). */
  readonly ocspUrls?: readonly string[];
  readonly issuerUrls?: readonly string[];
  /** Further extensions; `value` is the DER that goes into the OCTET STRING. */
  readonly other?: readonly { readonly oid: string; readonly isCritical?: boolean; readonly value: Uint8Array }[];
}

/** What `issueCertificate` needs. */
export interface CertificateSpec {
  /** `certificate: "self"` makes a self-signed certificate, whose issuer is the subject. */
  readonly issuer: { readonly certificate: Certificate | "self"; readonly key: PrivateKeyHandle };
  readonly subject: NameSpec | DistinguishedName;
  /** The subject's public key (SubjectPublicKeyInfo DER). */
  readonly spki: Uint8Array;
  /** 1 to 20 octets, big-endian, unsigned. Default: 16 random octets. */
  readonly serial?: Uint8Array;
  /** Milliseconds since 1970, cut to whole seconds. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly extensions?: ExtensionsSpec;
  /** Default: SHA-256, or SHA-384 under a P-384 key. */
  readonly digest?: DigestAlgorithm;
}
