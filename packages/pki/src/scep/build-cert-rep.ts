import { createEnvelopedData } from "../cms/create-enveloped-data.ts";
import { createSignedData, degenerateSignedData } from "../cms/create-signed-data.ts";
import type { Crypto } from "../crypto.ts";
import { encodeScepAttributes, type ScepAttributesSpec } from "./attributes.ts";
import type { ScepRequestHeader } from "./messages.ts";
import type { CertRepFailureSpec, CertRepSuccessSpec } from "./options.ts";

/** CertRep with the certificate, enveloped to the request's signer with the request's own cipher and digest (RFC 8894 section 3.3.2.1). */
export function buildCertRepSuccess(crypto: Crypto, spec: CertRepSuccessSpec): Uint8Array {
  const { request, signer } = spec;
  const certificates = degenerateSignedData([spec.certificate, ...(spec.extraCertificates ?? [])]);
  const content = createEnvelopedData(crypto, certificates, request.signerCertificate, request.cipher);
  return createSignedData(crypto, {
    content,
    signer,
    digest: request.digest,
    attributes: replyAttributes(crypto, request, { pkiStatus: "0" }),
  });
}

/** CertRep that refuses (RFC 8894 section 3.3.2.2); sent with HTTP 200. */
export function buildCertRepFailure(crypto: Crypto, spec: CertRepFailureSpec): Uint8Array {
  const { request, signer, failInfo } = spec;
  // Content of no length rather than none: some verifiers take a message without content for a detached one.
  const content = new Uint8Array(0);
  return createSignedData(crypto, {
    content,
    signer,
    digest: request.digest,
    attributes: replyAttributes(crypto, request, { pkiStatus: "2", failInfo }),
  });
}

function replyAttributes(crypto: Crypto, request: ScepRequestHeader, outcome: Partial<ScepAttributesSpec>) {
  return encodeScepAttributes({
    messageType: "CertRep",
    transactionId: request.transactionId,
    senderNonce: crypto.random(16),
    recipientNonce: request.senderNonce,
    ...outcome,
  });
}
