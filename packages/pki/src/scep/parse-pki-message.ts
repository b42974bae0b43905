import { digestOf } from "../algorithms.ts";
import { equalBytes } from "../bytes.ts";
import { identifies } from "../cms/certificate-identifier.ts";
import { openEnvelopedData } from "../cms/open-enveloped-data.ts";
import { parseSignedData } from "../cms/parse-signed-data.ts";
import type { SignedData } from "../cms/signed-data.ts";
import { verifySignedData } from "../cms/verify-signed-data.ts";
import type { Crypto } from "../crypto.ts";
import { parseCertificateRequest } from "../csr/parse-certificate-request.ts";
import { verifyCertificateRequest } from "../csr/verify-certificate-request.ts";
import { PkiError } from "../pki-error.ts";
import { parseCertificate } from "../x509/parse-certificate.ts";
import { readScepAttributes, required } from "./attributes.ts";
import type { ScepFailInfo, ScepRequestHeader, ScepRequestResult } from "./messages.ts";
import type { ParsePkiMessageOptions } from "./options.ts";

/**
 * The server's half: opens a pkiMessage (RFC 8894 section 3). Throws PkiError where not even the header can be read
 * (answer 400); otherwise says what is wrong in terms of a CertRep failure. Whether the signer may have a certificate
 * (challenge, renewal of one of ours) is for the caller to decide.
 */
export function parsePkiMessage(crypto: Crypto, der: Uint8Array, options: ParsePkiMessageOptions): ScepRequestResult {
  const signed = parseSignedData(der);
  const header = readHeader(signed);
  const refuse = (failInfo: ScepFailInfo, reason: string): ScepRequestResult => ({
    ok: false,
    failInfo,
    reason,
    header,
  });
  const { messageType, signerCertificate } = header;

  const verdict = verifySignedData(crypto, signed);
  if (!verdict.ok)
    return refuse(verdict.reason === "unsupported-algorithm" ? "badAlg" : "badMessageCheck", verdict.reason);
  // What asks about a certificate: nothing is ever left pending here, and lists are where certificates say they are.
  if (messageType === "CertPoll" || messageType === "GetCert" || messageType === "GetCRL")
    return refuse("badCertID", "unsupported-message-type");
  if (messageType !== "PKCSReq" && messageType !== "RenewalReq")
    return refuse("badRequest", "unsupported-message-type");
  // The answer is enveloped to this key, which only RSA can receive.
  if (signerCertificate.keyType !== "rsa") return refuse("badAlg", "signer-key-not-rsa");
  try {
    const { content, cipher } = openEnvelopedData(crypto, verdict.content, options.caCertificate, options.caKey, {
      allowDes: options.allowDes ?? false,
    });
    const csr = parseCertificateRequest(content);
    if (!verifyCertificateRequest(crypto, csr)) return refuse("badMessageCheck", "request-signature");
    const isSignedByRequestedKey = equalBytes(signerCertificate.spki, csr.spki);
    const { challengePassword } = csr;
    return { ok: true, request: { ...header, messageType, csr, challengePassword, cipher, isSignedByRequestedKey } };
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
    if (error.code === "cms.cipher") return refuse("badAlg", "unsupported-cipher");
    if (error.code === "cms.recipient") return refuse("badRequest", "not-our-certificate");
    // One answer for bad padding and for bad content: a difference would tell about the key.
    return refuse("badRequest", "unreadable-content");
  }
}

function readHeader(signed: SignedData): ScepRequestHeader {
  const [signer] = signed.signers;
  if (signer === undefined || signed.signers.length > 1)
    throw new PkiError("scep.signer", "a SCEP message has one signer");
  const attributes = readScepAttributes(signer);
  const certificate = signed.certificates.find((candidate) => identifies(signer.signer, candidate));
  if (certificate === undefined) throw new PkiError("scep.signer", "the signer's certificate is not in the message");
  return {
    messageType: attributes.messageType,
    transactionId: attributes.transactionId,
    senderNonce: required(attributes.senderNonce, "senderNonce"),
    signerCertificate: parseCertificate(certificate),
    digest: digestOf(signer.digestOid) ?? "sha256",
  };
}
