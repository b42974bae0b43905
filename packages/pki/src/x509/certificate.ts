import type { SignatureAlgorithm } from "../crypto.ts";
import type { DistinguishedName } from "./name-types.ts";

/** The bits of KeyUsage (RFC 5280 section 4.2.1.3) in bit order. */
export type KeyUsage =
  | "digitalSignature"
  | "nonRepudiation"
  | "keyEncipherment"
  | "dataEncipherment"
  | "keyAgreement"
  | "keyCertSign"
  | "cRLSign"
  | "encipherOnly"
  | "decipherOnly";

export interface CertificateExtension {
  readonly oid: string;
  readonly isCritical: boolean;
  /** The DER inside the extension's OCTET STRING. */
  readonly value: Uint8Array;
}

/** Subject alternative names by kind, in encoded order; IP addresses as text. Kinds we do not know are left out. */
export interface AlternativeNames {
  readonly sanDns: readonly string[];
  readonly sanUri: readonly string[];
  readonly sanEmail: readonly string[];
  readonly sanIp: readonly string[];
}

export type KeyType = "rsa" | "ec-p256" | "ec-p384" | "ec-p521" | "other";

/** A parsed certificate (RFC 5280). Byte fields are views into `raw`; times are milliseconds since 1970. */
export interface Certificate extends AlternativeNames {
  readonly raw: Uint8Array;
  readonly tbs: Uint8Array;
  /** The serial number's content octets in lower hex, as encoded (a leading 00 stays). */
  readonly serialHex: string;
  readonly issuer: DistinguishedName;
  readonly subject: DistinguishedName;
  readonly spki: Uint8Array;
  readonly keyType: KeyType;
  /** RSA modulus or curve size in bits; 0 for "other". */
  readonly keyBits: number;
  readonly notBefore: number;
  readonly notAfter: number;
  /** Undefined when it is one we do not verify (MD5, PSS, EdDSA): see `signatureOid`. */
  readonly signatureAlgorithm: SignatureAlgorithm | undefined;
  readonly signatureOid: string;
  readonly signature: Uint8Array;
  readonly extensions: readonly CertificateExtension[];
  readonly isCa: boolean;
  readonly pathLength: number | undefined;
  /** Undefined when the certificate has no KeyUsage, which permits every use. */
  readonly keyUsage: readonly KeyUsage[] | undefined;
  /** OIDs; undefined when absent, which permits every use. */
  readonly extendedKeyUsage: readonly string[] | undefined;
  readonly ski: Uint8Array | undefined;
  readonly aki: Uint8Array | undefined;
}
