import type { Crypto } from "../crypto.ts";
import { PkiError } from "../pki-error.ts";
import type { CertificateRequest } from "./certificate-request.ts";

/** Proof of possession: the request is signed with the private half of the key it names. */
export function verifyCertificateRequest(crypto: Crypto, request: CertificateRequest): boolean {
  if (request.signatureAlgorithm === undefined) return false;
  try {
    const key = crypto.importPublicKey(request.spki);
    return crypto.verify(key, request.signatureAlgorithm, request.info, request.signature);
  } catch (error) {
    if (error instanceof PkiError) return false;
    throw error;
  }
}
