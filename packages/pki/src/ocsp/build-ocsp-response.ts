import { derSignatureAlgorithm, signatureAlgorithmFor } from "../algorithms.ts";
import type { Crypto } from "../crypto.ts";
import { contextPrimitiveTag, contextTag } from "../der/tags.ts";
import { derGeneralizedTime } from "../der/time.ts";
import { derBitString, derElement, derExplicit, derOctetString, derOid, derSequence } from "../der/write.ts";
import { OID } from "../oids.ts";
import { revocationReasonCodes } from "../x509/create-revocation-list.ts";
import { derExtension } from "../x509/encode-extensions.ts";
import { parsePublicKeyInfo } from "../x509/public-key-info.ts";
import type { OcspAnswer, OcspError, OcspResponseSpec, OcspStatus } from "./messages.ts";

const enumerated = (value: number): Uint8Array => derElement(0x0a, Uint8Array.of(value));

const errorCodes: Readonly<Record<OcspError, number>> = {
  malformedRequest: 1,
  internalError: 2,
  tryLater: 3,
  unauthorized: 6,
};

/** A signed answer (RFC 6960 section 4.2.1), as DER; the responder is named by its key. */
export function buildOcspResponse(crypto: Crypto, spec: OcspResponseSpec): Uint8Array {
  const { certificate, key } = spec.signer;
  const responder = crypto.digest("sha1", parsePublicKeyInfo(certificate.spki).keyOctets);
  const data = derSequence(
    derExplicit(2, derOctetString(responder)),
    derGeneralizedTime(spec.producedAt),
    derSequence(...spec.answers.map((answer) => single(answer, spec))),
    ...(spec.nonce === undefined
      ? []
      : [derExplicit(1, derSequence(derExtension(OID.ocspNonce, false, derOctetString(spec.nonce))))]),
  );
  const algorithm = signatureAlgorithmFor(crypto, key);
  const basic = derSequence(
    data,
    derSignatureAlgorithm(algorithm),
    derBitString(crypto.sign(key, algorithm, data)),
    ...(spec.certificates.length === 0 ? [] : [derExplicit(0, derSequence(...spec.certificates))]),
  );
  const bytes = derSequence(derOid(OID.ocspBasic), derOctetString(basic));
  return derSequence(enumerated(0), derExplicit(0, bytes));
}

/** An answer that says why there is none; it cannot be signed. */
export const buildOcspError = (error: OcspError): Uint8Array => derSequence(enumerated(errorCodes[error]));

const single = ({ id, status }: OcspAnswer, { thisUpdate, nextUpdate }: OcspResponseSpec): Uint8Array =>
  derSequence(
    id.der,
    encodeStatus(status),
    derGeneralizedTime(thisUpdate),
    derExplicit(0, derGeneralizedTime(nextUpdate)),
  );

function encodeStatus(status: OcspStatus): Uint8Array {
  switch (status.status) {
    case "good":
      return derElement(contextPrimitiveTag(0));
    case "unknown":
      return derElement(contextPrimitiveTag(2));
    case "revoked":
      return derElement(
        contextTag(1),
        derGeneralizedTime(status.revokedAt),
        ...(status.reason === "unspecified" ? [] : [derExplicit(0, enumerated(revocationReasonCodes[status.reason]))]),
      );
  }
}
