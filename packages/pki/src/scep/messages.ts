import type { Cipher, DigestAlgorithm } from "../crypto.ts";
import type { CertificateRequest } from "../csr/certificate-request.ts";
import type { Certificate } from "../x509/certificate.ts";

/** RFC 8894 section 3.2.1.2. */
export type ScepMessageType = "CertRep" | "RenewalReq" | "PKCSReq" | "CertPoll" | "GetCert" | "GetCRL";

/** RFC 8894 section 3.2.1.4. */
export type ScepFailInfo = "badAlg" | "badMessageCheck" | "badRequest" | "badTime" | "badCertID";

/** What an answer must echo. In a refusal it is as the sender claims, even if the signature was wrong. */
export interface ScepRequestHeader {
  readonly messageType: ScepMessageType;
  readonly transactionId: string;
  readonly senderNonce: Uint8Array;
  /** The certificate that signed the request and to which the answer is enveloped: self-signed, or the one to renew. */
  readonly signerCertificate: Certificate;
  readonly digest: DigestAlgorithm;
}

/** A PKCSReq or RenewalReq whose signature, envelope and proof of possession are right. Who may have a certificate is not decided here. */
export interface ScepEnrollmentRequest extends ScepRequestHeader {
  readonly messageType: "PKCSReq" | "RenewalReq";
  readonly csr: CertificateRequest;
  /** From the CSR; a secret. */
  readonly challengePassword: string | undefined;
  readonly cipher: Cipher;
  /** The request is signed with the key of its own CSR: always so at first, and by clients that renew with the same key. */
  readonly isSignedByRequestedKey: boolean;
}

export type ScepRequestResult =
  | { readonly ok: true; readonly request: ScepEnrollmentRequest }
  | {
      readonly ok: false;
      readonly failInfo: ScepFailInfo;
      readonly reason: string;
      readonly header: ScepRequestHeader;
    };

/** A request as the client keeps it until the answer comes. */
export interface ScepClientRequest {
  /** Body of the PKIOperation. */
  readonly der: Uint8Array;
  readonly transactionId: string;
  readonly senderNonce: Uint8Array;
}

export type ScepReply =
  | { readonly status: "success"; readonly certificates: readonly Certificate[] }
  | { readonly status: "failure"; readonly failInfo: ScepFailInfo | undefined }
  | { readonly status: "pending" };
