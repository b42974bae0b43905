import type { Signer } from "../cms/signed-data.ts";
import type { Cipher, DigestAlgorithm, PrivateKeyHandle } from "../crypto.ts";
import type { Certificate } from "../x509/certificate.ts";
import type { ScepEnrollmentRequest, ScepFailInfo, ScepRequestHeader } from "./messages.ts";

export interface ParsePkiMessageOptions {
  /** The CA or RA certificate that requests are enveloped to; RSA. */
  readonly caCertificate: Certificate;
  readonly caKey: PrivateKeyHandle;
  /** Accept single DES, which only old test clients send. */
  readonly allowDes?: boolean;
}

export interface CertRepSuccessSpec {
  readonly request: ScepEnrollmentRequest;
  /** The CA or RA that signs the answer. */
  readonly signer: Signer;
  /** DER of the certificate that was issued. */
  readonly certificate: Uint8Array;
  /** DER of issuers to send along. */
  readonly extraCertificates?: readonly Uint8Array[];
}

export interface CertRepFailureSpec {
  readonly request: ScepRequestHeader;
  readonly signer: Signer;
  readonly failInfo: ScepFailInfo;
}

export interface ScepRequestSpec {
  /** DER of the PKCS#10 request. */
  readonly csr: Uint8Array;
  /** PKCSReq: a self-signed certificate over the CSR's key; renewal: the certificate to be renewed. */
  readonly signer: Signer;
  /** The CA or RA certificate from GetCACert to envelope to. */
  readonly caCertificate: Certificate;
  /** Default: hex of the SHA-256 of the CSR. */
  readonly transactionId?: string;
  /** Default AES-256-CBC. */
  readonly cipher?: Cipher;
  /** Default SHA-256. */
  readonly digest?: DigestAlgorithm;
}

export interface ParseCertRepOptions {
  readonly request: { readonly transactionId: string; readonly senderNonce: Uint8Array };
  /** The signer of the request, to whom the answer is enveloped. */
  readonly signer: Signer;
  /** The CA or RA that must have signed the answer. */
  readonly caCertificate: Certificate;
  /** Accept single DES, which only old test servers send. */
  readonly allowDes?: boolean;
}
