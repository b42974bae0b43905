import { createSignedData, encodePem, parseCertificate } from "@pomona/pki";
import { nodeCrypto, privateKeyFromPem } from "@pomona/pki/node";

/** The Mac's MDM identity, as its keychain keeps it. */
export interface MdmIdentity {
  /** Base64 DER. */
  readonly certificate: string;
  /** PKCS#8 PEM. */
  readonly key: string;
}

/** The value of the header `Mdm-Signature`: base64 of a detached CMS over the body (Apple: Mdm-Signature). */
export type SignBody = (body: Uint8Array) => string;

export function bodySigner(identity: MdmIdentity): SignBody {
  const crypto = nodeCrypto();
  const signer = {
    certificate: parseCertificate(Buffer.from(identity.certificate, "base64")),
    key: privateKeyFromPem(identity.key),
  };
  return (body) =>
    Buffer.from(createSignedData(crypto, { content: body, detached: true, signer, signingTime: Date.now() })).toString(
      "base64",
    );
}

/** The identity as a TLS client shows it. */
export const tlsIdentity = (identity: MdmIdentity): { certificate: string; key: string } => ({
  certificate: encodePem("CERTIFICATE", Buffer.from(identity.certificate, "base64")),
  key: identity.key,
});
