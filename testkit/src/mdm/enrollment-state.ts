import type { MdmPayload } from "./enrollment-profile.ts";
import type { MdmIdentity } from "./mdm-identity.ts";

/** How this Mac shows who it is: the `Mdm-Signature` header, its TLS client certificate, or both. */
export type IdentityMode = "signature" | "client-certificate" | "both";

/** An enrollment as it lies on the Mac's disk; plain JSON. */
export interface EnrollmentState {
  readonly mdm: MdmPayload;
  readonly profileIdentifier: string;
  readonly identity: MdmIdentity;
  /** Hex. */
  readonly pushToken: string;
  readonly pushMagic: string;
  /** PEM of what this Mac trusts for its server. */
  readonly roots: readonly string[];
}
