import { derDigestAlgorithm, derSignatureAlgorithm, signatureAlgorithmFor } from "../algorithms.ts";
import type { Crypto } from "../crypto.ts";
import { contextTag, TAG } from "../der/tags.ts";
import { derTime } from "../der/time.ts";
import {
  derAlgorithm,
  derElement,
  derExplicit,
  derInteger,
  derNull,
  derOctetString,
  derOid,
  derSequence,
  derSetOf,
} from "../der/write.ts";
import { OID } from "../oids.ts";
import { derCertificateIdentifier } from "./certificate-identifier.ts";
import { derContentInfo } from "./content-info.ts";
import type { SignedDataSpec } from "./signed-data.ts";

/** Makes a CMS SignedData with one signer and signed attributes, as DER. */
export function createSignedData(crypto: Crypto, spec: SignedDataSpec): Uint8Array {
  const contentType = spec.contentType ?? OID.data;
  const { certificate, key } = spec.signer;
  const digest = spec.digest ?? "sha256";
  const attributes = derSetOf([
    derAttribute(OID.contentType, [derOid(contentType)]),
    derAttribute(OID.messageDigest, [derOctetString(crypto.digest(digest, spec.content))]),
    ...(spec.signingTime === undefined ? [] : [derAttribute(OID.signingTime, [derTime(spec.signingTime)])]),
    ...(spec.attributes ?? []).map(({ oid, values }) => derAttribute(oid, values)),
  ]);
  const algorithm = signatureAlgorithmFor(crypto, key, digest);
  const implicitAttributes = new Uint8Array(attributes);
  implicitAttributes[0] = contextTag(0);
  const signerInfo = derSequence(
    derInteger(1),
    derCertificateIdentifier(certificate),
    derDigestAlgorithm(digest),
    implicitAttributes,
    // Old verifiers know only the key's algorithm here for RSA (RFC 3370 section 3.2).
    algorithm.startsWith("rsa-") ? derAlgorithm(OID.rsaEncryption, derNull()) : derSignatureAlgorithm(algorithm),
    derOctetString(crypto.sign(key, algorithm, attributes)),
  );
  const signedData = derSequence(
    derInteger(contentType === OID.data ? 1 : 3),
    derSetOf([derDigestAlgorithm(digest)]),
    derSequence(derOid(contentType), ...(spec.detached ? [] : [derExplicit(0, derOctetString(spec.content))])),
    derElement(contextTag(0), certificate.raw, ...(spec.extraCertificates ?? [])),
    derSetOf([signerInfo]),
  );
  return derContentInfo(OID.signedData, signedData);
}

/**
 * SignedData without content or signer, as a bag of certificates (RFC 5652 section 5.2): GetCACert and CertRep of SCEP.
 * The order is kept although DER would sort: clients take the first certificate for their own.
 */
export function degenerateSignedData(certificates: readonly Uint8Array[]): Uint8Array {
  const signedData = derSequence(
    derInteger(1),
    derElement(TAG.set),
    derSequence(derOid(OID.data)),
    derElement(contextTag(0), ...certificates),
    derElement(TAG.set),
  );
  return derContentInfo(OID.signedData, signedData);
}

function derAttribute(oid: string, values: readonly Uint8Array[]): Uint8Array {
  return derSequence(derOid(oid), derSetOf(values));
}
