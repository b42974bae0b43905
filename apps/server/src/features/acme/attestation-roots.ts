import { type Certificate, decodePem, PkiError, parseCertificate } from "@pomona/pki";

/**
 * The roots that the operator gave as PEM, one or several.
 * @throws Error that names the setting, when there is text but no root in it
 */
export function attestationRoots(pem: string): readonly Certificate[] {
  if (pem.trim() === "") return [];
  let roots: readonly Certificate[];
  try {
    roots = decodePem(pem, "CERTIFICATE").map(({ der }) => parseCertificate(der));
  } catch (cause) {
    if (!(cause instanceof PkiError)) throw cause;
    throw new Error("POMONA_ATTESTATION_ROOTS holds a certificate that cannot be read.", { cause });
  }
  if (roots.length === 0 || roots.some((root) => !root.isCa))
    throw new Error("POMONA_ATTESTATION_ROOTS has to hold certificates of authorities in PEM, and nothing else.");
  return roots;
}
