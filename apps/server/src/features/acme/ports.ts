import type { Certificate } from "@pomona/pki";
import type { EnrollmentFeature } from "../enrollment/index.ts";
import type { Authority } from "../tenants/index.ts";

export interface AcmePorts {
  readonly authority: Authority;
  readonly enrollment: Pick<EnrollmentFeature, "grantAttested">;
  /** What attestations may chain to: Apple's root, or a test's. None: no identity is given by ACME. */
  readonly attestationRoots: readonly Certificate[];
  /** `https://host:8444`, known once the doors listen. */
  readonly deviceUrl: () => string;
}
