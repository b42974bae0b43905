import type { TenantId } from "@pomona/facts";
import type { ExtensionsSpec } from "@pomona/pki";

/** Where others learn what one of our authorities has revoked. `base` is the device door, or what the operator set. */
export const pkiUrls = (base: string, authority: TenantId | "root") => ({
  crl: `${base}/pki/${authority}/crl`,
  issuer: `${base}/pki/${authority}/ca`,
  ocsp: `${base}/pki/${authority}/ocsp`,
});

/** Of a certificate that a tenant's authority signs; none while nobody knows where this server is reached. */
export function revocationPointers(
  base: string,
  tenantId: TenantId,
): Pick<ExtensionsSpec, "crlUrls" | "ocspUrls" | "issuerUrls"> {
  if (base === "") return {};
  const { crl, issuer, ocsp } = pkiUrls(base, tenantId);
  return { crlUrls: [crl], ocspUrls: [ocsp], issuerUrls: [issuer] };
}

/** Of an authority below the root: a list alone, as the root's key may be offline. */
export function rootPointers(base: string): Pick<ExtensionsSpec, "crlUrls" | "issuerUrls"> {
  if (base === "") return {};
  const { crl, issuer } = pkiUrls(base, "root");
  return { crlUrls: [crl], issuerUrls: [issuer] };
}
