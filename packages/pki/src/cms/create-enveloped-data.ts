import { ciphers } from "../algorithms.ts";
import type { Cipher, Crypto } from "../crypto.ts";
import { contextPrimitiveTag, TAG } from "../der/tags.ts";
import { derAlgorithm, derElement, derInteger, derNull, derOctetString, derOid, derSequence } from "../der/write.ts";
import { OID } from "../oids.ts";
import { PkiError } from "../pki-error.ts";
import type { Certificate } from "../x509/certificate.ts";
import { derCertificateIdentifier } from "./certificate-identifier.ts";
import { derContentInfo } from "./content-info.ts";

/** Encrypts content to one RSA certificate (RFC 5652 section 6, key transport), as DER. Throws PkiError `cms.recipient` for other keys. */
export function createEnvelopedData(
  crypto: Crypto,
  content: Uint8Array,
  recipient: Certificate,
  cipher: Cipher,
): Uint8Array {
  if (recipient.keyType !== "rsa")
    throw new PkiError("cms.recipient", "only a certificate with an RSA key can receive this message");
  const { oid, keyLength, blockLength } = ciphers[cipher];
  const key = crypto.random(keyLength);
  const iv = crypto.random(blockLength);
  const recipientInfo = derSequence(
    derInteger(0),
    derCertificateIdentifier(recipient),
    derAlgorithm(OID.rsaEncryption, derNull()),
    derOctetString(crypto.wrapKey(crypto.importPublicKey(recipient.spki), key)),
  );
  const encryptedContent = derSequence(
    derOid(OID.data),
    derAlgorithm(oid, derOctetString(iv)),
    derElement(contextPrimitiveTag(0), crypto.encrypt(cipher, key, iv, content)),
  );
  return derContentInfo(
    OID.envelopedData,
    derSequence(derInteger(0), derElement(TAG.set, recipientInfo), encryptedContent),
  );
}
