import type { DeviceId, TenantId } from "@pomona/facts";
import type { Authenticate, EnrollmentIdentifier, Report } from "@pomona/mdm";
import type { Crypto } from "@pomona/pki";
import type { CheckInHandlers, Enrollment, MdmAnswer, Resolution } from "../../features/enrollment/index.ts";
import type { Authority, KnownCertificate } from "../../features/tenants/index.ts";

/** What this door needs of the features; main.ts hands it in. */
export interface MdmPorts {
  readonly crypto: Crypto;
  readonly authority: Pick<Authority, "identify" | "identifyHash" | "recall">;
  readonly authenticate: (message: Authenticate, certificate: KnownCertificate) => Promise<MdmAnswer>;
  /** Of all features, by message type. */
  readonly checkIns: CheckInHandlers;
  readonly resolve: (certificate: KnownCertificate, from: EnrollmentIdentifier) => Promise<Resolution>;
  readonly refusals: {
    note(
      certificate: KnownCertificate,
      reason: "expired" | "revoked" | "replay" | (Resolution & { ok: false })["reason"],
    ): Promise<void>;
  };
  readonly answer: (
    sender: { readonly enrollment: Enrollment; readonly deviceId: DeviceId },
    report: Report,
  ) => Promise<MdmAnswer>;
  /** Whether a certificate that nobody knows was just made the identity of a Mac that moved in without one. */
  readonly associate: (certificate: Uint8Array, from: EnrollmentIdentifier) => Promise<boolean>;
  /** Notes that a Mac was heard; must not write on every call. */
  readonly noteSeen: (tenantId: TenantId, deviceId: DeviceId, at: number) => void;
}
