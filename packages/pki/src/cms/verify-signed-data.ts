import { digestOf, signerAlgorithmOf } from "../algorithms.ts";
import { equalBytes } from "../bytes.ts";
import type { Crypto, DigestAlgorithm, PublicKeyHandle } from "../crypto.ts";
import { contentOf } from "../der/element.ts";
import { decodeOid } from "../der/oid.ts";
import { DerReader } from "../der/reader.ts";
import { TAG } from "../der/tags.ts";
import { decodeTime } from "../der/time.ts";
import { OID } from "../oids.ts";
import { PkiError } from "../pki-error.ts";
import { identifies, locatePublicKey } from "./certificate-identifier.ts";
import { parseSignedAttributes, singleValue, walkSignedAttributes } from "./signed-attributes.ts";
import type {
  SignedData,
  SignedDataFailure,
  SignedDataVerdict,
  SignerInfo,
  VerifySignedDataOptions,
} from "./signed-data.ts";

/**
 * Verifies a SignedData (RFC 5652 section 5.4 to 5.6): digest over the content, signature over the signed attributes or,
 * where there are none, over the content. Whose certificate it is, is left to the caller.
 */
export function verifySignedData(
  crypto: Crypto,
  signed: SignedData,
  options: VerifySignedDataOptions = {},
): SignedDataVerdict {
  const content = options.detachedContent ?? signed.content;
  if (content === undefined) return failed("no-content");
  if (options.detachedContent && signed.content && !equalBytes(options.detachedContent, signed.content))
    return failed("content-mismatch");
  const [first, ...others] = signed.signers;
  if (first === undefined) return failed("no-signer");
  if (others.length > 0 && options.signers !== "all") return failed("several-signers");
  const verdict = verifySigner(crypto, signed, first, content, options);
  for (const other of verdict.ok ? others : []) {
    const next = verifySigner(crypto, signed, other, content, options);
    if (!next.ok) return next;
  }
  return verdict;
}

function failed(reason: SignedDataFailure): SignedDataVerdict {
  return { ok: false, reason };
}

function verifySigner(
  crypto: Crypto,
  signed: SignedData,
  signer: SignerInfo,
  content: Uint8Array,
  options: VerifySignedDataOptions,
): SignedDataVerdict {
  const digest = digestOf(signer.digestOid);
  const algorithm = digest && signerAlgorithmOf(signer.signatureOid, digest);
  if (digest === undefined || algorithm === undefined) return failed("unsupported-algorithm");
  const isSigner = (certificate: Uint8Array) => identifies(signer.signer, certificate);
  const signerCertificate = signed.certificates.find(isSigner) ?? options.knownCertificates?.find(isSigner);
  if (signerCertificate === undefined) return failed("no-certificate");
  const key = options.keyFor?.(signerCertificate) ?? importSignerKey(crypto, signerCertificate);
  if (key === undefined) return failed("unusable-key");

  const checked = signer.signedAttributes
    ? checkAttributes(crypto, digest, signed.contentType, signer.signedAttributes, content)
    : checkBareContent(crypto, digest, signed.contentType, content);
  if (typeof checked === "string") return failed(checked);
  if (!crypto.verify(key, algorithm, checked.signedBytes, signer.signature)) return failed("bad-signature");
  const { signedAttributes } = signer;
  return {
    ok: true,
    signerCertificate,
    digest,
    contentType: signed.contentType,
    content,
    hasSignedAttributes: signedAttributes !== undefined,
    messageDigest: checked.messageDigest,
    signingTime: checked.signingTime,
    signedAttributes: () => (signedAttributes ? parseSignedAttributes(signedAttributes) : []),
  };
}

interface Checked {
  readonly signedBytes: Uint8Array;
  readonly messageDigest: Uint8Array;
  readonly signingTime: number | undefined;
}

function checkAttributes(
  crypto: Crypto,
  digest: DigestAlgorithm,
  contentType: string,
  attributes: Uint8Array,
  content: Uint8Array,
): Checked | SignedDataFailure {
  let claimedType: string | undefined;
  let claimedDigest: Uint8Array | undefined;
  let signingTime: number | undefined;
  try {
    walkSignedAttributes(attributes, (oid, values) => {
      const isRepeated =
        (oid === OID.contentType && claimedType !== undefined) ||
        (oid === OID.messageDigest && claimedDigest !== undefined) ||
        (oid === OID.signingTime && signingTime !== undefined);
      if (isRepeated) throw new PkiError("cms.attribute", "an attribute appears twice");
      if (oid === OID.contentType) claimedType = decodeOid(singleValue(values));
      else if (oid === OID.messageDigest) claimedDigest = contentOf(octetString(values));
      else if (oid === OID.signingTime) signingTime = decodeTime(singleValue(values));
    });
  } catch (error) {
    if (error instanceof PkiError) return "bad-attributes";
    throw error;
  }
  if (claimedType !== contentType || claimedDigest === undefined) return "bad-attributes";
  const messageDigest = crypto.digest(digest, content);
  if (!equalBytes(claimedDigest, messageDigest)) return "digest-mismatch";
  // The signature is over the attributes with the tag of a SET, not with [0] (RFC 5652 section 5.4). Not slice(): on a
  // Buffer that is a view, and the caller's message would change.
  const signedBytes = new Uint8Array(attributes);
  signedBytes[0] = TAG.set;
  return { signedBytes, messageDigest, signingTime };
}

function octetString(values: DerReader) {
  const value = singleValue(values);
  if (value.tag !== TAG.octetString) throw new PkiError("cms.attribute", "messageDigest is not an OCTET STRING");
  return value;
}

function checkBareContent(
  crypto: Crypto,
  digest: DigestAlgorithm,
  contentType: string,
  content: Uint8Array,
): Checked | SignedDataFailure {
  // RFC 5652 section 5.3 demands attributes for other types. A bare SET could be the attributes of another message,
  // whose signature would then hold for "content" that nobody signed as such.
  if (contentType !== OID.data || isWholeSet(content)) return "bad-attributes";
  return { signedBytes: content, messageDigest: crypto.digest(digest, content), signingTime: undefined };
}

function isWholeSet(content: Uint8Array): boolean {
  if (content[0] !== TAG.set) return false;
  try {
    return new DerReader(content).read().end === content.length;
  } catch {
    return false;
  }
}

function importSignerKey(crypto: Crypto, certificate: Uint8Array): PublicKeyHandle | undefined {
  try {
    return crypto.importPublicKey(locatePublicKey(certificate));
  } catch (error) {
    if (error instanceof PkiError) return undefined;
    throw error;
  }
}
