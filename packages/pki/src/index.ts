import type {
  SignedData,
  SignedDataSpec,
  SignedDataVerdict,
  Signer,
  VerifySignedDataOptions,
} from "./cms/signed-data.ts";
import type { Cipher, Crypto, PrivateKeyHandle } from "./crypto.ts";
import type { CertificateRequest, CertificateRequestSpec } from "./csr/certificate-request.ts";
import type { ScepClientRequest, ScepReply, ScepRequestResult } from "./scep/messages.ts";
import type {
  CertRepFailureSpec,
  CertRepSuccessSpec,
  ParseCertRepOptions,
  ParsePkiMessageOptions,
  ScepRequestSpec,
} from "./scep/options.ts";
import type { Certificate } from "./x509/certificate.ts";
import type { ChainOptions, ChainVerdict } from "./x509/chain-verdict.ts";
import type { CertificateSpec } from "./x509/issue-types.ts";
import type { DistinguishedName, NameAttributeType } from "./x509/name-types.ts";

export * from "./cms/signed-data.ts";
export * from "./crypto.ts";
export * from "./csr/certificate-request.ts";
export { PkiError } from "./pki-error.ts";
export * from "./scep/messages.ts";
export * from "./scep/options.ts";
export * from "./x509/certificate.ts";
export * from "./x509/chain-verdict.ts";
export * from "./x509/issue-types.ts";
export * from "./x509/name-types.ts";

export declare const EKU: {
  readonly serverAuth: string;
  readonly clientAuth: string;
  readonly codeSigning: string;
  readonly emailProtection: string;
};
export declare function parseCertificate(der: Uint8Array): Certificate;
export declare function certificateFingerprint(crypto: Crypto, der: Uint8Array): string;
export declare function issueCertificate(crypto: Crypto, spec: CertificateSpec): Uint8Array;
export declare function verifyChain(
  crypto: Crypto,
  leaf: Certificate,
  intermediates: readonly Certificate[],
  roots: readonly Certificate[],
  now: number,
  options?: ChainOptions,
): ChainVerdict;
export declare function nameValue(name: DistinguishedName, type: NameAttributeType): string | undefined;
export declare function encodePem(label: string, der: Uint8Array): string;
export declare function decodePem(text: string, label?: string): { label: string; der: Uint8Array }[];
export declare function createCertificateRequest(
  crypto: Crypto,
  key: PrivateKeyHandle,
  spec: CertificateRequestSpec,
): Uint8Array;
export declare function parseCertificateRequest(der: Uint8Array): CertificateRequest;
export declare function verifyCertificateRequest(crypto: Crypto, request: CertificateRequest): boolean;
export declare function parseSignedData(der: Uint8Array): SignedData;
export declare function verifySignedData(
  crypto: Crypto,
  signed: SignedData,
  options?: VerifySignedDataOptions,
): SignedDataVerdict;
export declare function createSignedData(crypto: Crypto, spec: SignedDataSpec): Uint8Array;
export declare function degenerateSignedData(certificates: readonly Uint8Array[]): Uint8Array;
export declare function createEnvelopedData(
  crypto: Crypto,
  content: Uint8Array,
  recipient: Certificate,
  cipher: Cipher,
): Uint8Array;
export declare function openEnvelopedData(
  crypto: Crypto,
  der: Uint8Array,
  recipient: Certificate,
  key: PrivateKeyHandle,
  options?: { readonly allowDes?: boolean },
): { readonly content: Uint8Array; readonly cipher: Cipher };
export declare function parsePkiMessage(
  crypto: Crypto,
  der: Uint8Array,
  options: ParsePkiMessageOptions,
): ScepRequestResult;
export declare function buildCertRepSuccess(crypto: Crypto, spec: CertRepSuccessSpec): Uint8Array;
export declare function buildCertRepFailure(crypto: Crypto, spec: CertRepFailureSpec): Uint8Array;
export declare function buildPkcsReq(crypto: Crypto, spec: ScepRequestSpec): ScepClientRequest;
export declare function buildRenewalReq(crypto: Crypto, spec: ScepRequestSpec): ScepClientRequest;
export declare function parseCertRep(crypto: Crypto, der: Uint8Array, options: ParseCertRepOptions): ScepReply;
export type { Signer };
