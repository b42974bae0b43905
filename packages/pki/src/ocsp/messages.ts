import type { Signer } from "../cms/signed-data.ts";
import type { DigestAlgorithm } from "../crypto.ts";
import type { RevocationReason } from "../x509/create-revocation-list.ts";

/** Which certificate is asked about (RFC 6960 section 4.1.1). Byte fields are views. */
export interface OcspCertId {
  /** Undefined for a hash that we do not know: then nothing can match. */
  readonly digest: DigestAlgorithm | undefined;
  readonly issuerNameHash: Uint8Array;
  readonly issuerKeyHash: Uint8Array;
  /** The serial number's content octets in lower hex, as encoded. */
  readonly serialHex: string;
  /** The whole CertID, to be echoed as it came. */
  readonly der: Uint8Array;
}

/** A parsed OCSPRequest; a signature of the asker is not looked at, as everybody may ask. */
export interface OcspRequest {
  readonly ids: readonly OcspCertId[];
  /** 1 to 128 octets; undefined when the asker sent none. */
  readonly nonce: Uint8Array | undefined;
}

export type OcspStatus =
  | { readonly status: "good" | "unknown" }
  | { readonly status: "revoked"; readonly revokedAt: number; readonly reason: RevocationReason };

export interface OcspAnswer {
  readonly id: OcspCertId;
  readonly status: OcspStatus;
}

export interface OcspResponseSpec {
  /** The authority itself, or a responder that it delegated (RFC 6960 section 4.2.2.2). */
  readonly signer: Signer;
  /** Times in ms. */
  readonly producedAt: number;
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  readonly answers: readonly OcspAnswer[];
  readonly nonce: Uint8Array | undefined;
  /** DER of what the asker needs to trust the signer: a delegated responder's own certificate. */
  readonly certificates: readonly Uint8Array[];
}

/** OCSPResponseStatus of an answer that is none. */
export type OcspError = "malformedRequest" | "internalError" | "tryLater" | "unauthorized";
