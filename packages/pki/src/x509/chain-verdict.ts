import type { Certificate } from "./certificate.ts";

/** Why no path to a root was found; of several candidate paths, the reason of the one that came furthest. */
export type ChainFailure =
  | "no-issuer"
  | "bad-signature"
  | "unsupported-algorithm"
  | "expired"
  | "not-yet-valid"
  | "issuer-not-ca"
  | "path-too-long"
  | "wrong-usage"
  | "unknown-critical-extension";

export type ChainVerdict =
  /** `path` runs from the leaf to the root that was found. */
  | { readonly ok: true; readonly path: readonly Certificate[] }
  | { readonly ok: false; readonly reason: ChainFailure; readonly at: Certificate };

export interface ChainOptions {
  /** An extended key usage (OID) that the leaf must name; a CA that names usages must name it too. */
  readonly eku?: string;
  /** The leaf's notAfter is not looked at (renewal of a Mac that slept past expiry). */
  readonly allowExpiredLeaf?: boolean;
  /** The notAfter of CAs is not looked at (Apple's device CA chain has expired). */
  readonly allowExpiredCa?: boolean;
}
