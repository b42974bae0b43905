import { PkiError, parseCertificate } from "@pomona/pki";
import { decodeBase64, PlistError } from "@pomona/plist";

/** Why bytes in base64 are no certificate that a recovery key can be encrypted to. */
export function receiverProblem(field: string, encoded: string): string | undefined {
  try {
    return parseCertificate(decodeBase64(encoded)).keyType === "rsa" ? undefined : `${field} needs an RSA key`;
  } catch (error) {
    if (error instanceof PkiError || error instanceof PlistError) return `${field} is no certificate in DER`;
    throw error;
  }
}
