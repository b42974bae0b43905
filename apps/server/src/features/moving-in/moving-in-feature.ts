import type { TenantId } from "@pomona/facts";
import type { EnrollmentIdentifier } from "@pomona/mdm";
import type { Feature } from "../../kernel/feature.ts";
import type { SeenTimes } from "../devices/index.ts";
import type { EnrollmentFeature } from "../enrollment/index.ts";
import type { Authority } from "../tenants/index.ts";

export interface MovingInPorts {
  readonly authority: Pick<Authority, "crypto" | "adopt" | "isKnown">;
  readonly enrollment: Pick<EnrollmentFeature, "adopt" | "pin">;
  readonly push: { readonly certificateChanged: (tenantId: TenantId) => Promise<void> };
  readonly seen: SeenTimes;
}

export interface MovingInFeature {
  readonly feature: Feature;
  /** Case 22: whether a certificate that nobody knows was just made the identity of a Mac that moved in without one. */
  readonly associate: (certificate: Uint8Array, from: EnrollmentIdentifier) => Promise<boolean>;
}
