import { equalBytes } from "../bytes.ts";
import { openEnvelopedData } from "../cms/open-enveloped-data.ts";
import { parseSignedData } from "../cms/parse-signed-data.ts";
import { verifySignedData } from "../cms/verify-signed-data.ts";
import type { Crypto } from "../crypto.ts";
import { PkiError } from "../pki-error.ts";
import { parseCertificate } from "../x509/parse-certificate.ts";
import { readScepAttributes } from "./attributes.ts";
import type { ScepReply } from "./messages.ts";
import type { ParseCertRepOptions } from "./options.ts";

/**
 * The client's half: reads the answer to a request. Throws PkiError `scep.reply` unless it is signed by the CA and
 * answers this very request; a refusal is data.
 */
export function parseCertRep(crypto: Crypto, der: Uint8Array, options: ParseCertRepOptions): ScepReply {
  const { request, signer, caCertificate } = options;
  const signed = parseSignedData(der);
  const verdict = verifySignedData(crypto, signed, {
    knownCertificates: [caCertificate.raw],
    // A failure may come without content, whose digest is then that of nothing.
    ...(signed.content ? {} : { detachedContent: new Uint8Array(0) }),
  });
  if (!verdict.ok) throw new PkiError("scep.reply", `the answer is not properly signed: ${verdict.reason}`);
  if (!equalBytes(verdict.signerCertificate, caCertificate.raw))
    throw new PkiError("scep.reply", "the answer is signed by somebody else");
  const [info] = signed.signers;
  const attributes = info && readScepAttributes(info);
  const isOurs =
    attributes?.transactionId === request.transactionId &&
    attributes.recipientNonce &&
    equalBytes(attributes.recipientNonce, request.senderNonce);
  if (attributes?.messageType !== "CertRep" || !isOurs)
    throw new PkiError("scep.reply", "the answer belongs to another request");
  if (attributes.pkiStatus === "2") return { status: "failure", failInfo: attributes.failInfo };
  if (attributes.pkiStatus === "3") return { status: "pending" };
  if (attributes.pkiStatus !== "0") throw new PkiError("scep.reply", "the answer has no known status");
  const opened = openEnvelopedData(crypto, verdict.content, signer.certificate, signer.key, {
    allowDes: options.allowDes ?? false,
  });
  const certificates = parseSignedData(opened.content).certificates.map(parseCertificate);
  if (certificates.length === 0) throw new PkiError("scep.reply", "the answer holds no certificate");
  return { status: "success", certificates };
}
