import { ciphers } from "../algorithms.ts";
import type { Cipher, Crypto } from "../crypto.ts";
import { contextPrimitiveTag } from "../der/tags.ts";
import {
  derAlgorithm,
  derElement,
  derInteger,
  derNull,
  derOctetString,
  derOid,
  derSequence,
  derSetOf,
} from "../der/write.ts";
import { OID } from "../oids.ts";
import { PkiError } from "../pki-error.ts";
import type { Certificate } from "../x509/certificate.ts";
import { derCertificateIdentifier } from "./certificate-identifier.ts";
import { derContentInfo } from "./content-info.ts";

/**
 * Encrypts content to RSA certificates, any one of which opens it (RFC 5652 section 6, key transport), as DER. Throws PkiError
 * `cms.recipient` for other keys, and for none.
 */
export function createEnvelopedData(
  crypto: Crypto,
  content: Uint8Array,
  recipients: Certificate | readonly Certificate[],
  cipher: Cipher,
): Uint8Array {
  const all = [recipients].flat() as readonly Certificate[];
  if (all.length === 0) throw new PkiError("cms.recipient", "a message needs somebody to receive it");
  const { oid, keyLength, blockLength } = ciphers[cipher];
  const key = crypto.random(keyLength);
  const iv = crypto.random(blockLength);
  const encryptedContent = derSequence(
    derOid(OID.data),
    derAlgorithm(oid, derOctetString(iv)),
    derElement(contextPrimitiveTag(0), crypto.encrypt(cipher, key, iv, content)),
  );
  const infos = all.map((recipient) => recipientInfo(crypto, recipient, key));
  return derContentInfo(OID.envelopedData, derSequence(derInteger(0), derSetOf(infos), encryptedContent));
}

function recipientInfo(crypto: Crypto, recipient: Certificate, key: Uint8Array): Uint8Array {
  if (recipient.keyType !== "rsa")
    throw new PkiError("cms.recipient", "only a certificate with an RSA key can receive this message");
  return derSequence(
    derInteger(0),
    derCertificateIdentifier(recipient),
    derAlgorithm(OID.rsaEncryption, derNull()),
    derOctetString(crypto.wrapKey(crypto.importPublicKey(recipient.spki), key)),
  );
}
