import type { DigestAlgorithm, SignatureAlgorithm } from "../crypto.ts";
import type { AlternativeNames, CertificateExtension, KeyType } from "../x509/certificate.ts";
import type { DistinguishedName, NameSpec } from "../x509/name-types.ts";

/** A parsed PKCS#10 request (RFC 2986). Its names are wishes: what is issued comes from the server's record. */
export interface CertificateRequest extends AlternativeNames {
  readonly raw: Uint8Array;
  /** CertificationRequestInfo, the bytes that are signed. */
  readonly info: Uint8Array;
  readonly subject: DistinguishedName;
  readonly spki: Uint8Array;
  readonly keyType: KeyType;
  readonly keyBits: number;
  /** Attribute 1.2.840.113549.1.9.7. A secret: compare it in constant time, never log it. */
  readonly challengePassword: string | undefined;
  /** From the extensionRequest attribute. */
  readonly extensions: readonly CertificateExtension[];
  readonly signatureAlgorithm: SignatureAlgorithm | undefined;
  readonly signatureOid: string;
  readonly signature: Uint8Array;
}

export interface CertificateRequestSpec {
  readonly subject: NameSpec | DistinguishedName;
  readonly challengePassword?: string;
  readonly sanDns?: readonly string[];
  readonly sanUri?: readonly string[];
  readonly sanEmail?: readonly string[];
  readonly sanIp?: readonly string[];
  readonly digest?: DigestAlgorithm;
}
