import { derSignatureAlgorithm, signatureAlgorithmFor } from "../algorithms.ts";
import { equalBytes } from "../bytes.ts";
import type { Crypto } from "../crypto.ts";
import { derTime } from "../der/time.ts";
import { derBitString, derExplicit, derInteger, derSequence } from "../der/write.ts";
import { PkiError } from "../pki-error.ts";
import { encodeExtensions } from "./encode-extensions.ts";
import type { CertificateSpec } from "./issue-types.ts";
import { encodeName } from "./name.ts";
import { parsePublicKeyInfo } from "./public-key-info.ts";

/**
 * Issues an X.509 v3 certificate and returns its DER. The issuer's certificate and key must belong together.
 * Throws PkiError `x509.spec` for what could not be a valid certificate.
 */
export function issueCertificate(crypto: Crypto, spec: CertificateSpec): Uint8Array {
  const { certificate: issuer, key } = spec.issuer;
  const issuerSpki = crypto.publicKeyOf(key);
  if (!equalBytes(issuerSpki, issuer === "self" ? spec.spki : issuer.spki)) {
    throw new PkiError("x509.spec", "the issuer's key does not belong to its certificate");
  }
  if (!(spec.notBefore < spec.notAfter)) throw new PkiError("x509.spec", "notAfter must be later than notBefore");
  const serial = spec.serial ?? crypto.random(16);
  if (serial.length === 0 || serial.length > 20 || serial.every((octet) => octet === 0)) {
    throw new PkiError("x509.spec", "a serial number has 1 to 20 octets and is positive");
  }
  const algorithm = signatureAlgorithmFor(crypto, key, spec.digest);
  const subject = encodeName(spec.subject);
  const keyId = (spki: Uint8Array) => crypto.digest("sha1", parsePublicKeyInfo(spki).keyOctets);
  const ski = keyId(spec.spki);
  const tbs = derSequence(
    derExplicit(0, derInteger(2)),
    derInteger(serial),
    derSignatureAlgorithm(algorithm),
    issuer === "self" ? subject : issuer.subject.der,
    derSequence(derTime(spec.notBefore), derTime(spec.notAfter)),
    subject,
    spec.spki,
    derExplicit(
      3,
      encodeExtensions(spec.extensions ?? {}, ski, issuer === "self" ? ski : (issuer.ski ?? keyId(issuer.spki))),
    ),
  );
  return derSequence(tbs, derSignatureAlgorithm(algorithm), derBitString(crypto.sign(key, algorithm, tbs)));
}
