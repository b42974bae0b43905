import { createSecureContext, type SecureContext } from "node:tls";

/** What the agent shows and whom it trusts on every connection: only the pinned roots, TLS 1.2 or newer. */
export interface ServerTrust {
  readonly context: SecureContext;
}

/** @throws when the roots, the certificate or the key cannot be read as PEM */
export function createServerTrust(
  roots: string,
  identity?: { readonly certificate: string; readonly key: string },
): ServerTrust {
  return {
    context: createSecureContext({
      ca: roots,
      minVersion: "TLSv1.2",
      ...(identity === undefined ? {} : { cert: identity.certificate, key: identity.key }),
    }),
  };
}
