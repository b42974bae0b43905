import { PkiError, parseCertificateRequest, verifyCertificateRequest } from "@pomona/pki";
import { PomonaError } from "../../kernel/errors.ts";
import type { Authority } from "../tenants/index.ts";

/**
 * The key of a certificate request (SubjectPublicKeyInfo), once its holder is proved to have it.
 * @param csr PKCS#10 in base64 DER
 * @throws PomonaError `agent.request-invalid`
 */
export function provenKey(authority: Authority, csr: string): Uint8Array {
  try {
    const request = parseCertificateRequest(Buffer.from(csr, "base64"));
    if (verifyCertificateRequest(authority.crypto, request)) return request.spki;
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
  }
  throw new PomonaError(
    "invalid",
    "agent.request-invalid",
    "The certificate request cannot be read, or is not signed.",
  );
}
