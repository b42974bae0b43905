import { decodePem, PkiError } from "@pomona/pki";

/** A TLS proxy in front of us that vouches for client certificates. */
export interface TrustedProxy {
  /** Addresses and networks (CIDR) that proxies connect from. */
  readonly addresses: readonly string[];
  /** The header that it sets, lower case: `client-cert` of RFC 9440, or `x-ssl-client-cert` and the like. */
  readonly header: string;
  /** How the certificate is written there. Default: either, told apart by the colons. */
  readonly form?: HeaderForm;
}

/** `rfc9440`: `:base64 DER:`. `pem`: URL-escaped PEM, as nginx writes it. */
export type HeaderForm = "rfc9440" | "pem";

/** The DER in a proxy's header: RFC 9440 `:base64:`, or URL-escaped PEM, in which `+` may stand for a space. */
export function certificateFromHeader(value: string, form?: HeaderForm): Uint8Array | undefined {
  const isRfc9440 = value.startsWith(":");
  if (form !== undefined && isRfc9440 !== (form === "rfc9440")) return undefined;
  if (isRfc9440 && value.endsWith(":") && value.length > 2) {
    const text = value.slice(1, -1);
    return /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, "base64") : undefined;
  }
  if (isRfc9440) return undefined;
  try {
    // Base64 has a plus of its own: only those around the words of the PEM labels are spaces.
    const pem = decodeURIComponent(value)
      .replace(/-----(BEGIN|END)[+ ]CERTIFICATE-----/g, "-----$1 CERTIFICATE-----")
      .trim();
    const certificates = decodePem(pem, "CERTIFICATE");
    // Of several somebody else may have written the first.
    return certificates.length === 1 ? certificates[0]?.der : undefined;
  } catch (error) {
    if (error instanceof PkiError || error instanceof URIError) return undefined;
    throw error;
  }
}
