import { toHex } from "../bytes.ts";
import { createEnvelopedData } from "../cms/create-enveloped-data.ts";
import { createSignedData } from "../cms/create-signed-data.ts";
import type { Crypto } from "../crypto.ts";
import { encodeScepAttributes } from "./attributes.ts";
import type { ScepClientRequest } from "./messages.ts";
import type { ScepRequestSpec } from "./options.ts";

/** The client's half: a first request (RFC 8894 section 3.3.1). macOS sends this type for renewals too. */
export function buildPkcsReq(crypto: Crypto, spec: ScepRequestSpec): ScepClientRequest {
  return buildRequest(crypto, spec, "PKCSReq");
}

/** A renewal, signed with the certificate that is to be replaced. */
export function buildRenewalReq(crypto: Crypto, spec: ScepRequestSpec): ScepClientRequest {
  return buildRequest(crypto, spec, "RenewalReq");
}

function buildRequest(crypto: Crypto, spec: ScepRequestSpec, messageType: "PKCSReq" | "RenewalReq"): ScepClientRequest {
  const transactionId = spec.transactionId ?? toHex(crypto.digest("sha256", spec.csr));
  const senderNonce = crypto.random(16);
  const der = createSignedData(crypto, {
    content: createEnvelopedData(crypto, spec.csr, spec.caCertificate, spec.cipher ?? "aes-256-cbc"),
    signer: spec.signer,
    digest: spec.digest ?? "sha256",
    attributes: encodeScepAttributes({ messageType, transactionId, senderNonce }),
  });
  return { der, transactionId, senderNonce };
}
