import { decodePem, PkiError } from "@pomona/pki";

/** A TLS proxy in front of us that vouches for client certificates. */
export interface TrustedProxy {
  /** Addresses of the proxy, as sockets report them. */
  readonly addresses: readonly string[];
  /** The header that it sets, lower case: `client-cert` of RFC 9440, or `x-ssl-client-cert` and the like. */
  readonly header: string;
}

/** The DER in a proxy's header: RFC 9440 `:base64:`, or URL-escaped PEM, in which `+` may stand for a space. */
export function certificateFromHeader(value: string): Uint8Array | undefined {
  if (value.startsWith(":") && value.endsWith(":") && value.length > 2) {
    const text = value.slice(1, -1);
    return /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, "base64") : undefined;
  }
  try {
    // Base64 has a plus of its own: only those around the words of the PEM labels are spaces.
    const pem = decodeURIComponent(value)
      .replace(/-----(BEGIN|END)[+ ]CERTIFICATE-----/g, "-----$1 CERTIFICATE-----")
      .trim();
    return decodePem(pem, "CERTIFICATE")[0]?.der;
  } catch (error) {
    if (error instanceof PkiError || error instanceof URIError) return undefined;
    throw error;
  }
}
